using System.Numerics;
using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>Arithmetic of all numbers.</summary>
internal abstract class NumberType<T> : ElementType<T>
    where T : unmanaged, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IUnaryNegationOperators<T, T>, IComparisonOperators<T, T, bool>
{
    public override Step? Compute(Ops op, Register[] sources, Register result) => op switch
    {
        Ops.Neg => Unary<Negate<T>>(sources, result),
        Ops.Add => Binary<Add<T>>(sources, result),
        Ops.Sub => Binary<Subtract<T>>(sources, result),
        Ops.Mul => Binary<Multiply<T>>(sources, result),
        Ops.Max => Binary<Greater<T>>(sources, result),
        Ops.CmpLt => Compare<IsLess<T>>(sources, result),
        Ops.CmpEq => Compare<IsEqual<T>>(sources, result),
        Ops.CmpNe => Compare<IsDifferent<T>>(sources, result),
        Ops.MulAcc => MultiplyAdd(Values(sources[0]), Values(sources[1]), Values(sources[2]), Values(result)),
        _ => null,
    };

    protected static Step Unary<TOp>(Register[] s, Register result) where TOp : struct, IUnary<T, T> => new UnaryStep<T, T, TOp>(Values(s[0]), Values(result));

    protected static Step Binary<TOp>(Register[] s, Register result) where TOp : struct, IBinary<T, T> => new BinaryStep<T, T, TOp>(Values(s[0]), Values(s[1]), Values(result));

    protected static Step Compare<TOp>(Register[] s, Register result) where TOp : struct, IBinary<T, byte> =>
        new BinaryStep<T, byte, TOp>(Values(s[0]), Values(s[1]), ((Register<byte>)result).Values);

    protected abstract Step MultiplyAdd(T[] x, T[] y, T[] z, T[] result);
}
