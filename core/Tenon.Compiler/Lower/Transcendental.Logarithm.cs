using Tenon.Core;

namespace Tenon.Compiler;

// Logarithms. x = 2ᵉ (1 + f) with √½ ≤ 1 + f < √2: ln x = e ln 2 + ln (1 + f).
internal sealed partial class Transcendental
{
    // log₂ (1 + f) / f, to 3e-8.
    private static readonly double[] Log2Fast =
    [
        1.4426950216293335, -0.7213472127914429, 0.4809088408946991, -0.36071503162384033, 0.2879706919193268, -0.23870927095413208,
        0.2149941623210907, -0.20867832005023956, 0.12949030101299286,
    ];

    private Lanes Log2(FloatConstants c, Lanes x) => Logarithm(c, x, (1, 0), 1 / Math.Log(2), 1.9259629911266175e-08, 2.0355273740931033e-17);

    private Lanes Log10(FloatConstants c, Lanes x) => Logarithm(c, x, c.Log10Of2, 0.4342944819032518, -1.0103050052231683e-8, 1.098319650216765e-17);

    private Lanes Log(FloatConstants c, Lanes x) => Logarithm(c, x, c.Ln2, 1, 0, 0);

    // e · twice + factor · ln (1 + f). Of the factor its rounding to float32 and float64 is known.
    private Lanes Logarithm(FloatConstants c, Lanes x, (double High, double Low) twice, double factor, double restOfSingle, double restOfDouble)
    {
        if (isFast && c == FloatConstants.Single)
        {
            return FastLogarithm(c, x, twice.High + twice.Low, factor);
        }

        // Numbers below the least normal one are scaled up.
        var isTiny = x < c.Least;
        var scaled = isTiny.Then(x * Math.ScaleB(1, c.Mantissa + 1), x);
        var (e, m) = Parts(c, scaled);
        e = e + isTiny.Then(x.Of(-c.Mantissa - 1.0), x.Of(0.0));
        var f = m - 1.0;
        var (main, rest) = factor == 1 ? (f, f * f * Polynomial(f, c.Log)) : Multiple(c, f, factor, c.Mantissa == 23 ? restOfSingle : restOfDouble);
        var result = Sum(e, twice, main, rest);
        return OfSpecial(x, result);
    }

    // (factor + more) · ln (1 + f), to almost twice the precision.
    private (Lanes High, Lanes Low) Multiple(FloatConstants c, Lanes f, double factor, double more)
    {
        var (square, squareLost) = Product(c, f, f);
        var (log, low) = OrderedSum(f, square * -0.5);
        low = low + MulAdd(squareLost, -0.5, f * square * Polynomial(f, c.Log.AsSpan(1)));
        var (high, lost) = Product(c, log, log.Of(factor));
        return (high, MulAdd(low, factor, MulAdd(log, more, lost)));
    }

    // Of normal numbers; those below are 0.
    private Lanes FastLogarithm(FloatConstants c, Lanes x, double twice, double factor)
    {
        var (e, m) = Parts(c, x);
        var f = m - 1.0;
        var log = f * Polynomial(f, Log2Fast) * (factor * Math.Log(2));
        return OfSpecial((x < c.Least).Then(x.Of(0.0), x), MulAdd(e, twice, log));
    }

    // ln u + rest for u = 1 + x with what rounding it lost. Where u needs no scaling this makes f = x again.
    private Lanes Log1p(FloatConstants c, Lanes x)
    {
        var u = x + 1.0;
        var (e, m) = Parts(c, u);

        // Where a sum might be simplified, it is made again of its parts.
        var sum = isIeee ? u : m * PowerOfTwo(c, e.To(c.Integer) + (long)c.Bias);
        var lost = (x < 1.0).Then(x - (sum - 1.0), x.Of(1.0) - (sum - x));
        var down = PowerOfTwo(c, e.AtMost(c.Bias - 1).To(c.Integer) * x.To(c.Integer).Of(-1L) + (long)c.Bias);
        lost = (x < Math.ScaleB(1, c.Mantissa + 2)).Then(lost, x.Of(0.0)) * down;
        var (f, low) = OrderedSum(m - 1.0, lost);
        var result = Sum(e, c.Ln2, f, low + f * f * Polynomial(f, c.Log));
        result = OfSpecial(u, result);
        return (Abs(c, x) < c.Least).Then(x, result);
    }

    // e · twice + main + rest, where main is at least the greater half of what is added and less than twice.
    private Lanes Sum(Lanes e, (double High, double Low) twice, Lanes main, Lanes rest)
    {
        var (high, low) = OrderedSum(e * twice.High, main);
        rest = low + (twice.Low == 0 ? rest : MulAdd(e, twice.Low, rest));
        return high + rest;
    }

    // e, and m from √½ to √2, of a normal number.
    private static (Lanes E, Lanes M) Parts(FloatConstants c, Lanes x)
    {
        var bits = x.As(c.Integer);
        var e = (bits - BitsOf(c, Math.Sqrt(0.5))) >> c.Mantissa;
        return (e.To(c.Float), (bits - (e << c.Mantissa)).As(c.Float));
    }

    private static long BitsOf(FloatConstants c, double value) =>
        c.Mantissa == 23 ? BitConverter.SingleToInt32Bits((float)value) : BitConverter.DoubleToInt64Bits(value);

    // Infinity and NaN are their own logarithms; 0 gives -∞, and less NaN.
    private static Lanes OfSpecial(Lanes x, Lanes result)
    {
        result = (x < double.PositiveInfinity).Then(result, x);
        return (x > 0.0).Then(result, x.Is(0).Then(x.Of(double.NegativeInfinity), x.Of(double.NaN)));
    }
}
