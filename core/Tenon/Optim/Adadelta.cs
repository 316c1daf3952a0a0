using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Adadelta"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Rho">The share of earlier squares in their running means.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record AdadeltaOptions(
    double LearningRate = 1, double Rho = 0.9, double Epsilon = 1e-6, double WeightDecay = 0, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator AdadeltaOptions(double learningRate) => new(learningRate);
}

/// <summary>Steps by the gradient times the ratio of the running means of squares of steps and of gradients.</summary>
/// <remarks>Zeiler, arXiv:1212.5701.</remarks>
public sealed class Adadelta : Optimizer<AdadeltaOptions>
{
    /// <summary>Adadelta over a module's parameters; its buffers are realised with each step.</summary>
    public Adadelta(Module module, AdadeltaOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Adadelta over some tensors.</summary>
    public Adadelta(IEnumerable<Tensor> parameters, AdadeltaOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(AdadeltaOptions options) => [("square_avg", 0), ("acc_delta", 0)];

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, AdadeltaOptions options, Tensor gradient)
    {
        gradient = Decayed(gradient, slot, options);
        var squares = Averaged(slot["square_avg"], gradient.Square(), options.Rho);
        var step = (slot["acc_delta"] + options.Epsilon).Sqrt() / (squares + options.Epsilon).Sqrt() * gradient;
        var steps = Averaged(slot["acc_delta"], step.Square(), options.Rho);
        Set(slot.Parameter, slot.Parameter - step * slot.Rate);
        Set(slot["square_avg"], squares);
        Set(slot["acc_delta"], steps);
    }
}
