namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => InSingle(static x =>
    {
        // Near 0 the formula cancels; there the Taylor series is exact to the last bits.
        var x2 = x.Square();
        var series = x * (1.0 + x2 * (-1.0 / 3 + x2 * (2.0 / 15 + x2 * (-17.0 / 315 + x2 * (62.0 / 2835)))));
        var isSmall = x.Abs() < (x.DType == DType.Float64 ? 0.02 : 0.3);
        return Where(isSmall, series, 2.0 * (2.0 * x).Sigmoid() - 1.0).WithGradient([x], static (g, y, _) => [g * (1.0 - y.Square())]);
    });

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => InSingle(static x => (1.0 / (1.0 + (-x).Exp())).WithGradient([x], static (g, y, _) => [g * (y * (1.0 - y))]));

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Maximum(0);

    /// <summary>min(max(x, 0), 6).</summary>
    public Tensor Relu6() => Clamp(0, 6);

    /// <summary>x, or x · slope below 0.</summary>
    public Tensor LeakyRelu(double slope = 0.01) => ToFloat() is var x ? Where(x < 0, x * slope, x) : this;

    /// <summary>x, or α(e^x - 1) below 0.</summary>
    public Tensor Elu(double alpha = 1) => ToFloat() is var x ? Where(x > 0, x, x.Minimum(0).Expm1() * alpha) : this;

    /// <summary>x · sigmoid(x), also called swish.</summary>
    public Tensor Silu() => InSingle(static x => x * x.Sigmoid());

    /// <summary>log(1 + e^x).</summary>
    public Tensor Softplus() => InSingle(static x =>
        (x.Maximum(0) + (-x.Abs()).Exp().Log1p()).WithGradient([x], static (g, _, x) => [g * x[0].Sigmoid()]));

    /// <summary>x · Φ(x) with Φ the normal distribution function; or its approximation by tanh.</summary>
    /// <remarks>Hendrycks and Gimpel, arXiv:1606.08415.</remarks>
    public Tensor Gelu(bool approximate = false) => approximate
        ? InSingle(static x => 0.5 * x * (1.0 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)).Tanh()))
        : InSingle(static x => 0.5 * x * (1.0 + (x * Math.Sqrt(0.5)).Erf()));

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    public Tensor HardSigmoid() => (this + 3.0).Relu6() / 6.0;

    /// <summary>x · <see cref="HardSigmoid"/>.</summary>
    public Tensor HardSwish() => this * HardSigmoid();
}
