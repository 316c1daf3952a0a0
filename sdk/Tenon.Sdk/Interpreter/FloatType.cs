using System.Numerics;
using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>Floats: each operation is rounded once, to nearest even.</summary>
internal sealed class FloatType<T, TConversion> : NumberType<T>
    where T : unmanaged, IAdditionOperators<T, T, T>, ISubtractionOperators<T, T, T>, IMultiplyOperators<T, T, T>, IDivisionOperators<T, T, T>, IUnaryNegationOperators<T, T>, IComparisonOperators<T, T, bool>
    where TConversion : struct, IFloatConversion<T>
{
    public override Step? Compute(Ops op, Register[] sources, Register result) => op switch
    {
        Ops.Div => Binary<Divide<T>>(sources, result),
        Ops.Sqrt => Unary<Function<T, TConversion, SquareRoot>>(sources, result),
        Ops.Trunc => Unary<Function<T, TConversion, Truncation>>(sources, result),
        Ops.Exp2 => Unary<Function<T, TConversion, PowerOfTwo>>(sources, result),
        Ops.Log2 => Unary<Function<T, TConversion, Logarithm>>(sources, result),
        Ops.Sin => Unary<Function<T, TConversion, Sine>>(sources, result),
        _ => base.Compute(op, sources, result),
    };

    public override WideValues CreateWide(int count) => new(count, areReal: true, areUnsigned: false);

    public override void Widen(Register register, WideValues wide)
    {
        var from = Values(register);
        for (var i = 0; i < from.Length; i++)
        {
            wide.Reals[i] = TConversion.ToDouble(from[i]);
        }
    }

    public override void Narrow(WideValues wide, Register register)
    {
        var to = Values(register);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = wide.AreReal ? TConversion.FromDouble(wide.Reals[i])
                : wide.AreUnsigned ? TConversion.FromULong((ulong)wide.Integers[i])
                : TConversion.FromLong(wide.Integers[i]);
        }
    }

    protected override T FromScalar(Scalar value) => TConversion.FromDouble(value.AsDouble);

    protected override Step MultiplyAdd(T[] x, T[] y, T[] z, T[] result) => new ActionStep(() =>
    {
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = TConversion.MulAcc(x[i], y[i], z[i]);
        }
    });
}
