using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// A format that functions are computed in, with the numbers that depend on it. Polynomials are minimax fits, lowest power first,
/// whose coefficients are numbers of the format; beside each stands its relative error.
/// </summary>
internal sealed partial record FloatConstants
{
    /// <summary>The dtype.</summary>
    public required DType Float { get; init; }

    /// <summary>The integers of the same width.</summary>
    public required DType Integer { get; init; }

    /// <summary>Bits after the leading one.</summary>
    public required int Mantissa { get; init; }

    /// <summary>What is added to exponents.</summary>
    public required int Bias { get; init; }

    /// <summary>ln 2 to so few bits that a whole number times it is exact, and the rest.</summary>
    public required (double High, double Low) Ln2 { get; init; }

    /// <summary>log₁₀ 2, in the same way.</summary>
    public required (double High, double Low) Log10Of2 { get; init; }

    /// <summary>(eˣ - 1 - x) / x² for |x| ≤ ½ ln 2.</summary>
    public required double[] Expm1 { get; init; }

    /// <summary>2ˣ for |x| ≤ ½.</summary>
    public required double[] Exp2 { get; init; }

    /// <summary>(ln (1 + x) - x) / x² for √½ ≤ 1 + x ≤ √2.</summary>
    public required double[] Log { get; init; }

    /// <summary>(tanh x / x - 1) / x² in powers of x², up to <see cref="TanhLimit"/>.</summary>
    public required double[] Tanh { get; init; }

    /// <summary>Up to where the polynomial for tanh holds.</summary>
    public required double TanhLimit { get; init; }

    /// <summary>erf x / x - 1 in powers of x², of float32 for |x| ≤ 1, of float64 for |x| ≤ 0.65.</summary>
    public required double[] Erf { get; init; }

    /// <summary>(1 + 2x) e^(x²) erfc x - 1.25 from 0.65 to where erfc is 0, in powers of (x - 4) / (x + 4).</summary>
    public required double[] Erfcx { get; init; }

    /// <summary>Halfway between numbers whose unit is 1: a number added to it is rounded to a whole one, which its last bits show.</summary>
    public double Magic => 1.5 * Math.ScaleB(1, Mantissa);

    /// <summary>The least normal number.</summary>
    public double Least => Math.ScaleB(1, 1 - Bias);

    /// <summary>A constant as a number of the format, and the rest.</summary>
    public (double High, double Low) Split(double high, double low = 0) => Mantissa == 23 ? ((float)high, high - (float)high + low) : (high, low);

    /// <summary>eˣ for |x| ≤ ½ ln 2.</summary>
    public double[] Exp { get => field ?? [1, 1, .. Expm1]; init; }

    /// <summary>The constants of a dtype; null for those that functions are not computed in.</summary>
    public static FloatConstants? Of(DType dtype) => dtype.Scalar == DType.Float32 ? Single : dtype.Scalar == DType.Float64 ? Double : null;
}
