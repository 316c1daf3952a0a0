using Tenon.NN;
using Tenon.State;

namespace Tenon.Optim;

/// <summary>Moves parameters against their gradients.</summary>
public abstract class Optimizer : IStateful
{
    private protected readonly List<ParameterGroup> AllGroups = [];
    private protected readonly List<Tensor> Others = [];
    private Tensor? _guard;

    private protected Optimizer()
    {
    }

    /// <summary>The parameters in groups of equal options; at first there is one.</summary>
    public IReadOnlyList<ParameterGroup> Groups => AllGroups;

    /// <summary>The parameters that are moved.</summary>
    public IReadOnlyList<Tensor> Parameters => [.. AllGroups.SelectMany(g => g.Parameters)];

    /// <summary>How far parameters move; may change between steps. Of several groups, read from the first and set on all.</summary>
    /// <exception cref="TenonException">The value is negative or not finite.</exception>
    public double LearningRate
    {
        get => AllGroups[0].LearningRate;
        set => AllGroups.ForEach(g => g.LearningRate = value);
    }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var p in Parameters)
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
    /// <param name="condition">A truth value, decided when it is computed: if false, all stays as it is. Null: true.</param>
    /// <returns>What to realise: parameters, buffers and state.</returns>
    public IReadOnlyList<Tensor> ScheduleStep(Tensor? condition = null)
    {
        using var noGrad = Tensor.NoGrad();
        _guard = condition;
        try
        {
            foreach (var group in AllGroups)
            {
                foreach (var shared in group.Shared.Values)
                {
                    BeginStep(shared, group.Options);
                }

                foreach (var slot in group.Slots)
                {
                    if (slot.Parameter.Grad is { } gradient)
                    {
                        gradient = gradient.Detach().Cast(StateDType(slot.Parameter.DType));
                        Update(slot, group.Options, group.Options.Maximize ? -gradient : gradient);
                    }
                }
            }
        }
        finally
        {
            _guard = null;
        }

        return All();
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = Tensors();
        for (var g = 0; g < AllGroups.Count; g++)
        {
            state.Add($"groups.{g}.learning_rate", Tensor.From<double>([AllGroups[g].LearningRate]));
            state.Add($"groups.{g}.initial_learning_rate", Tensor.From<double>([AllGroups[g].InitialLearningRate]));
            state.Add($"groups.{g}.momentum", Tensor.From<double>([AllGroups[g].Momentum]));
        }

        return state;
    }

    /// <inheritdoc/>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        var own = StateDict();
        StateLoading.Load(GetType().Name, own, state, strict);
        for (var g = 0; g < AllGroups.Count; g++)
        {
            AllGroups[g].LearningRate = own[$"groups.{g}.learning_rate"].Item<double>();
            AllGroups[g].InitialLearningRate = own[$"groups.{g}.initial_learning_rate"].Item<double>();
            AllGroups[g].Momentum = own[$"groups.{g}.momentum"].Item<double>();
        }
    }

    /// <summary>What the constructor of an optimizer of a module passes on: its parameters and buffers.</summary>
    protected static IEnumerable<Tensor> Of(Module module) => module.Parameters().Concat(module.Buffers());

    /// <summary>Gives a parameter or a part of the state its next value, unless the step turns out not to happen.</summary>
    protected void Set(Tensor target, Tensor value) =>
        target.Assign(_guard is null ? value : Tensor.Where(_guard.To(target.Device), value.Cast(target.DType), target));

    /// <summary>State of 16-bit parameters is kept in float32.</summary>
    private protected static DType StateDType(DType dtype) => dtype.Bits < 32 ? DType.Float32 : dtype;

    /// <summary>Realises parameters and state, so that the first step is the same program as all others.</summary>
    private protected void RealizeAll() => Tensor.Realize([.. All()]);

    private protected abstract void BeginStep(SharedState shared, OptimizerOptions options);

    private protected abstract void Update(ParameterSlot slot, OptimizerOptions options, Tensor gradient);

    private List<Tensor> All() =>
    [
        .. Parameters, .. Others,
        .. AllGroups.SelectMany(g => g.Slots.SelectMany(s => s.State.Values).Concat(g.Shared.Values.SelectMany(s => s.State.Values))),
    ];

    private OrderedDictionary<string, Tensor> Tensors()
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        var index = 0;
        for (var g = 0; g < AllGroups.Count; g++)
        {
            foreach (var slot in AllGroups[g].Slots)
            {
                AddAll($"state.{index++}", slot.State);
            }

            var device = 0;
            foreach (var shared in AllGroups[g].Shared.Values)
            {
                AddAll(device++ == 0 ? $"groups.{g}" : $"groups.{g}.{device - 1}", shared.State);
            }
        }

        return tensors;

        void AddAll(string prefix, OrderedDictionary<string, Tensor> state)
        {
            foreach (var (name, value) in state)
            {
                tensors.Add($"{prefix}.{name}", value);
            }
        }
    }
}

/// <summary>An optimizer with options of its own.</summary>
/// <typeparam name="TOptions">The options of a group.</typeparam>
public abstract class Optimizer<TOptions> : Optimizer where TOptions : OptimizerOptions
{
    /// <summary>An optimizer of some tensors. Those that require no gradient are only realised with each step.</summary>
    /// <exception cref="TenonException">None requires a gradient.</exception>
    protected Optimizer(IEnumerable<Tensor> parameters, TOptions options)
    {
        Options = options;
        AddGroup(parameters, options);
    }

    /// <summary>The options of the first group.</summary>
    public TOptions Options { get; }

    /// <summary>Adds parameters with options of their own: <c>AddGroup(head.Parameters(), optimizer.Options with { LearningRate = 0.01 })</c>.</summary>
    /// <exception cref="TenonException">None requires a gradient that isn't in another group already.</exception>
    public ParameterGroup AddGroup(IEnumerable<Tensor> parameters, TOptions options)
    {
        var all = parameters.Distinct().ToList();
        var group = new ParameterGroup(options);
        var known = Parameters.ToHashSet();
        foreach (var parameter in all.FindAll(p => p.RequiresGrad && !known.Contains(p)))
        {
            if (!group.Shared.TryGetValue(parameter.Device, out var shared))
            {
                group.Shared.Add(parameter.Device, shared = new SharedState(group, parameter.Device));
                foreach (var (name, value) in InitialShared(options))
                {
                    shared.State.Add(name, Tensor.Full([1], value, DType.Float32, parameter.Device).WithOwnStorage());
                }
            }

            var slot = new ParameterSlot(parameter, group, shared);
            foreach (var (name, value) in InitialState(options))
            {
                slot.State.Add(name, Tensor.Full(parameter.Shape, value, StateDType(parameter.DType), parameter.Device).WithOwnStorage());
            }

            group.Slots.Add(slot);
        }

        if (group.Slots.Count == 0)
        {
            throw new TenonException("TEN3082", $"{GetType().Name}: none of {all.Count} tensors requires a gradient and is in no other group. Expected at least one with RequiresGrad.");
        }

        AllGroups.Add(group);
        Others.AddRange(all.FindAll(p => !p.RequiresGrad));
        RealizeAll();
        return group;
    }

    /// <summary>What is kept for each parameter, of its shape: names and the numbers with which they start.</summary>
    protected abstract IEnumerable<(string Name, double Start)> InitialState(TOptions options);

    /// <summary>What is kept for a group: names and the numbers with which they start.</summary>
    protected virtual IEnumerable<(string Name, double Start)> InitialShared(TOptions options) => [];

    /// <summary>What is to be done before the first parameter of a step; a step counts for all parameters of a group.</summary>
    protected virtual void BeginStep(SharedState shared, TOptions options)
    {
    }

    /// <summary>Sets a parameter and its state to their next values by <see cref="Optimizer.Set"/>.</summary>
    /// <param name="slot">The parameter.</param>
    /// <param name="options">Its options.</param>
    /// <param name="gradient">Its gradient, negated if the group ascends; at least float32.</param>
    protected abstract void Update(ParameterSlot slot, TOptions options, Tensor gradient);

    /// <summary>The gradient with the decay of weights.</summary>
    protected static Tensor Decayed(Tensor gradient, ParameterSlot slot, TOptions options) =>
        options.WeightDecay == 0 ? gradient : gradient + slot.Parameter * options.WeightDecay;

    /// <summary>β·average + (1 - β)·value.</summary>
    protected static Tensor Averaged(Tensor average, Tensor value, double beta) => average * beta + value * (1 - beta);

    private protected override void BeginStep(SharedState shared, OptimizerOptions options) => BeginStep(shared, (TOptions)options);

    private protected override void Update(ParameterSlot slot, OptimizerOptions options, Tensor gradient) => Update(slot, (TOptions)options, gradient);
}
