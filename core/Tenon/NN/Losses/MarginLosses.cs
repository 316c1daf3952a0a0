namespace Tenon.NN;

/// <summary>Distances that shall be small or beyond a margin; see <see cref="Tensor.HingeEmbeddingLoss"/>.</summary>
/// <param name="margin">The margin.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class HingeEmbeddingLoss(double margin = 1, Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.HingeEmbeddingLoss(target, margin, Reduction);
}

/// <summary>The logarithm of 1 + e^(-t x); see <see cref="Tensor.SoftMarginLoss"/>.</summary>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class SoftMarginLoss(Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.SoftMarginLoss(target, Reduction);
}

/// <summary>A margin between targets and other classes; see <see cref="Tensor.MultiLabelMarginLoss"/>.</summary>
/// <param name="reduction">What becomes of the samples' losses.</param>
public sealed class MultiLabelMarginLoss(Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.MultiLabelMarginLoss(target, Reduction);
}

/// <summary>Which of two shall be the greater; see <see cref="Tensor.MarginRankingLoss"/>.</summary>
/// <param name="margin">By how much.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class MarginRankingLoss(double margin = 0, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The loss: 1 in the target says that the first shall be greater, -1 the second.</summary>
    public Tensor Forward(Tensor first, Tensor second, Tensor target) => first.MarginRankingLoss(second, target, margin, reduction);
}

/// <summary>The angle between vectors; see <see cref="Tensor.CosineEmbeddingLoss"/>.</summary>
/// <param name="margin">The margin.</param>
/// <param name="reduction">What becomes of the samples' losses.</param>
public sealed class CosineEmbeddingLoss(double margin = 0, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The loss: 1 in the target says that the vectors belong together, -1 that they don't.</summary>
    public Tensor Forward(Tensor first, Tensor second, Tensor target) => first.CosineEmbeddingLoss(second, target, margin, reduction);
}

/// <summary>One shall be nearer than another; see <see cref="Tensor.TripletMarginLoss"/>.</summary>
/// <param name="margin">By how much.</param>
/// <param name="p">The norm.</param>
/// <param name="epsilon">Keeps gradients finite.</param>
/// <param name="swap">Whether the distance between the two counts if it is the smaller.</param>
/// <param name="reduction">What becomes of the samples' losses.</param>
public sealed class TripletMarginLoss(
    double margin = 1, double p = 2, double epsilon = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The loss of vectors <c>[…, D]</c>.</summary>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) => anchor.TripletMarginLoss(positive, negative, margin, p, epsilon, swap, reduction);
}
