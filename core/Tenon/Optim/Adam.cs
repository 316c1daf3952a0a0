using Tenon.NN;

namespace Tenon.Optim;

/// <summary>Adam: steps by running means of the gradient and of its square.</summary>
/// <remarks>Kingma and Ba, arXiv:1412.6980; with decoupled weight decay, Loshchilov and Hutter, arXiv:1711.05101.</remarks>
public class Adam : Optimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly bool _isDecoupled;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;
    private readonly Dictionary<string, (Tensor Power1, Tensor Power2)> _powers = [];

    /// <summary>Adam over a module's parameters; its buffers are realised with each step.</summary>
    public Adam(Module module, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : this(Of(module), learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    /// <summary>Adam over some tensors.</summary>
    /// <param name="parameters">The tensors.</param>
    /// <param name="learningRate">How far they move.</param>
    /// <param name="beta1">The share of earlier gradients in their running mean.</param>
    /// <param name="beta2">The share of earlier squares in theirs.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="weightDecay">The share of the parameter that is added to its gradient.</param>
    public Adam(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
        : this(parameters, learningRate, beta1, beta2, epsilon, weightDecay, isDecoupled: false)
    {
    }

    private protected Adam(IEnumerable<Tensor> parameters, double learningRate, double beta1, double beta2, double epsilon, double weightDecay, bool isDecoupled)
        : base(parameters, learningRate)
    {
        (_beta1, _beta2, _epsilon, _weightDecay, _isDecoupled) = (beta1, beta2, epsilon, weightDecay, isDecoupled);
        _means = [.. Parameters.Select(p => State(p.ZerosLike()))];
        _squares = [.. Parameters.Select(p => State(p.ZerosLike()))];
        foreach (var device in Parameters.Select(p => p.Device).Distinct())
        {
            _powers.Add(device, (State(Tensor.Ones([1], null, device)), State(Tensor.Ones([1], null, device))));
        }

        RealizeAll();
    }

    /// <inheritdoc/>
    protected override void BeginStep()
    {
        // βᵗ, kept as data so that every step is the same program.
        foreach (var (power1, power2) in _powers.Values)
        {
            power1.Assign(power1 * _beta1);
            power2.Assign(power2 * _beta2);
        }
    }

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, Tensor rate)
    {
        var (power1, power2) = _powers[parameter.Device];
        if (_weightDecay != 0 && !_isDecoupled)
        {
            gradient += parameter * _weightDecay;
        }

        var mean = _means[index] * _beta1 + gradient * (1 - _beta1);
        var square = _squares[index] * _beta2 + gradient.Square() * (1 - _beta2);
        _means[index].Assign(mean);
        _squares[index].Assign(square);
        var step = mean / (1.0 - power1) / ((square / (1.0 - power2)).Sqrt() + _epsilon);
        var kept = _weightDecay != 0 && _isDecoupled ? parameter * (1.0 - rate * _weightDecay) : parameter;
        parameter.Assign(kept - step * rate);
    }
}

/// <summary><see cref="Adam"/> with weight decay apart from the gradient.</summary>
public sealed class AdamW : Adam
{
    /// <summary>AdamW over a module's parameters; its buffers are realised with each step.</summary>
    public AdamW(Module module, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
        : this(Of(module), learningRate, beta1, beta2, epsilon, weightDecay)
    {
    }

    /// <summary>AdamW over some tensors.</summary>
    /// <param name="parameters">The tensors.</param>
    /// <param name="learningRate">How far they move.</param>
    /// <param name="beta1">The share of earlier gradients in their running mean.</param>
    /// <param name="beta2">The share of earlier squares in theirs.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="weightDecay">The share of the parameter that is lost in a step, times the learning rate.</param>
    public AdamW(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
        : base(parameters, learningRate, beta1, beta2, epsilon, weightDecay, isDecoupled: true)
    {
    }
}
