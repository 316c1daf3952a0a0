using Tenon.Core;

namespace Tenon.Compiler;

// Sine, cosine and tangent of float64, for |x| up to 2⁵⁰; beyond, the multiple of π has more digits than a number holds.
// x = n π/2 + r with n whole and |r| ≤ π/4: the results are ± the sine or the cosine of r.
internal sealed partial class Transcendental
{
    // (sin r / r - 1) / r² and (cos r - 1 + r²/2) / r⁴ in powers of r²: the Taylor series.
    private static readonly double[] SineWide = [.. Enumerable.Range(1, 8).Select(i => InverseFactorial(2 * i + 1) * (i % 2 == 0 ? 1 : -1))];
    private static readonly double[] CosineWide = [.. Enumerable.Range(2, 7).Select(i => InverseFactorial(2 * i) * (i % 2 == 0 ? 1 : -1))];

    private Lanes WideSine(FloatConstants c, Lanes x, bool isCosine)
    {
        var ((sine, sineLow), (cosine, cosineLow), turns) = Quadrant(c, x);
        turns = isCosine ? turns + 1L : turns;
        var isSine = IsEven(turns);
        var result = isSine.Then(sine, cosine) + isSine.Then(sineLow, cosineLow);
        result = (result.As(c.Integer) ^ ((turns >> 1) << 63)).As(c.Float);

        // The sine of a zero is that zero.
        return isCosine ? result : x.Is(0).Then(x, result);
    }

    // The quotient, corrected by its remainder.
    private Lanes WideTangent(FloatConstants c, Lanes x)
    {
        var (sine, cosine, turns) = Quadrant(c, x);
        var isEven = IsEven(turns);
        var (over, overLow) = OrderedSum(isEven.Then(sine.High, cosine.High), isEven.Then(sine.Low, cosine.Low));
        var (under, underLow) = OrderedSum(isEven.Then(cosine.High, -sine.High), isEven.Then(cosine.Low, -sine.Low));
        var inverse = x.Of(1.0) / under;
        var quotient = over * inverse;
        var result = MulAdd(Remainder(c, over, quotient, under) + (overLow - quotient * underLow), inverse, quotient);
        return x.Is(0).Then(x, result);
    }

    private static Lanes IsEven(Lanes turns) => (turns & 1L).Is(turns.Of(0L));

    // The sine and the cosine of what is left of x, each in two parts, and in the last bits of an integer how many quarter turns were taken.
    private ((Lanes High, Lanes Low) Sine, (Lanes High, Lanes Low) Cosine, Lanes Turns) Quadrant(FloatConstants c, Lanes x)
    {
        const double Half = Math.PI / 2, HalfMiddle = 6.123233995736766e-17, HalfLow = -1.4973849048591833e-33;
        var t = MulAdd(x, 2 / Math.PI, c.Magic);
        var n = t - c.Magic;

        // The first difference is exact; of the second, in which most may cancel, what is lost is kept.
        var near = Remainder(c, x, n, x.Of(Half));
        var (product, rest) = Product(c, n, x.Of(HalfMiddle));
        var r = near - product;
        var taken = r - near;
        var lost = MulAdd(n, -HalfLow, near - (r - taken) - (product + taken) - rest);
        var (square, squareLost) = Product(c, r, r);
        var (cosine, low) = OrderedSum(x.Of(1.0), square * -0.5);
        low = low + MulAdd(square * square, Polynomial(square, CosineWide), MulAdd(squareLost, -0.5, -(r * lost)));
        return ((r, MulAdd(square * Polynomial(square, SineWide), r, lost)), (cosine, low), t.As(c.Integer));
    }

    private static double InverseFactorial(int n) => 1 / Enumerable.Range(1, n).Aggregate(1.0, (product, i) => product * i);
}
