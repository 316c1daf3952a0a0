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

    /// <summary>Their sum over the size of the first axis: the mean over a batch.</summary>
    BatchMean,
}

/// <content>Losses of single elements: this tensor and its target have one shape, or the target is a number.</content>
public sealed partial class Tensor
{
    /// <summary>The distance from the target, |x - t|.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor L1Loss(Tensor target, Reduction reduction = Reduction.Mean) => Reduced(From(target, nameof(L1Loss)).Abs(), reduction);

    /// <summary>The squared difference from the target.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor MseLoss(Tensor target, Reduction reduction = Reduction.Mean) => Reduced(From(target, nameof(MseLoss)).Square(), reduction);

    /// <summary>½ d² / β for distances d below β, d - ½ β above.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="beta">Where the parabola becomes a line; with 0 this is <see cref="L1Loss"/>.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <remarks>Girshick, arXiv:1504.08083.</remarks>
    public Tensor SmoothL1Loss(Tensor target, double beta = 1, Reduction reduction = Reduction.Mean)
    {
        var distance = From(target, nameof(SmoothL1Loss)).Abs();
        return Reduced(beta == 0 ? distance : Where(distance < beta, distance.Square() * (0.5 / beta), distance - 0.5 * beta), reduction);
    }

    /// <summary>½ d² for distances d up to δ, δ (d - ½ δ) above.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="delta">Where the parabola becomes a line.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <remarks>Huber, <c>doi.org/10.1214/aoms/1177703732</c>.</remarks>
    public Tensor HuberLoss(Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
    {
        var distance = From(target, nameof(HuberLoss)).Abs();
        return Reduced(Where(distance <= delta, distance.Square() * 0.5, (distance - 0.5 * delta) * delta), reduction);
    }

    /// <summary>The divergence of Kullback and Leibler, Σ t (log t - x); this tensor holds logarithms of probabilities.</summary>
    /// <param name="target">Probabilities of this shape, or their logarithms.</param>
    /// <param name="logTarget">Whether the target holds logarithms.</param>
    /// <param name="reduction">What becomes of the elements' losses; <see cref="Reduction.BatchMean"/> is the divergence as defined.</param>
    public Tensor KlDivergence(Tensor target, bool logTarget = false, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(KlDivergence));
        return Reduced(logTarget ? target.Exp() * (target - this) : TimesLog(target) - target * this, reduction);
    }

    /// <summary>The negative logarithm of the likelihood of counts under Poisson distributions.</summary>
    /// <param name="target">Counts, of this shape.</param>
    /// <param name="logInput">Whether this tensor holds the logarithms of the means, rather than the means.</param>
    /// <param name="full">Whether to add Stirling's approximation of log t!, which is constant in this tensor.</param>
    /// <param name="epsilon">Keeps the logarithm of a mean of 0 finite.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    public Tensor PoissonNllLoss(Tensor target, bool logInput = true, bool full = false, double epsilon = 1e-8, Reduction reduction = Reduction.Mean)
    {
        RequireShape(target, nameof(PoissonNllLoss));
        var loss = logInput ? Exp() - target * this : this - target * (this + epsilon).Log();
        if (full)
        {
            // t log t - t + ½ log 2πt
            var isLarge = target > 1;
            var large = Where(isLarge, target.ToFloat(), 1);
            loss += Where(isLarge, large * large.Log() - large + (large * (2 * Math.PI)).Log() * 0.5, 0);
        }

        return Reduced(loss, reduction);
    }

    /// <summary>The negative logarithm of the likelihood of the target under normal distributions with this tensor as means.</summary>
    /// <param name="target">Of this shape.</param>
    /// <param name="variance">Of this shape, or with a last axis of 1 or none.</param>
    /// <param name="full">Whether to add the constant ½ log 2π.</param>
    /// <param name="epsilon">Variances below count as this; their gradients are those of the variance itself.</param>
    /// <param name="reduction">What becomes of the elements' losses.</param>
    /// <remarks>Nix and Weigend, <c>doi.org/10.1109/ICNN.1994.374138</c>.</remarks>
    public Tensor GaussianNllLoss(Tensor target, Tensor variance, bool full = false, double epsilon = 1e-6, Reduction reduction = Reduction.Mean)
    {
        var difference = From(target, nameof(GaussianNllLoss));
        if (variance.Rank == Rank - 1)
        {
            variance = variance.Unsqueeze(-1);
        }

        var held = Where(variance < epsilon, variance - variance.Detach() + epsilon, variance);
        var loss = (held.Log() + difference.Square() / held) * 0.5;
        return Reduced(full ? loss + 0.5 * Math.Log(2 * Math.PI) : loss, reduction);
    }

    private static Tensor Reduced(Tensor losses, Reduction reduction) => reduction switch
    {
        Reduction.Mean => losses.Mean(),
        Reduction.Sum => losses.Sum(),
        Reduction.BatchMean => losses.Rank == 0 ? losses : losses.Sum() / (Tensor)losses.Shape.Size(0),
        _ => losses,
    };

    // x log x, 0 for 0.
    private static Tensor TimesLog(Tensor x) => x * Where(x.Eq(0), x.OnesLike(), x).Log();

    private Tensor From(Tensor target, string operation)
    {
        RequireShape(target, operation);
        return this - target;
    }

    // Broadcasting [N, 1] with [N] is a mistake, and a silent one.
    private void RequireShape(Tensor target, string operation)
    {
        if (target.Rank > 0 && !target.Shape.Equals(Shape))
        {
            throw new TenonException("TEN3036", $"{operation}: values {Shape} with target {target.Shape}. Expected equal shapes, or a number as target; Reshape or Expand one of them.");
        }
    }
}
