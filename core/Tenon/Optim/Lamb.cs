using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Lamb"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Beta1">The share of earlier gradients in their running mean.</param>
/// <param name="Beta2">The share of earlier squares in theirs.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its step.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record LambOptions(
    double LearningRate = 1e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-6, double WeightDecay = 0, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Beta1;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator LambOptions(double learningRate) => new(learningRate);
}

/// <summary>Adam whose step has, for each parameter, the parameter's norm: for large batches.</summary>
/// <remarks>You et al., arXiv:1904.00962.</remarks>
public sealed class Lamb : Optimizer<LambOptions>
{
    /// <summary>Lamb over a module's parameters; its buffers are realised with each step.</summary>
    public Lamb(Module module, LambOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Lamb over some tensors.</summary>
    public Lamb(IEnumerable<Tensor> parameters, LambOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(LambOptions options) => [("exp_avg", 0), ("exp_avg_sq", 0)];

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(LambOptions options) => [("correction1", 0), ("correction2", 0)];

    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, LambOptions options)
    {
        Set(shared["correction1"], shared["correction1"] * shared.Momentum + (1.0 - shared.Momentum));
        Set(shared["correction2"], Averaged(shared["correction2"], 1.0, options.Beta2));
    }

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, LambOptions options, Tensor gradient)
    {
        var mean = slot["exp_avg"] * slot.Momentum + gradient * (1.0 - slot.Momentum);
        var squares = Averaged(slot["exp_avg_sq"], gradient.Square(), options.Beta2);
        Set(slot["exp_avg"], mean);
        Set(slot["exp_avg_sq"], squares);
        var step = mean / slot.Shared["correction1"] / ((squares / slot.Shared["correction2"]).Sqrt() + options.Epsilon);
        step = options.WeightDecay == 0 ? step : step + slot.Parameter * options.WeightDecay;
        var (norm, stepNorm) = (slot.Parameter.Square().Sum().Sqrt(), step.Square().Sum().Sqrt());
        var trust = Tensor.Where((norm > 0) & (stepNorm > 0), norm / stepNorm, 1);
        Set(slot.Parameter, slot.Parameter - step * (trust * slot.Rate));
    }
}
