using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Adamax"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Beta1">The share of earlier gradients in their running mean.</param>
/// <param name="Beta2">The share of the greatest gradient so far.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record AdamaxOptions(
    double LearningRate = 2e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Beta1;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator AdamaxOptions(double learningRate) => new(learningRate);
}

/// <summary>Adam by the greatest gradient, which fades, in place of the mean of squares.</summary>
/// <remarks>Kingma and Ba, arXiv:1412.6980, section 7.1.</remarks>
public sealed class Adamax : Optimizer<AdamaxOptions>
{
    /// <summary>Adamax over a module's parameters; its buffers are realised with each step.</summary>
    public Adamax(Module module, AdamaxOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Adamax over some tensors.</summary>
    public Adamax(IEnumerable<Tensor> parameters, AdamaxOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(AdamaxOptions options) => [("exp_avg", 0), ("exp_inf", 0)];

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(AdamaxOptions options) => [("correction1", 0)];

    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, AdamaxOptions options) =>
        Set(shared["correction1"], shared["correction1"] * shared.Momentum + (1.0 - shared.Momentum));

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, AdamaxOptions options, Tensor gradient)
    {
        gradient = Decayed(gradient, slot, options);
        var mean = slot["exp_avg"] * slot.Momentum + gradient * (1.0 - slot.Momentum);
        var greatest = (slot["exp_inf"] * options.Beta2).Maximum(gradient.Abs() + options.Epsilon);
        Set(slot["exp_avg"], mean);
        Set(slot["exp_inf"], greatest);
        Set(slot.Parameter, slot.Parameter - mean / greatest * (slot.Rate / slot.Shared["correction1"]));
    }
}
