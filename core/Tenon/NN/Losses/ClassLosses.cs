namespace Tenon.NN;

/// <summary>The cross entropy of logits and classes, or probabilities of classes; see <see cref="Tensor.CrossEntropy"/>.</summary>
public sealed class CrossEntropyLoss : Loss
{
    private readonly Tensor? _weight;
    private readonly long _ignoreIndex;
    private readonly double _labelSmoothing;

    /// <summary>The loss.</summary>
    /// <param name="weight">The weight of each class, <c>[C]</c>; null: all count alike.</param>
    /// <param name="ignoreIndex">A class whose elements don't count.</param>
    /// <param name="labelSmoothing">The share of the target that is spread evenly over all classes.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, double labelSmoothing = 0, Reduction reduction = Reduction.Mean)
        : base(reduction) =>
        (_weight, _ignoreIndex, _labelSmoothing) = (weight is null ? null : Buffer("weight", weight), ignoreIndex, labelSmoothing);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.CrossEntropy(target, _weight, _ignoreIndex, _labelSmoothing, Reduction);
}

/// <summary>The likelihood of classes, from logarithms of probabilities; see <see cref="Tensor.NllLoss"/>.</summary>
public sealed class NllLoss : Loss
{
    private readonly Tensor? _weight;
    private readonly long _ignoreIndex;

    /// <summary>The loss.</summary>
    /// <param name="weight">The weight of each class, <c>[C]</c>; null: all count alike.</param>
    /// <param name="ignoreIndex">A class whose elements don't count.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public NllLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
        : base(reduction) => (_weight, _ignoreIndex) = (weight is null ? null : Buffer("weight", weight), ignoreIndex);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.NllLoss(target, _weight, _ignoreIndex, Reduction);
}

/// <summary>The cross entropy of probabilities; see <see cref="Tensor.BinaryCrossEntropy"/>.</summary>
public sealed class BceLoss : Loss
{
    private readonly Tensor? _weight;

    /// <summary>The loss.</summary>
    /// <param name="weight">What the elements' losses are multiplied by.</param>
    /// <param name="reduction">What becomes of them.</param>
    public BceLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean)
        : base(reduction) => _weight = weight is null ? null : Buffer("weight", weight);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.BinaryCrossEntropy(target, _weight, Reduction);
}

/// <summary>The cross entropy of <c>sigmoid(input)</c>; see <see cref="Tensor.BinaryCrossEntropyWithLogits"/>.</summary>
public sealed class BceWithLogitsLoss : Loss
{
    private readonly Tensor? _weight;
    private readonly Tensor? _positiveWeight;

    /// <summary>The loss.</summary>
    /// <param name="weight">What the elements' losses are multiplied by.</param>
    /// <param name="positiveWeight">What the part of the targets near 1 is multiplied by.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public BceWithLogitsLoss(Tensor? weight = null, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
        : base(reduction) =>
        (_weight, _positiveWeight) = (weight is null ? null : Buffer("weight", weight), positiveWeight is null ? null : Buffer("pos_weight", positiveWeight));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.BinaryCrossEntropyWithLogits(target, _weight, _positiveWeight, Reduction);
}

/// <summary>The binary cross entropy of <c>sigmoid(input)</c>, its mean over the classes; see <see cref="Tensor.MultiLabelSoftMarginLoss"/>.</summary>
public sealed class MultiLabelSoftMarginLoss : Loss
{
    private readonly Tensor? _weight;

    /// <summary>The loss.</summary>
    /// <param name="weight">The weight of each class, <c>[C]</c>.</param>
    /// <param name="reduction">What becomes of the samples' losses.</param>
    public MultiLabelSoftMarginLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean)
        : base(reduction) => _weight = weight is null ? null : Buffer("weight", weight);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.MultiLabelSoftMarginLoss(target, _weight, Reduction);
}

/// <summary>A margin between the score of the class and the others; see <see cref="Tensor.MultiMarginLoss"/>.</summary>
public sealed class MultiMarginLoss : Loss
{
    private readonly int _p;
    private readonly double _margin;
    private readonly Tensor? _weight;

    /// <summary>The loss.</summary>
    /// <param name="p">The power: 1 or 2.</param>
    /// <param name="margin">The margin.</param>
    /// <param name="weight">The weight of each class, <c>[C]</c>.</param>
    /// <param name="reduction">What becomes of the samples' losses.</param>
    public MultiMarginLoss(int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
        : base(reduction) => (_p, _margin, _weight) = (p, margin, weight is null ? null : Buffer("weight", weight));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.MultiMarginLoss(target, _p, _margin, _weight, Reduction);
}

/// <summary>Connectionist temporal classification; see <see cref="Tensor.CtcLoss"/>.</summary>
/// <param name="blank">The class that stands for nothing.</param>
/// <param name="zeroInfinity">Whether a target that is longer than its input counts as 0.</param>
/// <param name="reduction">What becomes of the samples' losses.</param>
public sealed class CtcLoss(int blank = 0, bool zeroInfinity = false, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The loss of logarithms of probabilities <c>[T, N, C]</c> for targets <c>[N, S]</c>.</summary>
    public Tensor Forward(Tensor input, Tensor targets, Tensor inputLengths, Tensor targetLengths) =>
        input.CtcLoss(targets, inputLengths, targetLengths, blank, zeroInfinity, reduction);
}
