using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Lars"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Momentum">The share of earlier steps.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="Trust">The share of its norm by which a parameter moves at a rate of 1.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="Nesterov">Whether to look ahead by the momentum.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record LarsOptions(
    double LearningRate = 1e-3, double Momentum = 0.9, double WeightDecay = 1e-4, double Trust = 1e-3, double Epsilon = 0, bool Nesterov = false, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Momentum;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator LarsOptions(double learningRate) => new(learningRate);
}

/// <summary>Descent with momentum whose rate has, for each parameter, the parameter's norm over its gradient's: for large batches.</summary>
/// <remarks>You, Gitman and Ginsburg, arXiv:1708.03888: the momentum sums steps with their rates.</remarks>
public sealed class Lars : Optimizer<LarsOptions>
{
    /// <summary>Lars over a module's parameters; its buffers are realised with each step.</summary>
    public Lars(Module module, LarsOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Lars over some tensors.</summary>
    public Lars(IEnumerable<Tensor> parameters, LarsOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(LarsOptions options) => [("momentum_buffer", 0)];

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, LarsOptions options, Tensor gradient)
    {
        var (norm, gradientNorm) = (slot.Parameter.Square().Sum().Sqrt(), gradient.Square().Sum().Sqrt());
        var local = options.Trust * norm / (gradientNorm + options.WeightDecay * norm + options.Epsilon);
        var rate = Tensor.Where((norm > 0) & (gradientNorm > 0), local, 1) * slot.Rate;
        var step = Decayed(gradient, slot, options) * rate;
        var velocity = slot["momentum_buffer"] * slot.Momentum + step;
        Set(slot["momentum_buffer"], velocity);
        Set(slot.Parameter, slot.Parameter - (options.Nesterov ? step + velocity * slot.Momentum : velocity));
    }
}
