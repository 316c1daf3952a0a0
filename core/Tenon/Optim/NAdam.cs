using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="NAdam"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Beta1">The share of earlier gradients in their running mean.</param>
/// <param name="Beta2">The share of earlier squares in theirs.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="MomentumDecay">How fast the momentum grows towards β₁.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record NAdamOptions(
    double LearningRate = 2e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, double MomentumDecay = 4e-3, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Beta1;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator NAdamOptions(double learningRate) => new(learningRate);
}

/// <summary>Adam with Nesterov's momentum.</summary>
/// <remarks>Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop: μ_t = β₁ (1 - ½ · 0.96^(t ψ)).</remarks>
public sealed class NAdam : Optimizer<NAdamOptions>
{
    /// <summary>NAdam over a module's parameters; its buffers are realised with each step.</summary>
    public NAdam(Module module, NAdamOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>NAdam over some tensors.</summary>
    public NAdam(IEnumerable<Tensor> parameters, NAdamOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(NAdamOptions options) => [("exp_avg", 0), ("exp_avg_sq", 0)];

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(NAdamOptions options) => [("step", 0), ("correction2", 0), ("mu_product", 1), ("mu", 0), ("mu_next", 0)];

    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, NAdamOptions options)
    {
        var step = shared["step"] + 1;
        var momentum = Mu(step);
        Set(shared["mu_product"], shared["mu_product"] * momentum);
        Set(shared["mu"], momentum);
        Set(shared["mu_next"], Mu(step + 1));
        Set(shared["correction2"], Averaged(shared["correction2"], 1.0, options.Beta2));
        Set(shared["step"], step);

        Tensor Mu(Tensor t) => shared.Momentum * (1.0 - 0.5 * (t * (options.MomentumDecay * Math.Log2(0.96))).Exp2());
    }

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, NAdamOptions options, Tensor gradient)
    {
        gradient = Decayed(gradient, slot, options);
        var mean = slot["exp_avg"] * slot.Momentum + gradient * (1.0 - slot.Momentum);
        var squares = Averaged(slot["exp_avg_sq"], gradient.Square(), options.Beta2);
        Set(slot["exp_avg"], mean);
        Set(slot["exp_avg_sq"], squares);
        var shared = slot.Shared;
        var ofGradient = (1.0 - shared["mu"]) / (1.0 - shared["mu_product"]);
        var ofMean = shared["mu_next"] / (1.0 - shared["mu_product"] * shared["mu_next"]);
        var root = (squares / shared["correction2"]).Sqrt() + options.Epsilon;
        Set(slot.Parameter, slot.Parameter - (gradient * ofGradient + mean * ofMean) / root * slot.Rate);
    }
}
