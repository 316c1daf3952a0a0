namespace Tenon.Core;

/// <summary>Each arithmetic op on literals, as the IR defines it: integers wrap, floats round to their type.</summary>
public static class ScalarMath
{
    /// <summary>The value of an arithmetic op of type <paramref name="dtype"/> on literals of type <paramref name="sourceType"/>.</summary>
    /// <param name="op">A member of <see cref="OpSet.Elementwise"/>.</param>
    /// <param name="dtype">The scalar type of the result.</param>
    /// <param name="sourceType">The scalar type of the last source.</param>
    /// <param name="x">The sources, each of its type.</param>
    /// <param name="arg">The argument of the node: the function of an <see cref="Ops.Math"/>.</param>
    public static Scalar Evaluate(Ops op, DType dtype, DType sourceType, ReadOnlySpan<Scalar> x, object? arg = null)
    {
        switch (op)
        {
            case Ops.Cast:
                return CastTo(x[0], dtype);
            case Ops.Bitcast:
                return Scalar.FromBits(dtype, x[0].ToBits(sourceType));
            case Ops.Where:
                return x[0].AsBool ? x[1] : x[2];
            case Ops.Math:
                return ((Scalar)((MathFunction)arg!).Evaluate(x[0].AsDouble, x[^1].AsDouble)).To(dtype);
            case Ops.Threefry:
                return (Scalar)Core.Threefry.Apply((ulong)x[0].AsLong, (ulong)x[1].AsLong);
        }

        var result = sourceType.IsFloat ? Float(op, sourceType, x) : Integer(op, sourceType, x);
        return result.To(dtype);
    }

    /// <summary>
    /// A cast as the IR defines it, which is C#'s: floats to integers saturate, and NaN gives 0; to 8 and 16 bits they
    /// saturate as int32 and then wrap.
    /// </summary>
    public static Scalar CastTo(Scalar value, DType dtype)
    {
        if (value.Kind != DTypeKind.Float || !dtype.IsInteger)
        {
            return value.To(dtype);
        }

        var d = value.AsDouble;
        return dtype switch
        {
            { Kind: DTypeKind.UInt, Bits: 64 } => (Scalar)(ulong)d,
            { Kind: DTypeKind.UInt, Bits: 32 } => ((Scalar)Math.Min((ulong)d, uint.MaxValue)).To(dtype),
            { Bits: < 32 } => ((Scalar)(int)Math.Clamp((long)d, int.MinValue, int.MaxValue)).To(dtype),
            _ => ((Scalar)Math.Clamp((long)d, dtype.MinInteger, dtype.MaxInteger)).To(dtype),
        };
    }

    private static Scalar Float(Ops op, DType type, ReadOnlySpan<Scalar> s)
    {
        var x = s[0].AsDouble;
        var y = s.Length > 1 ? s[1].AsDouble : 0;
        return op switch
        {
            Ops.Neg => -x,
            Ops.Sqrt => Math.Sqrt(x),
            Ops.Exp2 => Math.Pow(2, x),
            Ops.Log2 => Math.Log2(x),
            Ops.Sin => Math.Sin(x),
            Ops.Trunc => Math.Truncate(x),
            Ops.Add => x + y,
            Ops.Sub => x - y,
            Ops.Mul => x * y,
            Ops.Div => x / y,
            Ops.Max => Math.Max(x, y),
            Ops.CmpLt => x < y,
            Ops.CmpEq => x == y,
            Ops.CmpNe => x != y,
            Ops.MulAcc => type == DType.Float64 ? Math.FusedMultiplyAdd(x, y, s[2].AsDouble)
                : type == DType.Float32 ? MathF.FusedMultiplyAdd((float)x, (float)y, (float)s[2].AsDouble)
                : MulAccToOdd(x, y, s[2].AsDouble),
            _ => throw new InvalidOperationException($"{op} is not defined for {type}."),
        };
    }

    // Of numbers of at most 16 bits the product is exact. What is rounded to a float32 whose last bit says that it is inexact is rounded
    // only once when it becomes one of 16 bits.
    private static double MulAccToOdd(double x, double y, double z)
    {
        var product = x * y;
        var sum = product + z;
        if (!double.IsFinite(sum))
        {
            return sum;
        }

        var added = sum - product;
        var rest = product - (sum - added) + (z - added);
        var single = (float)sum;
        if (rest == 0 && single == sum)
        {
            return sum;
        }

        // Towards zero, then odd.
        var (least, isBelow) = (Math.Abs(sum), rest < 0 != sum < 0 && rest != 0);
        var bits = BitConverter.SingleToInt32Bits(single);
        bits -= float.IsInfinity(single) || Math.Abs((double)single) > least || (Math.Abs((double)single) == least && isBelow) ? 1 : 0;
        return BitConverter.Int32BitsToSingle(bits | 1);
    }

    private static Scalar Integer(Ops op, DType type, ReadOnlySpan<Scalar> s)
    {
        var x = s[0].AsLong;
        var y = s.Length > 1 ? s[1].AsLong : 0;
        var unsigned = type.Kind == DTypeKind.UInt;
        unchecked
        {
            return op switch
            {
                Ops.Neg => -x,
                Ops.Trunc => x,
                Ops.Add => type.IsBool ? (x | y) != 0 : x + y,
                Ops.Sub => x - y,
                Ops.Mul => type.IsBool ? (x & y) != 0 : x * y,
                Ops.IntDiv or Ops.FloorDiv when unsigned => y == 0 ? 0 : (long)((ulong)x / (ulong)y),
                Ops.IntMod or Ops.FloorMod when unsigned => y == 0 ? x : (long)((ulong)x % (ulong)y),
                Ops.IntDiv => IntegerMath.IntDiv(x, y),
                Ops.IntMod => IntegerMath.IntMod(x, y),
                Ops.FloorDiv => IntegerMath.FloorDiv(x, y),
                Ops.FloorMod => IntegerMath.FloorMod(x, y),
                Ops.Max => unsigned ? (long)Math.Max((ulong)x, (ulong)y) : Math.Max(x, y),
                Ops.CmpLt => unsigned ? (ulong)x < (ulong)y : x < y,
                Ops.CmpEq => x == y,
                Ops.CmpNe => x != y,
                Ops.And => x & y,
                Ops.Or => x | y,
                Ops.Xor => x ^ y,
                Ops.Shl => y is >= 0 and < 64 ? x << (int)y : 0,
                Ops.Shr => unsigned ? (y is >= 0 and < 64 ? (long)((ulong)x >> (int)y) : 0) : x >> (y is >= 0 and < 64 ? (int)y : 63),
                Ops.MulAcc => x * y + s[2].AsLong,
                Ops.Dot4 => (byte)x * (sbyte)y + (byte)(x >> 8) * (sbyte)(y >> 8) + (byte)(x >> 16) * (sbyte)(y >> 16) + (byte)(x >> 24) * (sbyte)(y >> 24) + s[2].AsLong,
                _ => throw new InvalidOperationException($"{op} is not defined for {type}."),
            };
        }
    }
}
