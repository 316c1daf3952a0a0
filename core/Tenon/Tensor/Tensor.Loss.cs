using Tenon.Core;

namespace Tenon;

/// <summary>What becomes of the losses of single elements.</summary>
public enum Reduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They stay as they are.</summary>
    None,
}

public sealed partial class Tensor
{
    /// <summary>The cross entropy between <c>softmax(this)</c> and class indices.</summary>
    /// <param name="target">The classes: integers <c>[N]</c> for logits <c>[N, C]</c>, <c>[N, d…]</c> for <c>[N, C, d…]</c>.</param>
    /// <param name="labelSmoothing">The share of the target that is spread evenly over all classes.</param>
    /// <param name="ignoreIndex">A class whose elements don't count.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    public Tensor CrossEntropy(Tensor target, double labelSmoothing = 0, long? ignoreIndex = null, Reduction reduction = Reduction.Mean) =>
        LogSoftmax(ClassAxis(target, nameof(CrossEntropy))).NegativeLikelihood(target, labelSmoothing, ignoreIndex, reduction);

    /// <summary>The negative logarithm of the likelihood of class indices; this tensor holds logarithms of probabilities.</summary>
    /// <param name="target">The classes: integers <c>[N]</c> for <c>[N, C]</c>, <c>[N, d…]</c> for <c>[N, C, d…]</c>.</param>
    /// <param name="ignoreIndex">A class whose elements don't count.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    public Tensor NllLoss(Tensor target, long? ignoreIndex = null, Reduction reduction = Reduction.Mean)
    {
        ClassAxis(target, nameof(NllLoss));
        return NegativeLikelihood(target, 0, ignoreIndex, reduction);
    }

    /// <summary>The cross entropy of probabilities between 0 and 1 and targets of the same shape.</summary>
    /// <remarks>Logarithms are held above -100, as in PyTorch.</remarks>
    public Tensor BinaryCrossEntropy(Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduced(-(target * Log().Maximum(-100) + (1.0 - target) * (1.0 - this).Log().Maximum(-100)), reduction);

    /// <summary>The cross entropy of <c>sigmoid(this)</c> and targets of the same shape, without overflow.</summary>
    public Tensor BinaryCrossEntropyWithLogits(Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduced(Maximum(0) - this * target + (-Abs()).Exp().Log1p(), reduction);

    /// <summary>The squared difference from the target.</summary>
    public Tensor MseLoss(Tensor target, Reduction reduction = Reduction.Mean) => Reduced((this - target).Square(), reduction);

    private static Tensor Reduced(Tensor losses, Reduction reduction) => reduction switch
    {
        Reduction.Mean => losses.Mean(),
        Reduction.Sum => losses.Sum(),
        _ => losses,
    };

    private int ClassAxis(Tensor target, string operation)
    {
        var axis = Rank > 1 ? 1 : 0;
        var expected = Shapes.Without(Shape, [axis]);
        return Rank > 0 && target.DType.IsInteger && target.Shape.Equals(expected)
            ? axis
            : throw new TenonException(
                "TEN3036",
                $"{operation}: scores {Shape} with target {target.Shape} of {target.DType}. Expected scores [N, C, …] and integer classes [N, …]: {expected}.");
    }

    private Tensor NegativeLikelihood(Tensor target, double labelSmoothing, long? ignoreIndex, Reduction reduction)
    {
        var axis = Rank > 1 ? 1 : 0;
        var classes = Arange(Shape.Size(axis)).Reshape(Shapes.Along(Rank, axis, Shape.Size(axis)));
        var isTarget = target.Unsqueeze(axis).Eq(classes);
        var losses = -Where(isTarget, this, 0).Sum(axis);
        if (labelSmoothing != 0)
        {
            losses = losses * (1 - labelSmoothing) - Mean(axis) * labelSmoothing;
        }

        if (ignoreIndex is not { } ignored)
        {
            return Reduced(losses, reduction);
        }

        var counts = target.Ne(ignored);
        losses = Where(counts, losses, 0);
        return reduction == Reduction.Mean ? losses.Sum() / counts.Sum() : Reduced(losses, reduction);
    }
}
