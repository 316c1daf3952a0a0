using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // erfinv(y) / y by Chebyshev interpolation, in powers of w - 2.5 with w = -ln(1 - y²) below 5, and of √w - 4.2 above; the
    // relative errors are 6e-9 and 3e-6, and Newton's steps square them.
    private static readonly double[] ErfInvCentral =
    [
        1.50140936, 0.2466402791, -0.004177392875, -0.001252726392, 0.0002183493862, -4.972419689e-6, -3.463985268e-6, 4.681313481e-7,
        2.33359672e-8, -8.93192597e-9,
    ];

    private static readonly double[] ErfInvTail =
    [
        4.041726319, 1.009903267, 0.0008072411052, -0.0006634306669, 0.0002351072653, -5.108309767e-5, 1.303037358e-5, -2.354489618e-5,
        1.592219913e-5, -3.248791559e-6,
    ];

    // B₂ₖ: 1/6, -1/30, …
    private static readonly double[] BernoulliNumbers = [1 / 6d, -1 / 30d, 1 / 42d, -1 / 30d, 5 / 66d, -691 / 2730d, 7 / 6d];

    /// <summary>The error function 2/√π ∫₀ˣ e^(-t²) dt.</summary>
    public Tensor Erf() => Function(MathFunction.Erf);

    /// <summary>1 - <see cref="Erf"/>, accurate where that is near 1.</summary>
    public Tensor Erfc() => Function(MathFunction.Erfc);

    /// <summary>The number whose <see cref="Erf"/> is x; ±∞ at ±1, NaN beyond.</summary>
    public Tensor ErfInv() => InDouble(static x =>
    {
        var a = x.Abs();
        var isInside = a < 1;
        var y = Where(isInside, a, 0);
        var w = -((1.0 - y) * (1.0 + y)).Log();
        var isTail = w > 5;
        var root = Where(isTail, w, 9).Sqrt();
        var r = y * Where(isTail, Polynomial(root - 4.2, ErfInvTail), Polynomial(Where(isTail, 0, w) - 2.5, ErfInvCentral));
        for (var i = 0; i < 2; i++)
        {
            // Near 1 the difference of the complements keeps its digits.
            var error = Where(y > 0.5, 1.0 - y - r.Erfc(), r.Erf() - y);
            r -= error * (Math.Sqrt(Math.PI) / 2) * r.Square().Exp();
        }

        return Where(isInside, r, Where(a.Eq(1), double.PositiveInfinity, x.FullLike(double.NaN))).CopySign(x)
            .WithGradient([x], static (g, y, _) => [g * y.Square().Exp() * (Math.Sqrt(Math.PI) / 2)]);
    });

    /// <summary>ln |Γ(x)|; ∞ at 0, at negative whole numbers and at ±∞.</summary>
    /// <remarks>Stirling's series beyond 8, Γ(x + 1) = x Γ(x) below, and Γ(x) Γ(1 - x) = π / sin πx below 1/2.</remarks>
    public Tensor LogGamma() => InDouble(static x =>
    {
        var isReflected = x < 0.5;
        var value = LogGammaAbove(Where(isReflected, 1.0 - x, x));
        var sine = SinPi(Where(isReflected, x, 0.5)).Abs();
        value = Where(isReflected, Math.Log(Math.PI) - sine.Log() - value, value);
        var isInfinite = x.IsInf() | ((x <= 0) & x.Trunc().Eq(x));
        return Where(isInfinite, double.PositiveInfinity, Where(x.Eq(1) | x.Eq(2), 0, value))
            .WithGradient([x], static (g, _, x) => [g * x[0].Digamma()]);
    });

    /// <summary>The derivative of ln Γ(x); ∓∞ at ±0, NaN at negative whole numbers.</summary>
    /// <remarks>ψ(x) ~ ln x - 1/(2x) - Σ B₂ₖ / (2k x²ᵏ) beyond 8, ψ(x + 1) = ψ(x) + 1/x below, ψ(x) = ψ(1 - x) - π / tan πx below 1/2.</remarks>
    public Tensor Digamma() => InDouble(static x =>
    {
        var isReflected = x < 0.5;
        var z = Where(isReflected, 1.0 - x, x);
        var isShifted = z < 8;
        Tensor shift = 0.0;
        for (var k = 0; k < 8; k++)
        {
            shift += 1.0 / Where(isShifted, z + (double)k, 1);
        }

        var far = Where(isShifted, z + 8.0, z);
        var inverse = far.Square().Reciprocal();
        var series = inverse * Polynomial(inverse, [.. BernoulliNumbers.Select((b, i) => b / (2 * i + 2))]);
        var value = far.Log() - 0.5 / far - series - Where(isShifted, shift, 0);
        var at = Where(isReflected, x, 0.25);
        value = Where(isReflected, value - Math.PI * SinPi(at + 0.5) / SinPi(at), value);
        var isPole = (x < 0) & x.Trunc().Eq(x);
        return Where(isPole, double.NaN, Where(x.Eq(0), x.FullLike(double.NegativeInfinity).CopySign(-x), value));
    });

    /// <summary>log(e^x + e^y) without overflow.</summary>
    public Tensor LogAddExp(Tensor y)
    {
        var (a, b) = (ToFloat(), y.ToFloat());
        var distance = Where(a.Eq(b), 0, a - b).Abs();
        return a.Maximum(b) + (-distance).Exp().Log1p();
    }

    /// <summary>log₂(2^x + 2^y) without overflow.</summary>
    public Tensor LogAddExp2(Tensor y) => (ToFloat() * Math.Log(2)).LogAddExp(y.ToFloat() * Math.Log(2)) * (1 / Math.Log(2));

    /// <summary>x · log y, which is 0 where x is 0, unless y is NaN.</summary>
    public Tensor XLogY(Tensor y)
    {
        var isZero = Eq(0) & ~y.IsNaN();
        return Where(isZero, 0, this * Where(isZero, 1, y.ToFloat()).Log());
    }

    /// <summary>x · log(1 + y), which is 0 where x is 0, unless y is NaN.</summary>
    public Tensor XLog1pY(Tensor y)
    {
        var isZero = Eq(0) & ~y.IsNaN();
        return Where(isZero, 0, this * Where(isZero, 1, y.ToFloat()).Log1p());
    }

    /// <summary>log(x / (1 - x)), the inverse of <see cref="Sigmoid"/>.</summary>
    /// <param name="epsilon">If given, x is held between ε and 1 - ε.</param>
    public Tensor Logit(double? epsilon = null)
    {
        var x = epsilon is { } e ? ToFloat().Clamp(e, 1 - e) : ToFloat();
        return (x / (1.0 - x)).Log();
    }

    /// <summary>-x log x; 0 at 0, -∞ below.</summary>
    public Tensor Entropy() => ToFloat() is var x ? Where(x < 0, double.NegativeInfinity, -x.XLogY(x)) : this;

    /// <summary>The logarithm to base 10; -∞ at 0, NaN below.</summary>
    public Tensor Log10() => Function(MathFunction.Log10);

    private static Tensor LogGammaAbove(Tensor z)
    {
        var isShifted = z < 8;
        var near = Where(isShifted, z, 1);
        var product = near;
        for (var k = 1; k < 8; k++)
        {
            product *= near + (double)k;
        }

        var far = Where(isShifted, z + 8.0, z);
        var inverse = far.Reciprocal();
        var series = inverse * Polynomial(inverse.Square(), [.. BernoulliNumbers.Select((b, i) => b / ((2 * i + 1) * (2 * i + 2)))]);
        return (far - 0.5) * (far.Log() - 1.0) + (Math.Log(2 * Math.PI) - 1) / 2 + series - Where(isShifted, product.Log(), 0);
    }

    // The sine of π times x, which keeps its digits however large x is.
    private static Tensor SinPi(Tensor x)
    {
        var whole = x.Round();
        var sine = ((x - whole) * Math.PI).Sin();
        return Where((whole * 0.5).Ne((whole * 0.5).Trunc()), -sine, sine);
    }

    // Formulas that would lose too much in single precision.
    private Tensor InDouble(Func<Tensor, Tensor> formula) => ToFloat() is var x ? formula(x.Cast(DType.Float64)).Cast(x.DType) : this;

    // Horner's scheme.
    private static Tensor Polynomial(Tensor x, ReadOnlySpan<double> coefficients)
    {
        var sum = x * coefficients[^1] + coefficients[^2];
        for (var i = coefficients.Length - 3; i >= 0; i--)
        {
            sum = sum * x + coefficients[i];
        }

        return sum;
    }
}
