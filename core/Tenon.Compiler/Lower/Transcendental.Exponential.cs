using Tenon.Core;

namespace Tenon.Compiler;

// Exponentials. x = n ln 2 + f with n whole and |f| ≤ ½ ln 2: eˣ = 2ⁿ eᶠ.
internal sealed partial class Transcendental
{
    // Numerator and denominator of tanh x / x in powers of x² up to 9, to 6e-8.
    private static readonly double[] TanhOver = [0.9999999403953552, 0.12917973101139069, 0.0029194129165261984, 9.255144505004864e-06, -1.2743868182951701e-08, 1.8162579079605834e-11];
    private static readonly double[] TanhUnder = [1.0, 0.4625125527381897, 0.02375764399766922, 0.0002279139298480004];

    // 2ˣ for |x| ≤ ½, to 2e-7.
    private static readonly double[] Exp2Fast = [1, 0.693147182464599609375, 0.24022348225116729736328125, 0.055503539741039276, 0.009666408412158489, 0.0013393792323768139];

    private Lanes Exp2(FloatConstants c, Lanes x)
    {
        if (isFast && c == FloatConstants.Single)
        {
            return FastExp2(c, x, 1);
        }

        x = x.AtLeast(-c.Bias - c.Mantissa - 2).AtMost(c.Bias + 2);
        var (n, bits) = Rounded(c, x, 1, 2 * c.Bias);
        return Scaled(c, Polynomial(x - n, c.Exp2), bits);
    }

    // 2^(factor · x); 0 below the normal numbers.
    private Lanes FastExp2(FloatConstants c, Lanes x, double factor)
    {
        x = x.AtMost((c.Bias + 1) / factor);
        var (n, bits) = Rounded(c, x, factor, 0);
        var power = (Polynomial(MulAdd(x, factor, -n), Exp2Fast).As(c.Integer) + (bits << c.Mantissa)).As(c.Float);
        return (x < (1 - c.Bias) / factor).Then(x.Of(0.0), power);
    }

    private Lanes Exp(FloatConstants c, Lanes x)
    {
        if (isFast && c == FloatConstants.Single)
        {
            return FastExp2(c, x, 1 / Math.Log(2));
        }

        x = x.AtLeast((-c.Bias - c.Mantissa - 1) * Math.Log(2)).AtMost((c.Bias + 1.5) * Math.Log(2));
        var (n, f, bits) = Reduced(c, x, 2 * c.Bias);
        return Scaled(c, Polynomial(f.High, c.Exp), bits);
    }

    // (2ⁿ - 1) + 2ⁿ (eᶠ - 1), all of it halved, since 2ⁿ may be too large.
    private Lanes Expm1(FloatConstants c, Lanes x)
    {
        var bounded = x.AtLeast(-(c.Mantissa + 3) * Math.Log(2)).AtMost((c.Bias + 1.5) * Math.Log(2));
        var (n, (f, rest), bits) = Reduced(c, bounded, c.Bias - 1);
        rest = rest + f * f * Polynomial(f, c.Expm1);
        var scale = PowerOfTwo(c, bits);
        var (minusOne, lost) = OrderedSum(scale, x.Of(-0.5));
        var (high, low) = OrderedSum(minusOne, scale * f);
        var result = (high + (lost + low + scale * rest)) * 2.0;
        return (Abs(c, x) < c.Least * 4).Then(x, result);
    }

    // tanh |x| = 1 - 2 / (e^2|x| + 1), and near 0 an odd polynomial.
    private Lanes Tanh(FloatConstants c, Lanes x)
    {
        if (isFast && c == FloatConstants.Single)
        {
            x = x.AtLeast(-9).AtMost(9);
            var x2 = x * x;
            return x * Polynomial(x2, TanhOver) / Polynomial(x2, TanhUnder);
        }

        var a = Abs(c, x).AtMost((c.Mantissa + 4) * Math.Log(2) / 2);
        var (n, w, bits) = ExpOf(c, a + a);
        var scale = PowerOfTwo(c, bits);
        var large = a.Of(1.0) - a.Of(2.0) / MulAdd(scale, w, scale + 1.0);
        var square = a * a;
        var small = MulAdd(square * Polynomial(square, c.Tanh), a, a);
        return WithSign(c, (a < c.TanhLimit).Then(small, large), SignOf(c, x));
    }

    // With q = 1 / (e^|x| + 1): 1 - q, or q for negative ones. The denominator is kept to twice the precision, and the
    // quotient corrected by its remainder. 1 / (2ⁿ…) is scaled so that it is no subnormal number before the end.
    private Lanes Sigmoid(FloatConstants c, Lanes x)
    {
        if (isFast && c == FloatConstants.Single)
        {
            return x.Of(1.0) / (FastExp2(c, -x, 1 / Math.Log(2)) + 1.0);
        }

        var a = Abs(c, x).AtMost((c.Bias + c.Mantissa + 1) * Math.Log(2));
        var down = c.Mantissa + 1;
        var (n, w, bits) = ExpOf(c, a, -down);
        var scale = PowerOfTwo(c, bits);
        var one = a.Of(Math.ScaleB(1, -down));
        var (e, el) = OrderedSum(scale, scale * w);
        var (d, dl) = OrderedSum(e, one);
        dl = dl + el;
        var q = a.Of(1.0) / d;
        q = MulAdd(q, MulAdd(-q, dl, Remainder(c, a.Of(1.0), q, d)), q) * Math.ScaleB(1, -down);
        return (x < 0.0).Then(q, q.Of(1.0) - q);
    }

    // n, f and what rounding it lost; and n plus a number in the last bits of an integer.
    private (Lanes N, (Lanes High, Lanes Low) F, Lanes Bits) Reduced(FloatConstants c, Lanes x, int added)
    {
        var (n, bits) = Rounded(c, x, 1 / Math.Log(2), added);
        var near = MulAdd(n, -c.Ln2.High, x);
        var tail = n * c.Ln2.Low;
        var f = MulAdd(n, -c.Ln2.Low, near);
        return (n, (f, near - f - tail), bits);
    }

    // n, eᶠ - 1, and n + bias + added in the last bits of an integer.
    private (Lanes N, Lanes W, Lanes Bits) ExpOf(FloatConstants c, Lanes x, int added = 0)
    {
        var (n, (f, _), bits) = Reduced(c, x, c.Bias + added);
        return (n, MulAdd(f * f, Polynomial(f, c.Expm1), f), bits);
    }

    // e^(f + rest) for |f| ≤ ½ ln 2 and a small rest, to almost twice the precision.
    private (Lanes High, Lanes Low) ExpOfSum(FloatConstants c, Lanes f, Lanes rest)
    {
        var (high, low) = OrderedSum(f.Of(1.0), f);
        var more = f * f * Polynomial(f, c.Expm1);
        return (high, low + MulAdd(rest, high + more, more));
    }

    // 2ⁿ, of n + bias in the last bits.
    private static Lanes PowerOfTwo(FloatConstants c, Lanes bits) => (bits << c.Mantissa).As(c.Float);

    // x · 2ⁿ, of n + 2 · bias in the last bits: in two factors, since 2ⁿ itself may be too large or too small.
    private static Lanes Scaled(FloatConstants c, Lanes x, Lanes bits)
    {
        var half = bits >> 1;
        return x * PowerOfTwo(c, half) * PowerOfTwo(c, bits - half);
    }
}
