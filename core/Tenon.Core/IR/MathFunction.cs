namespace Tenon.Core;

/// <summary>The argument of an <see cref="Ops.Math"/>: which function. The compiler writes them out as arithmetic.</summary>
public enum MathFunction : byte
{
    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>eˣ - 1.</summary>
    Expm1,

    /// <summary>ln x.</summary>
    Log,

    /// <summary>ln (1 + x).</summary>
    Log1p,

    /// <summary>log₁₀ x.</summary>
    Log10,

    /// <summary>cos x.</summary>
    Cos,

    /// <summary>tan x.</summary>
    Tan,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>2/√π ∫₀ˣ e^(-t²) dt.</summary>
    Erf,

    /// <summary>1 - erf x.</summary>
    Erfc,

    /// <summary>xʸ, as IEEE 754's pow.</summary>
    Pow,
}

/// <summary>Facts about each <see cref="MathFunction"/>.</summary>
public static class MathFunctions
{
    /// <summary>How many sources it has.</summary>
    public static int Arity(this MathFunction function) => function == MathFunction.Pow ? 2 : 1;

    /// <summary>The value, to a few units in the last place of float64.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">Its argument.</param>
    /// <param name="y">Its second argument, if it has two.</param>
    public static double Evaluate(this MathFunction function, double x, double y) => function switch
    {
        MathFunction.Exp => Math.Exp(x),
        MathFunction.Expm1 => Expm1(x),
        MathFunction.Log => Math.Log(x),
        MathFunction.Log1p => Log1p(x),
        MathFunction.Log10 => Math.Log10(x),
        MathFunction.Cos => Math.Cos(x),
        MathFunction.Tan => Math.Tan(x),
        MathFunction.Tanh => Math.Tanh(x),
        MathFunction.Sigmoid => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
        MathFunction.Pow => Math.Pow(x, y),
        MathFunction.Erf => Erf(x),
        MathFunction.Erfc => Erfc(x),
        _ => throw new InvalidOperationException($"{function} is not a function of floats."),
    };

    // W. Kahan's: the rounding error of u = e^x cancels in (u - 1) / ln u.
    private static double Expm1(double x)
    {
        if (x < -50)
        {
            return -1;
        }

        var u = Math.Exp(x);
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : (u - 1) * (x / Math.Log(u));
    }

    private static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(x) ? x : Math.Log(u) * (x / (u - 1));
    }

    // e^(-x²) 2/√π (x + 2x³/3 + 4x⁵/15 + …), whose terms are all of one sign.
    private static double Erf(double x)
    {
        if (!(Math.Abs(x) < 2.5))
        {
            return double.IsNaN(x) ? x : x > 0 ? 1 - Erfc(x) : Erfc(-x) - 1;
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-18; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // e^(-x²)/√π / (x + 1/2 / (x + 2/2 / (x + 3/2 / …)))
    private static double Erfc(double x)
    {
        if (!(x >= 1))
        {
            return 1 - Erf(x);
        }

        if (x > 30)
        {
            return 0;
        }

        var fraction = x;
        for (var n = 200; n > 0; n--)
        {
            fraction = x + n / 2.0 / fraction;
        }

        // The square in two parts: of a rounded one the exponential would be off by the rounding times itself.
        var square = x * x;
        return Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square)) / Math.Sqrt(Math.PI) / fraction;
    }
}
