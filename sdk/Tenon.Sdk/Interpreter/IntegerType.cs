using System.Numerics;
using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>Integers, which wrap.</summary>
internal class IntegerType<T> : NumberType<T> where T : unmanaged, IBinaryInteger<T>
{
    private static readonly bool IsUnsigned = typeof(T) == typeof(ulong);

    public override Step? Compute(Ops op, Register[] sources, Register result) => op switch
    {
        Ops.IntDiv => Binary<Quotient<T>>(sources, result),
        Ops.IntMod => Binary<Remainder<T>>(sources, result),
        Ops.Shl => Binary<ShiftLeft<T>>(sources, result),
        Ops.Shr => Binary<ShiftRight<T>>(sources, result),
        Ops.And => Binary<BitAnd<T>>(sources, result),
        Ops.Or => Binary<BitOr<T>>(sources, result),
        Ops.Xor => Binary<BitXor<T>>(sources, result),
        Ops.Trunc => Arrange([sources[0]], [.. Enumerable.Range(0, result.DType.Lanes)], result),
        _ => base.Compute(op, sources, result),
    };

    public override WideValues CreateWide(int count) => new(count, areReal: false, IsUnsigned);

    public override void Widen(Register register, WideValues wide)
    {
        var from = Values(register);
        for (var i = 0; i < from.Length; i++)
        {
            wide.Integers[i] = long.CreateTruncating(from[i]);
        }
    }

    public override void Narrow(WideValues wide, Register register)
    {
        var to = Values(register);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = wide.AreReal ? FromReal(wide.Reals[i]) : FromInteger(wide.Integers[i]);
        }
    }

    protected virtual T FromInteger(long x) => T.CreateTruncating(x);

    // Narrow ones wrap from int32.
    protected virtual T FromReal(double x) => default(T).GetByteCount() < 4 ? T.CreateTruncating(int.CreateSaturating(x)) : T.CreateSaturating(x);

    protected override T FromScalar(Scalar value) => T.CreateTruncating(value.AsLong);

    protected override Step MultiplyAdd(T[] x, T[] y, T[] z, T[] result) => new ActionStep(() =>
    {
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = (x[i] * y[i]) + z[i];
        }
    });
}

/// <summary>Truth values: bytes that are 0 or 1.</summary>
internal sealed class BooleanType : IntegerType<byte>
{
    protected override byte FromInteger(long x) => x != 0 ? (byte)1 : (byte)0;

    protected override byte FromReal(double x) => x != 0 ? (byte)1 : (byte)0;

    protected override byte FromScalar(Scalar value) => FromInteger(value.AsBool ? 1 : 0);
}
