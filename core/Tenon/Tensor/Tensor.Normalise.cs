namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>e^x / Σ e^x along an axis.</summary>
    public Tensor Softmax(int axis = -1) => InSingle(x =>
    {
        var e = x.ShiftedToMax(axis).Exp();
        return e / e.Sum(axis, keepDim: true);
    });

    /// <summary>The logarithm of <see cref="Softmax"/>, without its underflow.</summary>
    public Tensor LogSoftmax(int axis = -1) => InSingle(x =>
    {
        // As a sum, so that the gradient is summed before it is negated: of one class it is then one number that is read.
        var shifted = x.ShiftedToMax(axis);
        return shifted + -shifted.Exp().Sum(axis, keepDim: true).Log();
    });

    /// <summary>log Σ e^x along an axis, without overflow.</summary>
    public Tensor LogSumExp(int axis = -1, bool keepDim = false) => LogSumExp([axis], keepDim);

    /// <summary>log Σ e^x over axes (null: all), without overflow; -∞ over no elements.</summary>
    public Tensor LogSumExp(int[]? axes, bool keepDim = false) => InSingle(x =>
    {
        var over = ReducedAxes(axes, nameof(LogSumExp));
        if (CountOver(over, nameof(LogSumExp)) == 0)
        {
            return x.Exp().Sum(over, keepDim).Log();
        }

        var max = x.Detach().Max(over, keepDim: true);
        max = Where(max.IsInf(), 0, max);
        var result = (x - max).Exp().Sum(over, keepDim: true).Log() + max;
        return keepDim ? result : result.Reshape(Shapes.Without(x.Shape, over));
    });

    /// <summary>(x - mean) / √(variance + ε) over the last axes, then scaled and shifted.</summary>
    /// <param name="axes">How many of the last axes are normalised together.</param>
    /// <param name="weight">The scale, of the shape of those axes; null for none.</param>
    /// <param name="bias">The shift, of the shape of those axes; null for none.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <remarks>Ba, Kiros and Hinton, arXiv:1607.06450.</remarks>
    public Tensor LayerNorm(int axes = 1, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        if (axes < 1 || axes > Rank)
        {
            throw new TenonException("TEN3035", $"LayerNorm: the last {axes} axes of shape {Shape}. Expected 1 to {Rank}.");
        }

        var last = Enumerable.Range(Rank - axes, axes).ToArray();
        var y = InSingle(x =>
        {
            var centred = x - x.Mean(last, keepDim: true);
            return centred * (centred.Square().Mean(last, keepDim: true) + epsilon).Rsqrt();
        });
        y = weight is null ? y : y * weight;
        return bias is null ? y : y + bias;
    }

    /// <summary>x / √(mean of x² + ε) over the last axis, then scaled.</summary>
    /// <param name="weight">The scale, of the size of the last axis; null for none.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <remarks>Zhang and Sennrich, arXiv:1910.07467.</remarks>
    public Tensor RmsNorm(Tensor? weight = null, double epsilon = 1e-5)
    {
        var y = InSingle(x => x * (x.Square().Mean(-1, keepDim: true) + epsilon).Rsqrt());
        return weight is null ? y : y * weight;
    }

    // The shift cancels in what follows, so that no gradient need pass through the maximum.
    private Tensor ShiftedToMax(int axis) => this - GreatestAlong(axis);

    // Without a gradient; of nothing the least.
    private Tensor GreatestAlong(int axis) => Shape.Dims[Shapes.Axis(axis, Rank, nameof(Max))].IsInteger(0)
        ? Detach().Sum(axis, keepDim: true).FullLike(double.NegativeInfinity)
        : Detach().Max(axis, keepDim: true);
}
