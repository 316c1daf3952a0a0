using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // Chebyshev fits of ln(erfc(z) / t) + z² in 2t - 1 with t = 2 / (2 + z), as coefficients of powers. The form is that of
    // Press et al., Numerical Recipes, 6.2.2; the errors of erf are 6e-8 and 1e-17.
    private static readonly double[] ErfcSingle =
    [
        -0.6717940841, 0.67264217, 0.04734352764, -0.04687426828, -0.009877244398, 0.008701600896, 0.001786496833,
        -0.002045806027, -0.0002194268817, 0.000332440702, 4.657862296e-6,
    ];

    private static readonly double[] ErfcDouble =
    [
        -0.67179408405669224, 0.67264322397765676, 0.047343306841895715, -0.046895610231173529, -0.0098726893658284906,
        0.0088249385567412398, 0.0017589335437200913, -0.002345812490330218, -0.00014624668150775947, 0.00067367864955179078,
        -9.3736418777224522e-5, -0.00017430176338261757, 7.1407763276079039e-5, 3.1739195781363591e-5, -3.0209744411687794e-5,
        1.5762498072608626e-7, 8.6108070428521252e-6, -2.992685516680908e-6, -1.3448417488684059e-6, 1.3182711682872764e-6,
        -9.5146955507574621e-8, -3.1935609068618014e-7, 1.0570097493813313e-7, 4.7154442396671825e-8, -2.1224613411372328e-8,
        -6.1660667067188974e-9, 1.0813020224942685e-9, 1.0045613728570493e-9,
    ];

    /// <summary>The error function 2/√π ∫₀ˣ e^(-t²) dt.</summary>
    public Tensor Erf() => DType != DType.Float64 ? Function(MathFunction.Erf) : InSingle(static x =>
    {
        // Near 0 the Taylor series.
        var isSmall = x.Abs() < 0.02;
        var series = x * Polynomial(x.Square(), [.. new[] { 1.0, -1.0 / 3, 1.0 / 10, -1.0 / 42, 1.0 / 216 }.Select(c => c * 2 / Math.Sqrt(Math.PI))]);

        // Beyond 6, erf is 1 in double.
        var large = 1.0 - x.Abs().Minimum(6).ErfcTail();
        return Where(isSmall, series, Where(x < 0, -large, large))
            .WithGradient([x], static (g, _, x) => [g * ((-x[0].Square()).Exp() * (2 / Math.Sqrt(Math.PI)))]);
    });

    // 1 - erf of numbers that are not negative.
    private Tensor ErfcTail() => Minimum(30).ErfcTailWithin();

    private Tensor ErfcTailWithin()
    {
        // The square in two parts, the first of them exact: rounding it would be felt as many times as it is large.
        var isDouble = DType == DType.Float64;
        var bits = Bitcast(isDouble ? DType.Int64 : DType.Int32);
        var near = (bits & (isDouble ? -1L << 27 : -1L << 12)).Bitcast(DType);
        var t = 2.0 / (this + 2.0);
        return t * (-near.Square()).Exp() * (Polynomial(2.0 * t - 1.0, isDouble ? ErfcDouble : ErfcSingle) + (near - this) * (near + this)).Exp();
    }

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
