using Tenon.Core;

namespace Tenon;

/// <content>Losses of classes and of truth values.</content>
public sealed partial class Tensor
{
    /// <summary>The cross entropy between <c>softmax(this)</c> and classes, or probabilities of classes.</summary>
    /// <param name="target">
    /// For logits <c>[N, C, d…]</c>: classes, integers <c>[N, d…]</c>, or probabilities <c>[N, C, d…]</c>. For logits <c>[C]</c>: one class, or <c>[C]</c>.
    /// </param>
    /// <param name="weight">The weight of each class, <c>[C]</c>; null: all count alike.</param>
    /// <param name="ignoreIndex">A class whose elements don't count.</param>
    /// <param name="labelSmoothing">The share of the target that is spread evenly over all classes.</param>
    /// <param name="reduction">What becomes of the elements' losses; the mean is weighted by the classes' weights.</param>
    /// <remarks>Label smoothing: Szegedy et al., arXiv:1512.00567.</remarks>
    /// <exception cref="TenonException">Shapes don't fit.</exception>
    public Tensor CrossEntropy(Tensor target, Tensor? weight = null, long ignoreIndex = -100, double labelSmoothing = 0, Reduction reduction = Reduction.Mean)
    {
        var axis = Rank > 1 ? 1 : 0;
        if (!target.DType.IsFloat || !target.Shape.Equals(Shape))
        {
            ClassAxis(target, weight, nameof(CrossEntropy));
            return LogSoftmax(axis).NegativeLikelihood(target, weight, ignoreIndex, labelSmoothing, reduction);
        }

        RequireWeights(weight, axis, nameof(CrossEntropy));
        if (labelSmoothing != 0)
        {
            target = target * (1 - labelSmoothing) + (Tensor)labelSmoothing / (Tensor)Shape.Size(axis);
        }

        var losses = -(Weighted(LogSoftmax(axis), weight, axis) * target).Sum(axis);
        return Reduced(losses, reduction);
    }

    /// <summary>The negative logarithm of the likelihood of classes; this tensor holds logarithms of probabilities.</summary>
    /// <param name="target">The classes: integers <c>[N, d…]</c> for <c>[N, C, d…]</c>, one for <c>[C]</c>.</param>
    /// <param name="weight">The weight of each class, <c>[C]</c>; null: all count alike.</param>
    /// <param name="ignoreIndex">A class whose elements don't count.</param>
    /// <param name="reduction">What becomes of the elements' losses; the mean is weighted by the classes' weights.</param>
    /// <exception cref="TenonException">Shapes don't fit.</exception>
    public Tensor NllLoss(Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        ClassAxis(target, weight, nameof(NllLoss));
        return NegativeLikelihood(target, weight, ignoreIndex, 0, reduction);
    }

    /// <summary>The cross entropy of probabilities between 0 and 1 and targets of the same shape.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="weight">What the elements' losses are multiplied by; broadcasts to this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <remarks>Logarithms are held above -100, and their slopes below 10¹², as in PyTorch.</remarks>
    public Tensor BinaryCrossEntropy(Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(BinaryCrossEntropy));
        var loss = -(target * LogOfProbability(this) + (1.0 - target) * LogOfProbability(1.0 - this));
        return Reduced(weight is null ? loss : loss * weight, reduction);
    }

    /// <summary>The cross entropy of <c>sigmoid(this)</c> and targets of the same shape, without overflow.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="weight">What the elements' losses are multiplied by; broadcasts to this shape.</param>
    /// <param name="positiveWeight">What the part of the targets near 1 is multiplied by; broadcasts to this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor BinaryCrossEntropyWithLogits(Tensor target, Tensor? weight = null, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(BinaryCrossEntropyWithLogits));
        var loss = positiveWeight is null
            ? Maximum(0) - this * target + (-Abs()).Exp().Log1p()
            : (1.0 - target) * this + ((positiveWeight - 1.0) * target + 1.0) * ((-Abs()).Exp().Log1p() + (-this).Maximum(0));
        return Reduced(weight is null ? loss : loss * weight, reduction);
    }

    private static Tensor LogOfProbability(Tensor p)
    {
        var isSmall = p < 1e-12;
        var steep = p.Detach().Log().Maximum(-100) + (p - p.Detach()) * 1e12;
        return Where(isSmall, steep, Where(isSmall, 1, p).Log());
    }

    private static Tensor Weighted(Tensor x, Tensor? weight, int axis) =>
        weight is null ? x : x * weight.Reshape(Shapes.Along(x.Rank, axis, weight.Shape.Size(0)));

    private int ClassAxis(Tensor target, Tensor? weight, string operation)
    {
        var axis = Rank > 1 ? 1 : 0;
        if (Rank == 0 || !target.DType.IsInteger || !target.Shape.Equals(Shapes.Without(Shape, [axis])))
        {
            throw new TenonException(
                "TEN3036",
                $"{operation}: scores {Shape} with target {target.Shape} of {target.DType}. Expected scores [N, C, …] and integer classes [N, …]{(Rank > 0 ? $": {Shapes.Without(Shape, [axis])}" : "")}.");
        }

        RequireWeights(weight, axis, operation);
        return axis;
    }

    private void RequireWeights(Tensor? weight, int axis, string operation)
    {
        if (weight is not null && (weight.Rank != 1 || weight.Shape.Size(0) != Shape.Size(axis)))
        {
            throw new TenonException("TEN3036", $"{operation}: weights {weight.Shape} for scores {Shape}. Expected one for each of the {Shape.Size(axis)} classes.");
        }
    }

    private Tensor NegativeLikelihood(Tensor target, Tensor? weight, long ignoreIndex, double labelSmoothing, Reduction reduction)
    {
        var axis = Rank > 1 ? 1 : 0;
        var size = Shape.Size(axis);
        var isTarget = target.Unsqueeze(axis).Eq(Arange(size).Reshape(Shapes.Along(Rank, axis, size)));
        var counts = target.DType.IsSigned || ignoreIndex >= 0 ? target.Ne(ignoreIndex) : target.Eq(target);
        var scores = Weighted(this, weight, axis);
        var losses = -Where(isTarget, scores, 0).Sum(axis);
        if (labelSmoothing != 0)
        {
            losses = losses * (1 - labelSmoothing) - scores.Sum(axis) * labelSmoothing / (Tensor)size;
        }

        // No class is negative: what is ignored for that has no target, and is 0 already.
        losses = ignoreIndex < 0 && labelSmoothing == 0 ? losses : Where(counts, losses, 0);
        if (reduction != Reduction.Mean)
        {
            return Reduced(losses, reduction);
        }

        var weights = weight is null
            ? counts.Cast(losses.DType)
            : Where(counts, Where(isTarget, weight.Reshape(Shapes.Along(Rank, axis, size)), 0).Sum(axis), 0);
        return losses.Sum() / weights.Sum();
    }
}
