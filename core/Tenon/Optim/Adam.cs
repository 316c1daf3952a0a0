using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Adam"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Beta1">The share of earlier gradients in their running mean.</param>
/// <param name="Beta2">The share of earlier squares in theirs.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is added to its gradient.</param>
/// <param name="AmsGrad">Whether to divide by the greatest mean of squares so far.</param>
/// <param name="Maximize">Whether to ascend.</param>
public record AdamOptions(
    double LearningRate = 1e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0, bool AmsGrad = false, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Beta1;

    internal virtual bool IsDecoupled => false;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator AdamOptions(double learningRate) => new(learningRate);
}

/// <summary>The options of <see cref="AdamW"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Beta1">The share of earlier gradients in their running mean.</param>
/// <param name="Beta2">The share of earlier squares in theirs.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="WeightDecay">The share of the parameter that is lost in a step, times the learning rate.</param>
/// <param name="AmsGrad">Whether to divide by the greatest mean of squares so far.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record AdamWOptions(
    double LearningRate = 1e-3, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0.01, bool AmsGrad = false, bool Maximize = false)
    : AdamOptions(LearningRate, Beta1, Beta2, Epsilon, WeightDecay, AmsGrad, Maximize)
{
    internal override bool IsDecoupled => true;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator AdamWOptions(double learningRate) => new(learningRate);
}

/// <summary>Adam: steps by running means of the gradient and of its square.</summary>
/// <remarks>Kingma and Ba, arXiv:1412.6980; AMSGrad: Reddi, Kale and Kumar, arXiv:1904.09237.</remarks>
public class Adam : Optimizer<AdamOptions>
{
    /// <summary>Adam over a module's parameters; its buffers are realised with each step.</summary>
    public Adam(Module module, AdamOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Adam over some tensors.</summary>
    public Adam(IEnumerable<Tensor> parameters, AdamOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(AdamOptions options) =>
        options.AmsGrad ? [("exp_avg", 0), ("exp_avg_sq", 0), ("max_exp_avg_sq", 0)] : [("exp_avg", 0), ("exp_avg_sq", 0)];

    // 1 - βᵗ, which is the running mean of ones.
    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialShared(AdamOptions options) => [("correction1", 0), ("correction2", 0)];

    /// <inheritdoc/>
    protected override void BeginStep(SharedState shared, AdamOptions options)
    {
        Set(shared["correction1"], shared["correction1"] * shared.Momentum + (1.0 - shared.Momentum));
        Set(shared["correction2"], Averaged(shared["correction2"], 1.0, options.Beta2));
    }

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, AdamOptions options, Tensor gradient)
    {
        gradient = options.IsDecoupled ? gradient : Decayed(gradient, slot, options);
        var mean = slot["exp_avg"] * slot.Momentum + gradient * (1.0 - slot.Momentum);
        var squares = Averaged(slot["exp_avg_sq"], gradient.Square(), options.Beta2);
        Set(slot["exp_avg"], mean);
        Set(slot["exp_avg_sq"], squares);
        if (options.AmsGrad)
        {
            squares = slot["max_exp_avg_sq"].Maximum(squares);
            Set(slot["max_exp_avg_sq"], squares);
        }

        var step = mean / slot.Shared["correction1"] / ((squares / slot.Shared["correction2"]).Sqrt() + options.Epsilon);
        var p = slot.Parameter;
        var kept = options.IsDecoupled && options.WeightDecay != 0 ? p * (1.0 - slot.Rate * options.WeightDecay) : p;
        Set(p, kept - step * slot.Rate);
    }
}

/// <summary><see cref="Adam"/> with weight decay apart from the gradient.</summary>
/// <remarks>Loshchilov and Hutter, arXiv:1711.05101.</remarks>
public sealed class AdamW : Adam
{
    /// <summary>AdamW over a module's parameters; its buffers are realised with each step.</summary>
    public AdamW(Module module, AdamWOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>AdamW over some tensors.</summary>
    public AdamW(IEnumerable<Tensor> parameters, AdamWOptions? options = null) : base(parameters, options ?? new AdamWOptions())
    {
    }
}
