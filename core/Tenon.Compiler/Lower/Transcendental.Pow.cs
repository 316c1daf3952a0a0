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

    // Of float32: in float64, which has the digits that the product needs and room for every exponent.
    private Lanes Pow(Lanes x, Lanes y)
    {
        var c = FloatConstants.Single;
        var a = Abs(c, x);

        // Infinite powers are finite ones that are as good as: of 1 they are 1.
        var power = isFast ? FastPower(a, y) : !hasDouble ? NarrowPower(a, y.AtLeast(-float.MaxValue).AtMost(float.MaxValue)) : PowerOf(a, y.AtLeast(-float.MaxValue).AtMost(float.MaxValue));
        var isWhole = Truncated(y).Is(y);
        var half = y * 0.5;
        var isEven = Truncated(half).Is(half);
        var sign = isWhole.Then(isEven.Then(x.Of(0.0), x), x.Of(0.0));
        power = WithSign(c, power, SignOf(c, sign));
        var isUndefined = (x < 0.0) & (x > double.NegativeInfinity) & !isWhole;
        power = isUndefined.Then(x.Of(double.NaN), power);
        return (x.Is(1) | y.Is(0)).Then(x.Of(1.0), power);
    }

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
        result = (a > 0.0).Then((a < double.PositiveInfinity).Then(result, (y < 0.0).Then(a.Of(0.0), a)), (y < 0.0).Then(a.Of(double.PositiveInfinity), a.Of(0.0)));
        return a.Is(a).Then(y.Is(y).Then(result, y), a);
    }

    private Lanes FastPower(Lanes a, Lanes y) => Exp2(FloatConstants.Single, y * Log2(FloatConstants.Single, a));

    private static Lanes Truncated(Lanes x) => UOp.Alu(Ops.Trunc, x.Node);
}
