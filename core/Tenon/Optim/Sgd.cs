using Tenon.NN;

namespace Tenon.Optim;

/// <summary>Stochastic gradient descent, with momentum if wanted.</summary>
/// <remarks>Sutskever et al., ICML 2013, in the form of PyTorch: the momentum sums gradients, the rate multiplies it.</remarks>
public sealed class Sgd : Optimizer
{
    private readonly double _momentum;
    private readonly bool _nesterov;
    private readonly double _weightDecay;
    private readonly Tensor[] _velocity = [];

    /// <summary>Descent of a module's parameters; its buffers are realised with each step.</summary>
    public Sgd(Module module, double learningRate = 1e-3, double momentum = 0, bool nesterov = false, double weightDecay = 0)
        : this(Of(module), learningRate, momentum, nesterov, weightDecay)
    {
    }

    /// <summary>Descent of some tensors.</summary>
    /// <param name="parameters">The tensors.</param>
    /// <param name="learningRate">How far they move.</param>
    /// <param name="momentum">The share of earlier gradients; 0 for none.</param>
    /// <param name="nesterov">Whether to look ahead by the momentum.</param>
    /// <param name="weightDecay">The share of the parameter that is added to its gradient.</param>
    public Sgd(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double momentum = 0, bool nesterov = false, double weightDecay = 0)
        : base(parameters, learningRate)
    {
        (_momentum, _nesterov, _weightDecay) = (momentum, nesterov, weightDecay);
        if (momentum != 0)
        {
            _velocity = [.. Parameters.Select(p => State(p.ZerosLike()))];
        }

        RealizeAll();
    }

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, Tensor rate)
    {
        var step = _weightDecay == 0 ? gradient : gradient + parameter * _weightDecay;
        if (_momentum != 0)
        {
            var velocity = _velocity[index] * _momentum + step;
            _velocity[index].Assign(velocity);
            step = _nesterov ? step + velocity * _momentum : velocity;
        }

        parameter.Assign(parameter - step * rate);
    }
}
