using Tenon.NN;

namespace Tenon.Optim;

/// <summary>Moves parameters against their gradients.</summary>
public abstract class Optimizer
{
    private readonly List<Tensor> _parameters;
    private readonly List<Tensor> _others;
    private readonly Dictionary<string, Tensor> _rates = [];
    private readonly List<Tensor> _state = [];
    private double _learningRate;

    /// <summary>An optimizer of some tensors. Those that require no gradient are only realised with each step.</summary>
    protected Optimizer(IEnumerable<Tensor> parameters, double learningRate)
    {
        var all = parameters.Distinct().ToList();
        _parameters = all.FindAll(p => p.RequiresGrad);
        _others = all.FindAll(p => !p.RequiresGrad);
        if (_parameters.Count == 0)
        {
            throw new TenonException("TEN3082", $"{GetType().Name}: none of {all.Count} tensors requires a gradient. Expected at least one with RequiresGrad.");
        }

        LearningRate = learningRate;
    }

    /// <summary>The parameters that are moved.</summary>
    public IReadOnlyList<Tensor> Parameters => _parameters;

    /// <summary>How far parameters move; may change between steps.</summary>
    /// <exception cref="TenonException">The value is negative or not finite.</exception>
    public double LearningRate
    {
        get => _learningRate;
        set
        {
            if (!double.IsFinite(value) || value < 0)
            {
                throw new TenonException("TEN3083", $"A learning rate of {value}. Expected a number of 0 or more.");
            }

            _learningRate = value;
            _rates.Clear();
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var p in _parameters)
        {
            p.Grad = null;
        }
    }

    /// <summary>
    /// Moves every parameter that has a gradient. Parameters, state and the given tensors (such as the loss) are computed in one
    /// schedule.
    /// </summary>
    /// <param name="alsoRealize">What else to compute.</param>
    public void Step(params ReadOnlySpan<Tensor> alsoRealize) => Tensor.Realize([.. ScheduleStep(), .. alsoRealize]);

    /// <summary>Assigns every parameter that has a gradient, and the state, their next values, and computes none of them.</summary>
    /// <returns>What to realise: parameters, buffers and state.</returns>
    public IReadOnlyList<Tensor> ScheduleStep()
    {
        using var noGrad = Tensor.NoGrad();
        BeginStep();
        for (var i = 0; i < _parameters.Count; i++)
        {
            var p = _parameters[i];
            if (p.Grad is { } gradient)
            {
                Update(i, p, gradient.Detach(), RateOn(p.Device));
            }
        }

        return [.. _parameters, .. _others, .. _state];
    }

    /// <summary>What the constructor of an optimizer of a module passes on: its parameters and buffers.</summary>
    protected static IEnumerable<Tensor> Of(Module module) => module.Parameters().Concat(module.Buffers());

    /// <summary>Makes a tensor of state, which each step realises too.</summary>
    protected Tensor State(Tensor value)
    {
        _state.Add(value.WithOwnStorage());
        return value;
    }

    /// <summary>Realises parameters and state, so that the first step is the same program as all others.</summary>
    protected void RealizeAll() => Tensor.Realize([.. _parameters, .. _others, .. _state]);

    /// <summary>What <see cref="Update"/> needs to do before the first parameter of a step.</summary>
    protected virtual void BeginStep()
    {
    }

    /// <summary>Assigns a parameter, and its state, their next values.</summary>
    /// <param name="index">The parameter's position in <see cref="Parameters"/>.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="rate">The learning rate, <c>[1]</c>, on the parameter's device.</param>
    protected abstract void Update(int index, Tensor parameter, Tensor gradient, Tensor rate);

    // The rate is data, so that changing it changes no program.
    private Tensor RateOn(string device)
    {
        if (!_rates.TryGetValue(device, out var rate))
        {
            rate = Tensor.From<float>([(float)_learningRate], device);
            _rates.Add(device, rate);
        }

        return rate;
    }
}
