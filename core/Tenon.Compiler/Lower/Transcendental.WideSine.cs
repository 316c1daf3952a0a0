using Tenon.Core;

namespace Tenon.Compiler;

// The sine of float64.
internal sealed partial class Transcendental
{
    // 1 - 2 sin² ½x
    private Lanes WideCosine(FloatConstants c, Lanes x)
    {
        var sine = WideSine(c, x * 0.5);
        return x.Of(1.0) - sine * sine * 2.0;
    }

    // sin x = ±sin(x - n·π); π is split in three so that n·π is exact enough up to |x| of about 10⁹.
    private Lanes WideSine(FloatConstants c, Lanes x)
    {
        const double PiHigh = 3.1415926218032837, PiMiddle = 3.1786509424591713e-08, PiLow = 1.2246467864107189e-16;
        var t = MulAdd(x, 1 / Math.PI, c.Magic);
        var n = t - c.Magic;
        var r = MulAdd(n, -PiHigh, x);
        r = MulAdd(n, -PiMiddle, r);
        r = MulAdd(n, -PiLow, r);
        var terms = new double[11];
        terms[0] = 1;
        for (var i = 1; i < terms.Length; i++)
        {
            terms[i] = -terms[i - 1] / (2 * i) / (2 * i + 1);
        }

        var sine = r * Polynomial(r * r, terms);
        var result = (sine.As(c.Integer) ^ (t.As(c.Integer) << 63)).As(c.Float);

        // The sine of a zero is that zero.
        return x.Is(0).Then(x, result);
    }
}
