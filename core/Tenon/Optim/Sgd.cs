using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Sgd"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Momentum">The share of earlier gradients; 0 for none.</param>
/// <param name="Dampening">The share of a gradient that the momentum doesn't take, but for the first one.</param>
/// <param name="Nesterov">Whether to look ahead by the momentum.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record SgdOptions(
    double LearningRate = 1e-3, double Momentum = 0, double Dampening = 0, bool Nesterov = false, double WeightDecay = 0, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Momentum;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator SgdOptions(double learningRate) => new(learningRate);
}

/// <summary>Stochastic gradient descent, with momentum if wanted.</summary>
/// <remarks>Sutskever et al., ICML 2013, in the form of PyTorch: the momentum sums gradients, the rate multiplies it.</remarks>
public sealed class Sgd : Optimizer<SgdOptions>
{
    /// <summary>Descent of a module's parameters; its buffers are realised with each step.</summary>
    public Sgd(Module module, SgdOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Descent of some tensors.</summary>
    public Sgd(IEnumerable<Tensor> parameters, SgdOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(SgdOptions options) => options.Momentum == 0 ? [] : [("momentum_buffer", 0)];

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(SgdOptions options) => options.Dampening == 0 ? [] : [("share", -1)];

    // The first gradient is taken whole.
    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, SgdOptions options)
    {
        if (options.Dampening != 0)
        {
            var share = shared["share"];
            Set(share, Tensor.Where(share < 0, 1, share.FullLike(1 - options.Dampening)));
        }
    }

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, SgdOptions options, Tensor gradient)
    {
        var step = Decayed(gradient, slot, options);
        if (options.Momentum != 0)
        {
            var share = options.Dampening == 0 ? step : step * slot.Shared["share"];
            var velocity = slot["momentum_buffer"] * slot.Momentum + share;
            Set(slot["momentum_buffer"], velocity);
            step = options.Nesterov ? step + velocity * slot.Momentum : velocity;
        }

        Set(slot.Parameter, slot.Parameter - step * slot.Rate);
    }
}
