namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => InSingle(static x =>
    {
        // Near 0 the formula below cancels; there the Taylor series is exact to the last bits. It sees 0 elsewhere, so that
        // its gradient is finite everywhere.
        var isSmall = x.Abs() < (x.DType == DType.Float64 ? 0.02 : 0.3);
        var s = Where(isSmall, x, 0);
        var s2 = s.Square();
        var series = s * (1.0 + s2 * (-1.0 / 3 + s2 * (2.0 / 15 + s2 * (-17.0 / 315 + s2 * (62.0 / 2835)))));
        return Where(isSmall, series, 2.0 * (2.0 * x).Sigmoid() - 1.0);
    });

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => InSingle(static x =>
    {
        // Only e to a negative power is taken: neither the value nor the gradient overflows.
        var isPositive = x >= 0;
        var e = Where(isPositive, -x, x).Exp();
        return Where(isPositive, 1, e) / (1.0 + e);
    });

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
    public Tensor Softplus() => InSingle(static x => x.Maximum(0) + (-x.Abs()).Exp().Log1p());

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
