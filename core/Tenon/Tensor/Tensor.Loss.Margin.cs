using Tenon.Core;

namespace Tenon;

/// <content>Losses that ask for a margin.</content>
public sealed partial class Tensor
{
    /// <summary>x where the target is 1, max(0, margin - x) where it is -1.</summary>
    /// <param name="target">1 and -1, of this shape.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor HingeEmbeddingLoss(Tensor target, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(HingeEmbeddingLoss));
        return Reduced(Where(target.Eq(1), 0, Positive(margin - this)) + Where(target.Eq(-1), 0, this), reduction);
    }

    /// <summary>max(0, -t (x - y) + margin): where the target t is 1, x shall be the greater, where it is -1, y.</summary>
    /// <param name="other">y, of this shape.</param>
    /// <param name="target">1 and -1; broadcasts to this shape.</param>
    /// <param name="margin">By how much.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor MarginRankingLoss(Tensor other, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) =>
        Reduced(Positive(-target * From(other, nameof(MarginRankingLoss)) + margin), reduction);

    /// <summary>log(1 + e^(-t x)) for targets t of 1 and -1.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor SoftMarginLoss(Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(SoftMarginLoss));
        return Reduced((-target * this).Softplus(), reduction);
    }

    /// <summary>The mean over the classes of the binary cross entropy of <c>sigmoid(this)</c>.</summary>
    /// <param name="target">0 and 1, <c>[…, C]</c>.</param>
    /// <param name="weight">The weight of each class, <c>[C]</c>.</param>
    /// <param name="reduction">What becomes of the losses <c>[…]</c>.</param>
    public Tensor MultiLabelSoftMarginLoss(Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        Reduced(BinaryCrossEntropyWithLogits(target, weight, reduction: Reduction.None).Mean(-1), reduction);

    /// <summary>Σ max(0, margin - x[class] + x[j])^p / C over the classes j other than the target.</summary>
    /// <param name="target">Classes <c>[N]</c> for scores <c>[N, C]</c>, one for <c>[C]</c>.</param>
    /// <param name="p">The power: 1 or 2.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="weight">The weight of each class as target, <c>[C]</c>.</param>
    /// <param name="reduction">What becomes of the losses <c>[N]</c>.</param>
    public Tensor MultiMarginLoss(Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        ClassAxis(target, weight, nameof(MultiMarginLoss));
        if (Rank > 2 || p is < 1 or > 2)
        {
            throw new TenonException("TEN3036", $"MultiMarginLoss: scores {Shape}, power {p}. Expected [N, C] or [C], and a power of 1 or 2.");
        }

        var isTarget = target.Unsqueeze(-1).Eq(Arange(Shape.Size(^1)));
        var missing = (this - Where(isTarget, this, 0).Sum(-1, keepDim: true) + margin).Maximum(0);
        missing = p == 1 ? missing : missing.Square();
        missing = weight is null ? missing : missing * Where(isTarget, weight, 0).Sum(-1, keepDim: true);
        return Reduced(Where(isTarget, 0, missing).Mean(-1), reduction);
    }

    /// <summary>Σ max(0, 1 - (x[i] - x[j])) / C over the targets i of a sample and the classes j that are none.</summary>
    /// <param name="target">The targets of each sample, <c>[N, C]</c> or <c>[C]</c>: classes up to the first -1.</param>
    /// <param name="reduction">What becomes of the losses <c>[N]</c>.</param>
    public Tensor MultiLabelMarginLoss(Tensor target, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(MultiLabelMarginLoss));
        if (Rank is < 1 or > 2 || !target.DType.IsInteger)
        {
            throw new TenonException("TEN3036", $"MultiLabelMarginLoss: scores {Shape} with target {target.Shape} of {target.DType}. Expected [N, C] or [C], and integers of that shape.");
        }

        // [N, targets, C]
        var isValid = (target < 0).Cast(DType.Int32).CumSum(-1).Eq(0);
        var isClass = target.Unsqueeze(-1).Eq(Arange(Shape.Size(^1))) & isValid.Unsqueeze(-1);
        var isTarget = isClass.Any(-2, keepDim: true);
        var own = Where(isClass, Unsqueeze(-2), 0).Sum(-1, keepDim: true);
        var missing = (1.0 - (own - Unsqueeze(-2))).Maximum(0);
        var losses = Where(isValid.Unsqueeze(-1) & ~isTarget, missing, 0).Sum([-1, -2]);
        return Reduced(losses / (Tensor)Shape.Size(^1), reduction);
    }

    /// <summary>max(0, d(this, positive) - d(this, negative) + margin), with d as in <see cref="PairwiseDistance"/>.</summary>
    /// <param name="positive">What shall be near, <c>[…, D]</c>.</param>
    /// <param name="negative">What shall be far, <c>[…, D]</c>.</param>
    /// <param name="margin">By how much.</param>
    /// <param name="p">The norm.</param>
    /// <param name="epsilon">Keeps gradients finite.</param>
    /// <param name="swap">Whether the distance between the two counts if it is the smaller.</param>
    /// <param name="reduction">What becomes of the losses <c>[…]</c>.</param>
    /// <remarks>Balntas et al., BMVC 2016.</remarks>
    public Tensor TripletMarginLoss(
        Tensor positive, Tensor negative, double margin = 1, double p = 2, double epsilon = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean)
    {
        var far = PairwiseDistance(negative, p, epsilon);
        far = swap ? far.Minimum(positive.PairwiseDistance(negative, p, epsilon)) : far;
        return Reduced(Positive(PairwiseDistance(positive, p, epsilon) - far + margin), reduction);
    }

    /// <summary>1 - cos where the target is 1, max(0, cos - margin) where it is -1.</summary>
    /// <param name="other">Vectors <c>[N, D]</c>, or one.</param>
    /// <param name="target">1 and -1, <c>[N]</c>, or one.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="reduction">What becomes of the losses <c>[N]</c>.</param>
    public Tensor CosineEmbeddingLoss(Tensor other, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        RequireShape(other, nameof(CosineEmbeddingLoss));
        const double epsilon = 1e-12;
        var norms = ((Square().Sum(-1) + epsilon) * (other.Square().Sum(-1) + epsilon)).Sqrt();
        var cosine = (this * other).Sum(-1) / norms;
        return Reduced(Where(target.Eq(1), 1.0 - cosine, 0) + Where(target.Eq(-1), Positive(cosine - margin), 0), reduction);
    }

    /// <summary>x · y / (|x| |y|) along an axis; norms below ε count as ε.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <param name="axis">The axis of the vectors, which is gone in the result.</param>
    /// <param name="epsilon">ε.</param>
    /// <remarks>The gradient of a norm that is held is that of the norm, as in PyTorch.</remarks>
    public Tensor CosineSimilarity(Tensor other, int axis = 1, double epsilon = 1e-8)
    {
        return (this * other).Sum(axis) / (Held(Square().Sum(axis)) * Held(other.Square().Sum(axis))).Sqrt();

        Tensor Held(Tensor square) => square + (square.Maximum(epsilon * epsilon) - square).Detach();
    }

    /// <summary>The p-norm of x - y + ε along the last axis.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <param name="p">The norm; infinity for the greatest difference.</param>
    /// <param name="epsilon">ε, which keeps gradients finite.</param>
    /// <param name="keepDim">Whether the last axis stays, with size 1.</param>
    public Tensor PairwiseDistance(Tensor other, double p = 2, double epsilon = 1e-6, bool keepDim = false)
    {
        var difference = this - other + epsilon;
        return p switch
        {
            1 => difference.Abs().Sum(-1, keepDim),
            2 => difference.Square().Sum(-1, keepDim).Sqrt(),
            double.PositiveInfinity => difference.Abs().Max(-1, keepDim),
            _ => difference.Abs().Pow(p).Sum(-1, keepDim).Pow(1 / p),
        };
    }

    // max(x, 0), whose gradient at 0 is 1, as that of PyTorch's clamp.
    private static Tensor Positive(Tensor x) => Where(x < 0, 0, x);
}
