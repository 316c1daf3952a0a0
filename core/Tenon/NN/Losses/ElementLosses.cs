namespace Tenon.NN;

/// <summary>The distance from the target; see <see cref="Tensor.L1Loss"/>.</summary>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class L1Loss(Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.L1Loss(target, Reduction);
}

/// <summary>The squared difference from the target; see <see cref="Tensor.MseLoss"/>.</summary>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class MseLoss(Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.MseLoss(target, Reduction);
}

/// <summary>A parabola that becomes a line of slope 1; see <see cref="Tensor.SmoothL1Loss"/>.</summary>
/// <param name="beta">Where.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class SmoothL1Loss(double beta = 1, Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.SmoothL1Loss(target, beta, Reduction);
}

/// <summary>A parabola that becomes a line of slope δ; see <see cref="Tensor.HuberLoss"/>.</summary>
/// <param name="delta">δ, and where.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class HuberLoss(double delta = 1, Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.HuberLoss(target, delta, Reduction);
}

/// <summary>The divergence of Kullback and Leibler from logarithms of probabilities; see <see cref="Tensor.KlDivergence"/>.</summary>
/// <param name="logTarget">Whether the target holds logarithms.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class KlDivergenceLoss(bool logTarget = false, Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.KlDivergence(target, logTarget, Reduction);
}

/// <summary>The likelihood of counts; see <see cref="Tensor.PoissonNllLoss"/>.</summary>
/// <param name="logInput">Whether the input holds logarithms of means.</param>
/// <param name="full">Whether to add the approximation of log t!.</param>
/// <param name="epsilon">Keeps the logarithm of a mean of 0 finite.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class PoissonNllLoss(bool logInput = true, bool full = false, double epsilon = 1e-8, Reduction reduction = Reduction.Mean) : Loss(reduction)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => input.PoissonNllLoss(target, logInput, full, epsilon, Reduction);
}

/// <summary>The likelihood under normal distributions; see <see cref="Tensor.GaussianNllLoss"/>.</summary>
/// <param name="full">Whether to add the constant.</param>
/// <param name="epsilon">The least variance.</param>
/// <param name="reduction">What becomes of the elements' losses.</param>
public sealed class GaussianNllLoss(bool full = false, double epsilon = 1e-6, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The loss of means <paramref name="input"/> with variances.</summary>
    public Tensor Forward(Tensor input, Tensor target, Tensor variance) => input.GaussianNllLoss(target, variance, full, epsilon, reduction);
}
