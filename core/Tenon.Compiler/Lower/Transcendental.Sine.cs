using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Transcendental
{
    // The bits of 1/π from the one before the point on, 32 by 32.
    private static readonly long[] InversePi = [0x28be60db, 0x9391054a, 0x7f09d5f4, 0x7d4d3770, 0x36d8a566, 0x4f10e410];

    /// <summary>
    /// sin x = ±sin(x - n·π), computed in float64. π is split in three so that n·π is exact enough up to |x| of about 10⁹.
    /// Larger ones of 32 bits are reduced first; of 64 bits they lose accuracy by and by.
    /// </summary>
    private UOp Sin(UOp x)
    {
        const double PiHigh = 3.1415926218032837, PiMiddle = 3.1786509424591713e-08, PiLow = 1.2246467864107189e-16;
        var d = x.Cast(DType.Float64);
        d = x.DType.Bits == 32 ? Reduced(x, d) : d;
        var n = Round(Mul(d, d.ConstLike(1 / Math.PI)));
        var r = UOp.Alu(Ops.Sub, d, Mul(n, d.ConstLike(PiHigh)));
        r = UOp.Alu(Ops.Sub, r, Mul(n, d.ConstLike(PiMiddle)));
        r = UOp.Alu(Ops.Sub, r, Mul(n, d.ConstLike(PiLow)));
        var terms = new double[x.DType.Bits == 32 ? 8 : 11];
        terms[0] = 1;
        for (var i = 1; i < terms.Length; i++)
        {
            terms[i] = -terms[i - 1] / (2 * i) / (2 * i + 1);
        }

        var sine = Mul(r, Polynomial(Mul(r, r), terms));
        var odd = UOp.Alu(Ops.And, n.Cast(DType.Int64), n.Cast(DType.Int64).ConstLike(1));
        var result = UOp.Where(UOp.Alu(Ops.CmpNe, odd, odd.ConstLike(0)), UOp.Alu(Ops.Neg, sine), sine);

        // The sine of a zero is that zero.
        return UOp.Where(UOp.Alu(Ops.CmpEq, x, x.ConstLike(0)), x, result.Cast(x.DType.Scalar));
    }

    /// <summary>
    /// A number with the same sine, of at most π where |x| ≥ 2²⁸; NaN where x is not finite. x is m·2ᵉ with m whole: m times the 64
    /// bits of 1/π from bit e on is x/π in units of 2⁻⁶³, and what overflows is a multiple of 2. The error is below 10⁻¹¹.
    /// </summary>
    /// <remarks>Payne and Hanek, Radian reduction for trigonometric functions, SIGNUM Newsletter 18 (1983).</remarks>
    private static UOp Reduced(UOp x, UOp d)
    {
        var bits = x.Bitcast(DType.UInt32).Cast(DType.UInt64);
        UOp Literal(long value) => bits.ConstLike(value);
        UOp And(UOp a, long b) => UOp.Alu(Ops.And, a, Literal(b));
        var mantissa = UOp.Alu(Ops.Or, And(bits, (1 << 23) - 1), Literal(1 << 23));
        var exponent = And(UOp.Alu(Ops.Shr, bits, Literal(23)), 255);

        // Of small numbers the result is not used: any shift will do.
        var shift = UOp.Where(UOp.Alu(Ops.CmpLt, exponent, Literal(150)), Literal(0), UOp.Alu(Ops.Sub, exponent, Literal(150)));
        var (word, rest) = (UOp.Alu(Ops.Shr, shift, Literal(5)), And(shift, 31));
        UOp Word(int offset)
        {
            var selected = Literal(InversePi[offset + 3]);
            for (var i = 2; i >= 0; i--)
            {
                selected = UOp.Where(UOp.Alu(Ops.CmpEq, word, Literal(i)), Literal(InversePi[offset + i]), selected);
            }

            return selected;
        }

        var first = UOp.Alu(Ops.Or, UOp.Alu(Ops.Shl, Word(0), Literal(32)), Word(1));
        var window = UOp.Alu(Ops.Or, UOp.Alu(Ops.Shl, first, rest), UOp.Alu(Ops.Shr, Word(2), UOp.Alu(Ops.Sub, Literal(32), rest)));
        var turns = UOp.Alu(Ops.Mul, mantissa, window).Bitcast(DType.Int64).Cast(DType.Float64);
        var angle = Mul(turns, turns.ConstLike(Math.ScaleB(Math.PI, -63)));
        angle = UOp.Where(UOp.Alu(Ops.CmpLt, d, d.ConstLike(0)), UOp.Alu(Ops.Neg, angle), angle);
        var isSmall = UOp.Alu(Ops.And, UOp.Alu(Ops.CmpLt, d, d.ConstLike(1 << 28)), UOp.Alu(Ops.CmpLt, d.ConstLike(-(1 << 28)), d));
        return UOp.Where(isSmall, d, Add(angle, UOp.Alu(Ops.Sub, d, d)));
    }

    private static UOp Add(UOp a, UOp b) => UOp.Alu(Ops.Add, a, b);

    private static UOp Mul(UOp a, UOp b) => UOp.Alu(Ops.Mul, a, b);

    private static UOp Round(UOp x) =>
        UOp.Alu(Ops.Trunc, Add(x, UOp.Where(UOp.Alu(Ops.CmpLt, x, x.ConstLike(0)), x.ConstLike(-0.5), x.ConstLike(0.5))));
}
