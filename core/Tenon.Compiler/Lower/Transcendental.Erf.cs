using Tenon.Core;

namespace Tenon.Compiler;

// The error function: an odd polynomial near 0, and beyond 1 - 2^q(x) in float32, 1 - erfc x in float64.
internal sealed partial class Transcendental
{
    // log₂ (1 - erf x) in powers of x - 1, from 1 to 3.95, so that erf is right to 5e-9. The slope is rounded, which is felt near 1 alone: there
    // little is multiplied by it.
    private static readonly double[] ErfLarge =
    [
        -2.668416738510132, -3.807225465774536, -1.2163338661193848, -0.06002378463745117, 0.014565159566700459, -0.002872443525120616, 0.0003336173831485212,
    ];

    // Numerator and denominator of erf x / x in powers of x², to 3e-7.
    private static readonly double[] ErfOver = [1.1283791065216064, 0.19078464806079865, 0.05279039219021797, 0.0037796429824084044, 0.0002848090953193605, 2.041961352006183e-06];
    private static readonly double[] ErfUnder = [1.0, 0.5024111866950989, 0.11425785720348358, 0.014997506514191628, 0.0011652203975245357, 3.80040037271101e-05];

    // Up to where the polynomial for erf is taken: both 1 - erf x and 1 - erfc x keep their digits there.
    private const double ErfLimit = 0.65;

    private Lanes Erf(FloatConstants c, Lanes x)
    {
        if (c == FloatConstants.Single)
        {
            return NarrowErf(c, x);
        }

        var a = Abs(c, x);
        var (tail, low, bits) = ErfcTail(c, a);
        var (large, rest) = OrderedSum(x.Of(1.0), -Scaled(c, tail, bits));
        large = WithSign(c, large + (rest - Scaled(c, low, bits)), SignOf(c, x));
        return (a < ErfLimit).Then(MulAdd(Polynomial(x * x, c.Erf), x, x), large);
    }

    // 1 - erf x near 0; beyond, the tail, or 2 less that of the negative.
    private Lanes Erfc(FloatConstants c, Lanes x)
    {
        var a = Abs(c, x);
        var (tail, low, bits) = ErfcTail(c, a);
        var (near, nearLost) = OrderedSum(x.Of(1.0), -x);
        near = near + (nearLost - x * Polynomial(x * x, c.Erf));
        var (below, belowLost) = OrderedSum(x.Of(2.0), -Scaled(c, tail, bits));
        below = below + (belowLost - Scaled(c, low, bits));
        return (a < ErfLimit).Then(near, (x < 0.0).Then(below, Scaled(c, tail + low, bits)));
    }

    // erfc a = e^(-a²) g(a) / (1 + 2a), where g is a polynomial in (a - 4) / (a + 4) (M. Shepherd, J. Laframboise, "Chebyshev approximation of
    // (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", 1981). Twice the precision, times 2ⁿ, of which n is in the last bits of an integer as Scaled takes it.
    private (Lanes High, Lanes Low, Lanes Bits) ErfcTail(FloatConstants c, Lanes a)
    {
        a = a.AtMost(Math.Sqrt((c.Bias + c.Mantissa + 2) * Math.Log(2)));
        var (square, squareLost) = Product(c, a, a);
        var (n, (f, rest), bits) = Reduced(c, -square, 2 * c.Bias);
        var (e, el) = ExpOfSum(c, f, rest - squareLost);
        var (g, gl) = OrderedSum(a.Of(1.25), Polynomial((a - 4.0) / (a + 4.0), c.Erfcx));
        var (high, low) = Product(c, e, g);
        low = low + (e * gl + el * g);
        var (under, underLost) = OrderedSum(a + a, a.Of(1.0));
        var inverse = a.Of(1.0) / under;
        var quotient = high * inverse;
        low = (Remainder(c, high, quotient, under) + (low - quotient * underLost)) * inverse;
        return (quotient, low, bits);
    }

    private Lanes NarrowErf(FloatConstants c, Lanes x)
    {
        var square = x * x;
        if (isFast)
        {
            x = x.AtLeast(-3.93).AtMost(3.93);
            square = x * x;
            return x * Polynomial(square, ErfOver) / Polynomial(square, ErfUnder);
        }

        var a = Abs(c, x).AtMost(4);
        var power = Polynomial(a - 1.0, ErfLarge);
        var (whole, bits) = Rounded(c, power, 1, c.Bias);
        var large = x.Of(1.0) - Polynomial(power - whole, c.Exp2) * PowerOfTwo(c, bits);
        return (a < 1.0).Then(MulAdd(Polynomial(square, c.Erf), x, x), WithSign(c, large, SignOf(c, x)));
    }
}
