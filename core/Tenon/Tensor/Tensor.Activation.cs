using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Function(MathFunction.Tanh);

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => Function(MathFunction.Sigmoid);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Maximum(0);

    /// <summary>min(max(x, 0), 6).</summary>
    public Tensor Relu6() => Where(this >= 6, 6, Relu());

    /// <summary>x, or x · slope below 0.</summary>
    public Tensor LeakyRelu(double slope = 0.01) => ToFloat() is var x ? Where(x > 0, x, x * slope) : this;

    /// <summary>x, or α(e^x - 1) below 0.</summary>
    public Tensor Elu(double alpha = 1) => ToFloat() is var x ? Where(x > 0, x, Where(x > 0, 0, x).Expm1() * alpha) : this;

    /// <summary>x · sigmoid(x), also called swish.</summary>
    public Tensor Silu() => InSingle(static x => x * x.Sigmoid());

    /// <summary>log(1 + e^βx) / β.</summary>
    public Tensor Softplus(double beta = 1) => beta == 1
        ? InSingle(static x => (x.Maximum(0) + (-x.Abs()).Exp().Log1p()).WithGradient([x], static (g, _, x) => [g * x[0].Sigmoid()]))
        : (this * beta).Softplus() / beta;

    /// <summary>x · Φ(x) with Φ the normal distribution function; or its approximation by tanh.</summary>
    /// <remarks>Hendrycks and Gimpel, arXiv:1606.08415.</remarks>
    public Tensor Gelu(bool approximate = false) => approximate
        ? InSingle(static x => 0.5 * x * (1.0 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)).Tanh()))
        : InSingle(static x => 0.5 * x * (1.0 + (x * Math.Sqrt(0.5)).Erf()));

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    public Tensor HardSigmoid() => (this + 3.0).Relu6() / 6.0;

    /// <summary>min(max(αx + β, 0), 1).</summary>
    public Tensor HardSigmoid(double alpha, double beta) => (this * alpha + beta).Clamp(0.0, 1.0);

    /// <summary>x · <see cref="HardSigmoid()"/>.</summary>
    public Tensor HardSwish() => ToFloat() is var x ? x * (Where(x < -3, 0, Where(x > 3, 6, x + 3.0)) / 6.0) : this;

    /// <summary>x held between two bounds.</summary>
    public Tensor HardTanh(double min = -1, double max = 1) => ToFloat().Clamp(min, max);

    /// <summary>x, or α(e^(x/α) - 1) below 0.</summary>
    /// <remarks>Barron, arXiv:1704.07483.</remarks>
    public Tensor Celu(double alpha = 1) => ToFloat() is var x ? Where(x > 0, x, (Where(x > 0, 0, x) / alpha).Expm1() * alpha) : this;

    /// <summary>λ · <see cref="Elu"/> with the λ and α that keep mean 0 and variance 1.</summary>
    /// <remarks>Klambauer et al., arXiv:1706.02515.</remarks>
    public Tensor Selu() => Elu(1.6732632423543772) * 1.0507009873554805;

    /// <summary>x · tanh(log(1 + e^x)).</summary>
    /// <remarks>Misra, arXiv:1908.08681.</remarks>
    public Tensor Mish() => InSingle(static x => x * x.Softplus().Tanh());

    /// <summary>x · sigmoid(1.702 x).</summary>
    public Tensor QuickGelu() => InSingle(static x => x * (1.702 * x).Sigmoid());

    /// <summary>log(1 / (1 + e^-x)).</summary>
    public Tensor LogSigmoid() => InSingle(static x => x.Minimum(0) - (-x.Abs()).Exp().Log1p());

    /// <summary>x / (1 + |x|).</summary>
    public Tensor Softsign() => ToFloat() is var x ? x / (1.0 + x.Abs()) : this;

    /// <summary>x moved towards 0 by λ, and 0 from -λ to λ.</summary>
    public Tensor SoftShrink(double lambda = 0.5) => ToFloat() is var x ? Where(x.Abs() <= lambda, 0, Where(x > 0, x - lambda, x + lambda)) : this;

    /// <summary>x, and 0 from -λ to λ.</summary>
    public Tensor HardShrink(double lambda = 0.5) => ToFloat() is var x ? Where(x.Abs() <= lambda, 0, x) : this;

    /// <summary>x - tanh x.</summary>
    public Tensor TanhShrink() => ToFloat() is var x ? x - x.Tanh() : this;

    /// <summary>x above a threshold, elsewhere a number.</summary>
    public Tensor Threshold(double threshold, double value) => Where(this <= threshold, value, this);

    /// <summary>The first half of an axis times the sigmoid of the second.</summary>
    /// <remarks>Dauphin et al., arXiv:1612.08083.</remarks>
    /// <exception cref="TenonException">The axis has an odd size.</exception>
    public Tensor Glu(int axis = -1)
    {
        var n = Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(Glu)), nameof(Glu));
        var halves = n % 2 == 0 ? Split([n / 2, n / 2], axis) : throw new TenonException("TEN3156", $"Glu: axis {axis} of shape {Shape} has {n} elements. Expected an even number.");
        return halves[0] * halves[1].Sigmoid();
    }

    /// <summary>x, or x · slope below 0, with slopes that are learned.</summary>
    /// <param name="weight">One slope, or one for each channel (axis 1).</param>
    public Tensor PRelu(Tensor weight)
    {
        var slope = weight.Rank == 1 && Rank > 1 ? weight.Reshape(Shapes.Along(Rank, 1, weight.Shape.Size(0))) : weight;
        return Where(this > 0, this, this * slope);
    }

    /// <summary>x, or below 0 x times a slope that is random in training, and the mean of its bounds otherwise.</summary>
    public Tensor RRelu(double lower = 1 / 8d, double upper = 1 / 3d, bool training = false) =>
        training ? Where(this < 0, this * Uniform(lower, upper, Shape, DType, _device), this) : LeakyRelu((lower + upper) / 2);

    /// <summary><see cref="Softmax"/> of -x.</summary>
    public Tensor Softmin(int axis = -1) => (-ToFloat()).Softmax(axis);
}
