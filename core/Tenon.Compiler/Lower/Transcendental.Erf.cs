using Tenon.Core;

namespace Tenon.Compiler;

// The error function of float32: an odd polynomial below 1, and 1 - 2^q(x) above.
internal sealed partial class Transcendental
{
    // erf x / x - 1 in powers of x², for |x| ≤ 1, to 2e-9.
    private static readonly double[] ErfSmall =
    [
        0.12837916612625122, -0.3761262893676758, 0.11283618956804276, -0.02685517445206642, 0.005190844647586346, -0.0008031835895963013,
        7.924130477476865e-05,
    ];

    // log₂ (1 - erf x) from 0.98 to 3.93, so that erf is right to 2e-9.
    private static readonly double[] ErfLarge =
    [
        0.0004419679753482342, -1.6305081844329834, -0.9116473197937012, -0.1587143987417221, 0.03806819021701813, -0.006851324811577797,
        0.0008581769070588052, -6.61630037939176e-05, 2.350050408495008e-06,
    ];

    // Numerator and denominator of erf x / x in powers of x², to 3e-7.
    private static readonly double[] ErfOver = [1.1283791065216064, 0.19078464806079865, 0.05279039219021797, 0.0037796429824084044, 0.0002848090953193605, 2.041961352006183e-06];
    private static readonly double[] ErfUnder = [1.0, 0.5024111866950989, 0.11425785720348358, 0.014997506514191628, 0.0011652203975245357, 3.80040037271101e-05];

    private Lanes Erf(Lanes x)
    {
        var c = FloatConstants.Single;
        var square = x * x;
        if (isFast)
        {
            x = x.AtLeast(-3.93).AtMost(3.93);
            square = x * x;
            return x * Polynomial(square, ErfOver) / Polynomial(square, ErfUnder);
        }

        var a = Abs(c, x).AtMost(4);
        // What rounding the last step of the polynomial loses would be felt near 1.
        var slope = Polynomial(a, ErfLarge.AsSpan(1));
        var power = MulAdd(slope, a, a.Of(ErfLarge[0]));
        var lost = MulAdd(slope, a, a.Of(ErfLarge[0]) - power);
        var (whole, bits) = Rounded(c, power, 1, c.Bias);
        var large = x.Of(1.0) - Polynomial(power - whole + lost, c.Exp2) * PowerOfTwo(c, bits);
        return (a < 1.0).Then(MulAdd(Polynomial(square, ErfSmall), x, x), WithSign(c, large, SignOf(c, x)));
    }
}
