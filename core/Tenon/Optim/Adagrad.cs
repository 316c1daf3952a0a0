using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Adagrad"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="LearningRateDecay">How much slower the t-th step is: by 1 + (t - 1) times this.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="InitialAccumulator">The sum of squares at the start.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record AdagradOptions(
    double LearningRate = 0.01, double LearningRateDecay = 0, double WeightDecay = 0, double InitialAccumulator = 0, double Epsilon = 1e-10, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator AdagradOptions(double learningRate) => new(learningRate);
}

/// <summary>Steps by the gradient over the root of the sum of all its squares.</summary>
/// <remarks>Duchi, Hazan and Singer, JMLR 12 (2011).</remarks>
public sealed class Adagrad : Optimizer<AdagradOptions>
{
    /// <summary>Adagrad over a module's parameters; its buffers are realised with each step.</summary>
    public Adagrad(Module module, AdagradOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Adagrad over some tensors.</summary>
    public Adagrad(IEnumerable<Tensor> parameters, AdagradOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(AdagradOptions options) => [("sum", options.InitialAccumulator)];

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(AdagradOptions options) => options.LearningRateDecay == 0 ? [] : [("step", 0)];

    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, AdagradOptions options)
    {
        if (options.LearningRateDecay != 0)
        {
            Set(shared["step"], shared["step"] + 1);
        }
    }

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, AdagradOptions options, Tensor gradient)
    {
        gradient = Decayed(gradient, slot, options);
        var sum = slot["sum"] + gradient.Square();
        Set(slot["sum"], sum);
        var rate = options.LearningRateDecay == 0 ? slot.Rate : slot.Rate / (1.0 + (slot.Shared["step"] - 1.0) * options.LearningRateDecay);
        Set(slot.Parameter, slot.Parameter - gradient / (sum.Sqrt() + options.Epsilon) * rate);
    }
}
