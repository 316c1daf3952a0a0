using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// The codes of a <see cref="FloatFormat"/> to float32 and back, by integer arithmetic: what <see cref="FloatFormat.Decode"/> and
/// <see cref="FloatFormat.Encode"/> say, as nodes of any shape and any lanes.
/// </summary>
internal static class FloatCodes
{
    private const long NaN = 0x7fc00000;
    private const long Infinity = 0x7f800000;

    /// <summary>The float32 of codes of any unsigned type.</summary>
    public static UOp Decode(FloatFormat format, UOp codes)
    {
        var wide = codes.Cast(DType.UInt32);
        if (IsUpperPart(format))
        {
            return Shl(wide, 32 - format.Bits).Bitcast(DType.Float32);
        }

        if (format.Specials == FloatSpecials.PowersOfTwo)
        {
            var power = UOp.Where(Equal(wide, 0), Like(wide, 1L << 22), Shl(wide, 23));
            return UOp.Where(Equal(wide, format.NaNCode), Like(wide, NaN), power).Bitcast(DType.Float32);
        }

        // The exponent is rebased by a multiplication, which also makes the numbers below the least normal one right.
        var code = And(wide, format.SignMask - 1);
        var magnitude = Shl(code, 23 - format.FractionBits);
        var value = UOp.Alu(Ops.Mul, magnitude.Bitcast(DType.Float32), Like(magnitude.Bitcast(DType.Float32), Math.ScaleB(1, 127 - format.Bias))).Bitcast(DType.UInt32);
        value = format.Specials switch
        {
            FloatSpecials.Ieee => UOp.Where(Less(format.MaxCode, code), UOp.Alu(Ops.Or, magnitude, Like(wide, Infinity)), value),
            FloatSpecials.NaNOnly => UOp.Where(Equal(code, format.NaNCode), Like(wide, NaN), value),
            FloatSpecials.OneZeroOneNaN => UOp.Where(Equal(wide, format.NaNCode), Like(wide, NaN), value),
            _ => value,
        };
        return UOp.Alu(Ops.Or, value, Shl(And(wide, format.SignMask), 32 - format.Bits)).Bitcast(DType.Float32);
    }

    /// <summary>The codes, as uint32, of the numbers nearest to float32, ties to even.</summary>
    public static UOp Encode(FloatFormat format, UOp value)
    {
        var bits = value.Bitcast(DType.UInt32);
        var isNaN = UOp.Alu(Ops.CmpNe, value, value);
        var shift = 23 - format.FractionBits;
        if (IsUpperPart(format))
        {
            return UOp.Where(isNaN, Like(bits, (long)format.NaNCode), Rounded(bits, shift));
        }

        var magnitude = And(bits, 0x7fffffff);
        if (format.Specials == FloatSpecials.PowersOfTwo)
        {
            var half = UOp.Where(Less(magnitude, 1L << 23), Like(bits, 0x3fffff), Like(bits, 0x400000));
            var isNone = UOp.Alu(Ops.Or, isNaN, UOp.Alu(Ops.CmpLt, value, Like(value, 0.0)));
            return UOp.Where(isNone, Like(bits, (long)format.NaNCode), Shr(UOp.Alu(Ops.Add, magnitude, half), 23));
        }

        // Normal results are rebased and rounded. To the others a number is added that lines their bits up: the addition rounds.
        var normal = Rounded(UOp.Alu(Ops.Sub, magnitude, Like(bits, (127L - format.Bias) << 23)), shift);
        var addend = Like(value, Math.ScaleB(1, 24 - format.Bias - format.FractionBits));
        var small = UOp.Alu(Ops.Sub, UOp.Alu(Ops.Add, magnitude.Bitcast(DType.Float32), addend).Bitcast(DType.UInt32), addend.Bitcast(DType.UInt32));
        var code = UOp.Where(Less(magnitude, (128L - format.Bias) << 23), small, normal);
        var result = UOp.Where(isNaN, Like(bits, (long)format.NaNCode), UOp.Where(Less(format.MaxCode, code), Like(bits, (long)format.OverflowCode), code));
        var sign = And(Shr(bits, 32 - format.Bits), format.SignMask);
        if (format.Specials == FloatSpecials.OneZeroOneNaN)
        {
            sign = UOp.Where(Equal(result, 0), Like(sign, 0), sign);
        }

        return UOp.Alu(Ops.Or, result, sign);
    }

    // bfloat16 is the upper half of a float32.
    private static bool IsUpperPart(FloatFormat format) => format is { ExponentBits: 8, Specials: FloatSpecials.Ieee };

    // The upper bits: just under half of the last place, and the last bit, are added before.
    private static UOp Rounded(UOp bits, int shift) =>
        Shr(UOp.Alu(Ops.Add, bits, UOp.Alu(Ops.Add, And(Shr(bits, shift), 1), Like(bits, (1L << (shift - 1)) - 1))), shift);

    private static UOp And(UOp x, long mask) => UOp.Alu(Ops.And, x, Like(x, mask));

    private static UOp Shl(UOp x, int n) => n == 0 ? x : UOp.Alu(Ops.Shl, x, Like(x, n));

    private static UOp Shr(UOp x, int n) => UOp.Alu(Ops.Shr, x, Like(x, n));

    private static UOp Equal(UOp x, long value) => UOp.Alu(Ops.CmpEq, x, Like(x, value));

    private static UOp Less(UOp x, long value) => UOp.Alu(Ops.CmpLt, x, Like(x, value));

    private static UOp Less(long value, UOp x) => UOp.Alu(Ops.CmpLt, Like(x, value), x);

    // A literal of the lanes or, in a graph of tensors, of the shape of a node.
    private static UOp Like(UOp x, Scalar value)
    {
        var literal = x.ConstLike(value);
        if (x.Shape.Rank == 0)
        {
            return literal;
        }

        var ones = new UOp[x.Shape.Rank];
        ones.AsSpan().Fill(UOp.Index(1));
        return UOp.New(Ops.Expand, literal.DType, [UOp.New(Ops.Reshape, literal.DType, [literal, .. ones]), .. x.Shape.Dims]);
    }
}
