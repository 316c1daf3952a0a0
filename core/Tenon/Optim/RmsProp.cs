using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="RmsProp"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Alpha">The share of earlier squares in their running mean.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="Momentum">The share of earlier steps; 0 for none.</param>
/// <param name="Centered">Whether the mean is taken from the squares, which leaves the variance.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record RmsPropOptions(
    double LearningRate = 0.01, double Alpha = 0.99, double Epsilon = 1e-8, double WeightDecay = 0, double Momentum = 0, bool Centered = false, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Momentum;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator RmsPropOptions(double learningRate) => new(learningRate);
}

/// <summary>Steps by the gradient over the root of the running mean of its squares.</summary>
/// <remarks>Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning (2012); centred: Graves, arXiv:1308.0850.</remarks>
public sealed class RmsProp : Optimizer<RmsPropOptions>
{
    /// <summary>RmsProp over a module's parameters; its buffers are realised with each step.</summary>
    public RmsProp(Module module, RmsPropOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>RmsProp over some tensors.</summary>
    public RmsProp(IEnumerable<Tensor> parameters, RmsPropOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(RmsPropOptions options) =>
    [
        ("square_avg", 0),
        .. options.Momentum == 0 ? Array.Empty<(string, double)>() : [("momentum_buffer", 0)],
        .. options.Centered ? [("grad_avg", 0)] : Array.Empty<(string, double)>(),
    ];

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, RmsPropOptions options, Tensor gradient)
    {
        gradient = Decayed(gradient, slot, options);
        var squares = Averaged(slot["square_avg"], gradient.Square(), options.Alpha);
        Set(slot["square_avg"], squares);
        if (options.Centered)
        {
            var mean = Averaged(slot["grad_avg"], gradient, options.Alpha);
            Set(slot["grad_avg"], mean);
            squares -= mean.Square();
        }

        var step = gradient / (squares.Sqrt() + options.Epsilon);
        if (options.Momentum != 0)
        {
            step = slot["momentum_buffer"] * slot.Momentum + step;
            Set(slot["momentum_buffer"], step);
        }

        Set(slot.Parameter, slot.Parameter - step * slot.Rate);
    }
}
