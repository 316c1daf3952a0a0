using Tenon.Core;

namespace Tenon.Compiler;

// Sine and cosine of float64, for |x| up to 2⁵⁰; beyond, the multiple of π has more digits than a number holds.
internal sealed partial class Transcendental
{
    // (sin r / r - 1) / r² in powers of r²: the Taylor series.
    private static readonly double[] SineWide = [.. Enumerable.Range(1, 11).Select(i => Enumerable.Range(1, i).Aggregate(1.0, (term, j) => -term / (2 * j) / (2 * j + 1)))];

    // sin x = ±sin(x - n π), and the cosine with n + ½ for n.
    private Lanes WideSine(FloatConstants c, Lanes x, bool isCosine)
    {
        const double PiMiddle = 1.2246467991473532e-16, PiLow = -2.9947698097183397e-33;
        var t = isCosine ? MulAdd(x, 1 / Math.PI, -0.5) + c.Magic : MulAdd(x, 1 / Math.PI, c.Magic);
        var n = isCosine ? t - c.Magic + 0.5 : t - c.Magic;

        // The first difference is exact; of the second, in which most may cancel, what is lost is kept.
        var near = Remainder(c, x, n, x.Of(Math.PI));
        var (product, rest) = Product(c, n, x.Of(PiMiddle));
        var r = near - product;
        var taken = r - near;
        var lost = MulAdd(n, -PiLow, near - (r - taken) - (product + taken) - rest);
        var square = r * r;
        var sine = r + MulAdd(square * Polynomial(square, SineWide), r, lost);
        var sign = t.As(c.Integer) << 63;
        var result = (sine.As(c.Integer) ^ (isCosine ? sign ^ long.MinValue : sign)).As(c.Float);

        // The sine of a zero is that zero.
        return isCosine ? result : x.Is(0).Then(x, result);
    }
}
