using Tenon.Core;

namespace Tenon.Compiler;

// |x|ʸ = 2^(y log₂ |x|), with a sign for negative x and odd y.
internal sealed partial class Transcendental
{
    // log₂ (1 + f) / f for √½ ≤ 1 + f ≤ √2, to 2e-11; an error is felt 150 times as strong.
    private static readonly double[] Log2Wide =
    [
        1.4426950408666845, -0.7213475207464071, 0.48089836256529533, -0.3606736994635017, 0.28853719640407843, -0.2404517256289047,
        0.20617768585130897, -0.1803360955200094, 0.15876191331084621, -0.1427635632785209, 0.144468974063421, -0.14445142486674425,
        0.0795637353412245,
    ];

    // 2ˣ for |x| ≤ ½, to 3e-9.
    private static readonly double[] Exp2Wide = [1.0, 0.6931472067410773, 0.24022651246690208, 0.05550327148727708, 0.009618015146951892, 0.0013400458477268052, 0.00015473313021450975];

    // What comes after z²/5 … in the series of artanh s / s in powers of z = s²: (artanh s / s - 1 - z/3) / z² up to √½ ≤ (1 + s) / (1 - s) ≤ √2.
    private static readonly double[] ArtanhRest =
    [
        0.2, 0.14285714285714285, 0.11111111111111079, 0.09090909090923331, 0.07692307689172895, 0.06666667062602441, 0.05882322545999993,
        0.05264598158896214, 0.047208807631245985, 0.04986290549982797,
    ];

    private Lanes Pow(FloatConstants c, Lanes x, Lanes y)
    {
        // Infinite powers are finite ones that are as good as: of 1 they are 1.
        var a = Abs(c, x);
        var most = Math.ScaleB(1, c.Mantissa + 12);
        var finite = y.AtLeast(-most).AtMost(most);
        var power = c == FloatConstants.Double ? WidePower(c, a, finite) : isFast ? FastPower(a, y) : hasDouble ? PowerOf(a, finite) : NarrowPower(a, finite);
        var isWhole = Truncated(y).Is(y);
        var half = y * 0.5;
        var isEven = Truncated(half).Is(half);
        var sign = isWhole.Then(isEven.Then(x.Of(0.0), x), x.Of(0.0));
        power = WithSign(c, power, SignOf(c, sign));
        var isUndefined = (x < 0.0) & (x > double.NegativeInfinity) & !isWhole;
        power = isUndefined.Then(x.Of(double.NaN), power);
        return (x.Is(1) | y.Is(0)).Then(x.Of(1.0), power);
    }

    // Of float64, with twice its precision as far as y may magnify an error. log₂ m = 2 / ln 2 · artanh s with s = (m - 1) / (m + 1).
    private Lanes WidePower(FloatConstants c, Lanes a, Lanes y)
    {
        const double Third = 1.0 / 3, ThirdRest = 1.850371707708594e-17, Factor = 2.8853900817779268, FactorRest = 4.0710547481862066e-17;
        const double Ln2 = 0.6931471805599453, Ln2Rest = 2.3190468138462996e-17;
        var isTiny = a < c.Least;
        var (e, m) = Parts(c, isTiny.Then(a * Math.ScaleB(1, c.Mantissa + 1), a));
        e = e + isTiny.Then(a.Of(-c.Mantissa - 1.0), a.Of(0.0));
        var f = m - 1.0;
        var (under, underLost) = OrderedSum(a.Of(2.0), f);
        var inverse = a.Of(1.0) / under;
        var s = f * inverse;
        var sl = (Remainder(c, f, s, under) - s * underLost) * inverse;
        var (z, zl) = Product(c, s, s);
        zl = MulAdd(s + s, sl, zl);

        // 1 + z t = artanh s / s
        var (t, tl) = OrderedSum(a.Of(Third), z * Polynomial(z, ArtanhRest));
        tl = tl + ThirdRest;
        var (u, ul) = Product(c, z, t);
        ul = ul + (z * tl + zl * t);
        var (v, vl) = Product(c, s, u);
        vl = vl + (s * ul + sl * u);
        var (log, low) = OrderedSum(s, v);
        low = low + (vl + sl);
        (t, tl) = Product(c, log, log.Of(Factor));
        tl = tl + (log * FactorRest + low * Factor);
        (log, low) = OrderedSum(e, t);
        (log, low) = OrderedSum(log, low + tl);

        // 2^(p + pl), where a product beyond the range is as good as one at its end.
        var (p, pl) = Product(c, y, log);
        pl = MulAdd(y, low, pl);
        var bounded = p.AtLeast(-c.Bias - c.Mantissa - 4).AtMost(c.Bias + 2);
        pl = bounded.Is(p).Then(pl, p.Of(0.0));
        var (n, bits) = Rounded(c, bounded, 1, 2 * c.Bias);
        var (fraction, fractionLost) = OrderedSum(bounded - n, pl);
        var (g, gl) = Product(c, fraction, fraction.Of(Ln2));
        var (high, rest) = ExpOfSum(c, g, gl + (fraction * Ln2Rest + fractionLost * Ln2));
        return OfSpecialPower(a, y, Scaled(c, high + rest, bits));
    }

    // Of 0, ∞ and NaN; NaN exponents.
    private static Lanes OfSpecialPower(Lanes a, Lanes y, Lanes result)
    {
        result = (a > 0.0).Then((a < double.PositiveInfinity).Then(result, (y < 0.0).Then(a.Of(0.0), a)), (y < 0.0).Then(a.Of(double.PositiveInfinity), a.Of(0.0)));
        return a.Is(a).Then(y.Is(y).Then(result, y), a);
    }

    // Of float32 in float64, which has the digits that the product needs and room for every exponent.
    private Lanes PowerOf(Lanes a, Lanes y)
    {
        var c = FloatConstants.Double;
        var d = a.To(DType.Float64);
        var bits = d.As(c.Integer);

        // The exponent is moved to the last bits of a number whose unit is 1, since few machines convert integers of 64 bits.
        var moved = ((bits - BitsOf(c, Math.Sqrt(0.5))) >> 52) + BitConverter.DoubleToInt64Bits(c.Magic);
        var e = moved.As(c.Float) - c.Magic;
        var f = (bits - (moved << 52)).As(c.Float) - 1.0;
        var log = MulAdd(f, Polynomial(f, Log2Wide), e);
        log = (a > 0.0).Then((a < double.PositiveInfinity).Then(log, d), d.Of(double.NegativeInfinity));
        log = a.Is(a).Then(log, d);
        var t = (log * y.To(DType.Float64)).AtLeast(-160).AtMost(130);
        var whole = t + (c.Magic + c.Bias);
        var fraction = t - (whole - (c.Magic + c.Bias));
        return (Polynomial(fraction, Exp2Wide) * PowerOfTwo(c, whole.As(c.Integer))).To(DType.Float32);
    }

    // In float32 alone: whole parts of the exponent and of the product are kept apart, so that only fractions are rounded.
    private Lanes NarrowPower(Lanes a, Lanes y)
    {
        var c = FloatConstants.Single;
        y = y.AtLeast(-4e9).AtMost(4e9);
        var isTiny = a < c.Least;
        var (e, m) = Parts(c, isTiny.Then(a * Math.ScaleB(1, 24), a));
        e = e + isTiny.Then(a.Of(-24.0), a.Of(0.0));
        var f = m - 1.0;
        var log = MulAdd(f * f, Polynomial(f, c.Log), f);
        var ((p, pl), (q, ql)) = (Product(c, y, e), Product(c, y, log));
        (q, var qll) = Product(c, q, q.Of(1 / Math.Log(2)));
        ql = MulAdd(ql, 1 / Math.Log(2), MulAdd(q, 1.3390753e-08, qll));
        var (pw, qw) = (Truncated(p), Truncated(q));
        var exponent = (pw + qw).AtLeast(-300).AtMost(300);
        var result = Exp2(c, exponent) * Exp2(c, (p - pw) + (q - qw) + (pl + ql));
        return OfSpecialPower(a, y, result);
    }

    private Lanes FastPower(Lanes a, Lanes y) => Exp2(FloatConstants.Single, y * Log2(FloatConstants.Single, a));

    private static Lanes Truncated(Lanes x) => UOp.Alu(Ops.Trunc, x.Node);
}
