using Tenon.Core;

namespace Tenon.Compiler;

// Sine and cosine. x = (n + r) π with n whole and |r| ≤ ½: sin x = (-1)ⁿ sin πr.
internal sealed partial class Transcendental
{
    // The bits of 1/π that matter for numbers from 2^(k + 23) on, where k is 27, 53 and 79: those that make multiples of 2 are left
    // out, so that the whole part of the product fits in a float64. First those for lesser numbers.
    private static readonly (double From, double High, double Low)[] InversePi =
    [
        (0, 0.3183098861837907, -1.9678676675182486e-17),
        (1L << 50, 1.284127663345183e-08, -2.7170920538718753e-25),
        (7.555786372591432e+22, 1.46854777018591e-16, 5.090832193749855e-33), // 2^76
        (5.070602400912918e+30, 3.037013244824923e-24, 1.5718273777458022e-40), // 2^102
    ];

    // sin πr / r in powers of r², to 5e-10 up to 0.626: what the product is rounded by may add as much to ½.
    private static readonly double[] SinePi = [3.1415926528166414, -5.16771263757331, 2.550159783962705, -0.5992179931773475, 0.08191537979451606, -0.006841158529882608];

    // (sin r / r - 1) / r² in powers of r² for |r| ≤ π/2, to 3e-8.
    private static readonly double[] SineFast = [-0.1666666567325592, 0.008333233185112476, -0.00019822032481897622, 2.633143594721332e-06];

    // Of float32: in float64, where the whole range takes two multiply-adds.
    private Lanes Sine(Lanes x, bool isCosine)
    {
        if (isFast)
        {
            return FastSine(x, isCosine);
        }

        if (!hasDouble)
        {
            return NarrowSine(x, isCosine);
        }

        var c = FloatConstants.Single;
        var a = Abs(c, x);
        var result = SineOf(a.To(DType.Float64), InverseFor(a.To(DType.Float64)), isCosine).To(DType.Float32);
        return isCosine ? result : (result.As(c.Integer) ^ SignOf(c, x)).As(c.Float);
    }

    private Lanes Tangent(Lanes x)
    {
        if (!hasDouble)
        {
            return NarrowSine(x, false) / NarrowSine(x, true);
        }

        var c = FloatConstants.Single;
        var a = Abs(c, x).To(DType.Float64);
        var inverse = InverseFor(a);
        var result = (SineOf(a, inverse, false) / SineOf(a, inverse, true)).To(DType.Float32);
        return (result.As(c.Integer) ^ SignOf(c, x)).As(c.Float);
    }

    // 1/π, less what makes multiples of 2 where x is large, in two parts.
    private static (Lanes High, Lanes Low) InverseFor(Lanes x)
    {
        Lanes high = x.Of(InversePi[0].High), low = x.Of(InversePi[0].Low);
        foreach (var (from, h, l) in InversePi.AsSpan(1))
        {
            var isLess = x < from;
            (high, low) = (isLess.Then(high, x.Of(h)), isLess.Then(low, x.Of(l)));
        }

        return (high, low);
    }

    private Lanes SineOf(Lanes x, (Lanes High, Lanes Low) inverse, bool isCosine)
    {
        // cos πt = sin π(t + ½)
        var c = FloatConstants.Double;
        var (high, low) = inverse;
        var t = isCosine ? MulAdd(x, high, x.Of(0.5)) + c.Magic : MulAdd(x, high, x.Of(c.Magic));
        var less = isCosine ? x.Of(c.Magic) - t + 0.5 : x.Of(c.Magic) - t;
        Lanes r;
        if (hasMulAcc)
        {
            r = MulAdd(x, low, MulAdd(x, high, less));
        }
        else
        {
            var (product, lost) = Product(c, x, high);
            r = product + less + (lost + x * low);
        }

        var sine = r * Polynomial(r * r, SinePi);
        return (sine.As(c.Integer) ^ (t.As(c.Integer) << 63)).As(c.Float);
    }

    // π in three parts: for |x| up to about 10⁵.
    private Lanes FastSine(Lanes x, bool isCosine)
    {
        var c = FloatConstants.Single;
        const double PiHigh = 3.140625, PiMiddle = 0.0009677410125732422, PiLow = -8.742278000372485e-08;

        // Of a cosine what is more than n + ½ half turns, so that a sine is left.
        var (n, bits) = isCosine ? Rounded(c, MulAdd(x, 1 / Math.PI, -0.5), 1, 0) : Rounded(c, x, 1 / Math.PI, 0);
        n = isCosine ? n + 0.5 : n;
        var r = MulAdd(n, -PiHigh, x);
        r = MulAdd(n, -PiMiddle, r);
        r = MulAdd(n, -PiLow, r);
        var square = r * r;
        var sine = MulAdd(square * Polynomial(square, SineFast), r, r);
        var sign = bits << 31;
        return (sine.As(c.Integer) ^ (isCosine ? sign ^ (long)int.MinValue : sign)).As(c.Float);
    }
}
