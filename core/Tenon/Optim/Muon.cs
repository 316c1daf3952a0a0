using Tenon.NN;

namespace Tenon.Optim;

/// <summary>The options of <see cref="Muon"/>.</summary>
/// <param name="LearningRate">How far parameters move.</param>
/// <param name="Momentum">The share of earlier gradients in their running mean.</param>
/// <param name="Nesterov">Whether to look ahead by the momentum.</param>
/// <param name="WeightDecay">The share of the parameter that is lost in a step, times the learning rate.</param>
/// <param name="Iterations">How many iterations make the step orthogonal.</param>
/// <param name="Epsilon">Keeps the division finite.</param>
/// <param name="Maximize">Whether to ascend.</param>
public sealed record MuonOptions(
    double LearningRate = 1e-3, double Momentum = 0.95, bool Nesterov = true, double WeightDecay = 0.1, int Iterations = 5, double Epsilon = 1e-7, bool Maximize = false)
    : OptimizerOptions(LearningRate, WeightDecay, Maximize)
{
    internal override double InitialMomentum => Momentum;

    /// <summary>The options with a learning rate, all others as they are by default.</summary>
    public static implicit operator MuonOptions(double learningRate) => new(learningRate);
}

/// <summary>Steps by the nearest orthogonal matrix to the running mean of the gradient: for the matrices of hidden layers.</summary>
/// <remarks>Jordan et al., kellerjordan.github.io/posts/muon (2024): five iterations X ← a X + (b A + c A²) X with A = X Xᵀ, in float32; steps of tall matrices grow by √(rows / columns).
/// Convolutions count as matrices of their first axis and all others.</remarks>
public sealed class Muon : Optimizer<MuonOptions>
{
    /// <summary>Muon over a module's parameters; its buffers are realised with each step.</summary>
    public Muon(Module module, MuonOptions? options = null) : this(Of(module), options)
    {
    }

    /// <summary>Muon over some tensors.</summary>
    public Muon(IEnumerable<Tensor> parameters, MuonOptions? options = null) : base(parameters, options ?? new())
    {
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string, double)> InitialState(MuonOptions options) => [("momentum_buffer", 0)];

    /// <inheritdoc/>
    protected override void Update(ParameterSlot slot, MuonOptions options, Tensor gradient)
    {
        var p = slot.Parameter;
        if (p.Rank < 2)
        {
            throw new TenonException("TEN3251", $"Muon: a parameter of shape {p.Shape}. Expected matrices; give biases, norms and embeddings to another optimizer, such as AdamW.");
        }

        var mean = slot["momentum_buffer"] * slot.Momentum + gradient * (1.0 - slot.Momentum);
        Set(slot["momentum_buffer"], mean);
        var step = options.Nesterov ? gradient * (1.0 - slot.Momentum) + mean * slot.Momentum : mean;
        var matrix = step.Reshape(p.Size(0), -1);
        var scale = Math.Sqrt(Math.Max(1, (double)matrix.Size(0) / matrix.Size(1)));
        var kept = options.WeightDecay == 0 ? p : p * (1.0 - slot.Rate * options.WeightDecay);
        Set(p, kept - Orthogonal(matrix, options).Reshape(p.Shape) * (slot.Rate * scale));
    }

    private static Tensor Orthogonal(Tensor x, MuonOptions options)
    {
        var isTall = x.Size(0) > x.Size(1);
        x = isTall ? x.T : x;
        x /= x.Square().Sum().Sqrt().Maximum(options.Epsilon);
        for (var i = 0; i < options.Iterations; i++)
        {
            var square = x.MatMul(x.T);
            x = x * 3.4445 + (square * -4.775 + square.MatMul(square) * 2.0315).MatMul(x);
        }

        return isTall ? x.T : x;
    }
}
