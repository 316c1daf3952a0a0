using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>For targets whose comparisons may not see NaN or infinities, and which may flush subnormal numbers: they are told by their bits.</summary>
internal static class FloatBits
{
    private const long Infinity = 0x7f800000;

    private static readonly Pat X = Pat.Any(0), Y = Pat.Any(1), C = Pat.Const(1);

    /// <summary>The rules.</summary>
    public static PatternMatcher Rules { get; } = new(
        // x ≠ x, x = x: whether it is NaN or not
        Rule.Of(Pat.Op(Ops.CmpNe, X.If(IsFloat), Y), static (x, y) => x == y ? IsNaN(x) : null),
        Rule.Of(Pat.Op(Ops.CmpEq, X.If(IsFloat), Y), static (x, y) => x == y ? Not(IsNaN(x)) : null),
        // with ±∞
        Rule.Of(Pat.Op(Ops.CmpEq, X, C.If(IsInfinite)), static (x, c) => Equals(x, c)),
        Rule.Of(Pat.Op(Ops.CmpNe, X, C.If(IsInfinite)), static (x, c) => Not(Equals(x, c))),
        Rule.Of(Pat.Op(Ops.CmpLt, X, C.If(IsInfinite)), static (x, c) => Differs(x, c, above: false)),
        Rule.Of(Pat.Op(Ops.CmpLt, C.If(IsInfinite), X), static (x, c) => Differs(x, c, above: true)),
        // the greater; NaN if either is
        Rule.Of(Pat.Op(Ops.Max, X.If(IsFloat), Y), static (x, y) => UOp.Where(IsNaN(x), x, UOp.Where(UOp.Alu(Ops.Or, IsNaN(y), UOp.Alu(Ops.CmpLt, x, y)), y, x))),
        // what may be subnormal, times 2ⁿ: as an integer, or by its exponent
        Rule.Of(Pat.Op(Ops.Mul, Pat.Op(Ops.Bitcast, X).If(IsSingle), C), Scaled),
        // (x + c) - c, by which x is rounded to a whole number: the difference of the bits, since the target may take it for x
        Rule.Of(Pat.Op(Ops.Sub, X, C.If(IsRounding)), static (x, c) => Whole(x, c)),
        Rule.Of(Pat.Op(Ops.Sub, C.If(IsRounding), X), static (x, c) => Whole(x, c) is { } whole ? UOp.Alu(Ops.Neg, whole) : null));

    /// <summary>Whether a float is NaN.</summary>
    public static UOp IsNaN(UOp x)
    {
        if (x.IsConst(out var value))
        {
            return UOp.New(Ops.Const, DType.Bool.WithLanesOf(x.DType), [], ((Scalar)double.IsNaN(value.AsDouble)).To(DType.Bool));
        }

        var size = Size(x);
        return UOp.Alu(Ops.CmpLt, size.ConstLike(Infinity), size);
    }

    private static UOp Equals(UOp x, UOp infinity)
    {
        var bits = Single(x).Bitcast(DType.UInt32);
        return UOp.Alu(Ops.CmpEq, bits, bits.ConstLike(IsNegative(infinity) ? 0x80000000 | Infinity : Infinity));
    }

    // Below +∞, or above -∞, is every number but this infinity. Nothing is beyond.
    private static UOp Differs(UOp x, UOp infinity, bool above)
    {
        if (IsNegative(infinity) != above)
        {
            return UOp.New(Ops.Const, DType.Bool.WithLanesOf(x.DType), [], ((Scalar)false).To(DType.Bool));
        }

        return UOp.Alu(Ops.And, Not(IsNaN(x)), Not(Equals(x, infinity)));
    }

    private static UOp? Scaled(UOp x, UOp c)
    {
        var (factor, bits) = (((Scalar)c.Arg!).AsDouble, x);
        var power = factor > 0 ? Math.ILogB(factor) : 0;
        if (power is < 23 or > 254 || Math.ScaleB(1, power) != factor || bits.DType.Scalar != DType.UInt32 || bits.Min < 0 || bits.Max + ((long)power << 23) >= Infinity)
        {
            return null;
        }

        var small = bits.Cast(DType.Float32);
        return UOp.Where(
            UOp.Alu(Ops.CmpLt, bits, bits.ConstLike(1L << 23)),
            UOp.Alu(Ops.Mul, small, small.ConstLike(Math.ScaleB(1, power - 149))),
            UOp.Alu(Ops.Add, bits, bits.ConstLike((long)power << 23)).Bitcast(DType.Float32));
    }

    private static UOp? Whole(UOp sum, UOp c)
    {
        if (sum.Op != Ops.Add || !IsSingle(sum) || !(IsRounding(sum[0]) || IsRounding(sum[1])))
        {
            return null;
        }

        // From 2²³ to 2²⁴ floats are whole, and their bits are in order.
        var (bits, value) = (sum.Bitcast(DType.Int32), ((Scalar)c.Arg!).AsDouble);
        return UOp.Where(
            UOp.Alu(Ops.CmpEq, UOp.Alu(Ops.Shr, bits, bits.ConstLike(23)), bits.ConstLike(127 + 23)),
            UOp.Alu(Ops.Sub, bits, bits.ConstLike(BitConverter.SingleToInt32Bits((float)value))).Cast(DType.Float32),
            UOp.Alu(Ops.Add, sum, sum.ConstLike(-value)));
    }

    private static bool IsRounding(UOp u) => u.Op == Ops.Const && IsSingle(u) && ((Scalar)u.Arg!).AsDouble is >= 1 << 23 and < 1 << 24;

    private static UOp Size(UOp x)
    {
        var bits = Single(x).Bitcast(DType.UInt32);
        return UOp.Alu(Ops.And, bits, bits.ConstLike(0x7fffffff));
    }

    private static UOp Single(UOp x) => x.Cast(DType.Float32);

    private static UOp Not(UOp condition) => UOp.Alu(Ops.Xor, condition, condition.ConstLike(true));

    private static bool IsFloat(UOp u) => u.DType is { IsFloat: true, Bits: <= 32 };

    private static bool IsSingle(UOp u) => u.DType.Scalar == DType.Float32;

    private static bool IsInfinite(UOp u) => IsFloat(u) && double.IsInfinity(((Scalar)u.Arg!).AsDouble);

    private static bool IsNegative(UOp infinity) => ((Scalar)infinity.Arg!).AsDouble < 0;
}
