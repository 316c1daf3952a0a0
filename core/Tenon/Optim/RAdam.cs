using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="RAdam"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Beta1">The share of earlier gradients in their running mean.</param>
/// <param name="Beta2">The share of earlier squares in theirs.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record RAdamOptions(
    double LearningRate = 1e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Beta1;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator RAdamOptions(double learningRate) => new(learningRate);
}

/// <summary>Adam whose first steps are by the mean alone, until the variance of the mean of squares can be told.</summary>
/// <remarks>Liu et al., arXiv:1908.03265.</remarks>
public sealed class RAdam : Optimizer<RAdamOptions>
{
    /// <summary>RAdam over a module's parameters; its buffers are realised with each step.</summary>
    public RAdam(Module module, RAdamOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>RAdam over some tensors.</summary>
    public RAdam(IEnumerable<Tensor> parameters, RAdamOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(RAdamOptions options) => [("exp_avg", 0), ("exp_avg_sq", 0)];

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(RAdamOptions options) => [("step", 0), ("correction1", 0), ("correction2", 0), ("rectification", 0)];

    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, RAdamOptions options)
    {
        var step = shared["step"] + 1;
        Set(shared["step"], step);
        Set(shared["correction1"], shared["correction1"] * shared.Momentum + (1.0 - shared.Momentum));
        Set(shared["correction2"], Averaged(shared["correction2"], 1.0, options.Beta2));
        Set(shared["rectification"], Rectification(step, options.Beta2));
    }

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, RAdamOptions options, Tensor gradient)
    {
        gradient = Decayed(gradient, slot, options);
        var mean = slot["exp_avg"] * slot.Momentum + gradient * (1.0 - slot.Momentum);
        var squares = Averaged(slot["exp_avg_sq"], gradient.Square(), options.Beta2);
        Set(slot["exp_avg"], mean);
        Set(slot["exp_avg_sq"], squares);
        var shared = slot.Shared;
        var adaptive = shared["rectification"] * shared["correction2"].Sqrt() / (squares.Sqrt() + options.Epsilon);
        var step = mean / shared["correction1"] * Tensor.Where(shared["rectification"] > 0, adaptive, 1);
        Set(slot.Parameter, slot.Parameter - step * slot.Rate);
    }

    // ρ = ρ∞ - 2 t βᵗ / (1 - βᵗ) is a small difference of large numbers; with u = -t ln β it is a constant near 0 plus
    // (2 / -ln β) (1 - u / (eᵘ - 1)), whose series has the numbers of Bernoulli.
    private static Tensor Rectification(Tensor step, double beta)
    {
        var (limit, lambda) = (2 / (1 - beta) - 1, -Math.Log(beta));
        var u = step * lambda;
        var square = u.Square();
        var series = u * 0.5 - square * (1.0 / 12 - square * (1.0 / 720 - square * (1.0 / 30240 - square / 1209600.0)));
        var decay = (-u).Exp();
        var rho = Tensor.Where(u < 1, series, 1.0 - u * decay / (1.0 - decay)) * (2 / lambda) + (limit - 2 / lambda);
        var held = rho.Maximum(5);
        var ratio = (held - 4.0) * (held - 2.0) * limit / ((limit - 4) * (limit - 2) * held);
        return Tensor.Where(rho > 5, ratio.Sqrt(), 0);
    }
}
