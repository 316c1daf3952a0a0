using System.Runtime.InteropServices;

namespace Tenon.Optim;

/// <summary>Parameters of an optimizer that share their options.</summary>
public sealed class ParameterGroup
{
    private readonly Dictionary<(string, DType), Tensor> _numbers = [];
    private double _learningRate;
    private double _momentum;

    internal ParameterGroup(OptimizerOptions options)
    {
        (Options, Momentum) = (options, options.InitialMomentum);
        LearningRate = InitialLearningRate = options.LearningRate;
    }

    /// <summary>How they are treated, but for what schedulers change.</summary>
    public OptimizerOptions Options { get; }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Tensor> Parameters => [.. Slots.Select(s => s.Parameter)];

    /// <summary>The rate from which schedulers start.</summary>
    public double InitialLearningRate { get; internal set; }

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

            CaptureTrace.Refuse("sets a learning rate", "Set it outside, before the call: each call uses what it is then.");
            _learningRate = value;
            _numbers.Clear();
        }
    }

    /// <summary>The share of earlier gradients: the momentum of SGD, β₁ of Adam. May change between steps, but not to or from 0.</summary>
    public double Momentum
    {
        get => _momentum;
        set
        {
            CaptureTrace.Refuse("sets a momentum", "Set it outside, before the call: each call uses what it is then.");
            _momentum = value;
            _numbers.Clear();
        }
    }

    internal List<ParameterSlot> Slots { get; } = [];

    internal Dictionary<string, SharedState> Shared { get; } = [];

    // Rate and momentum are data, so that changing them changes no program.
    internal Tensor Numbers(string device, DType dtype)
    {
        var type = dtype == DType.Float64 ? dtype : DType.Float32;
        if (CaptureTrace.Current is { } trace)
        {
            return trace.HostValues((this, device, type), Make, Fill);
        }

        if (!_numbers.TryGetValue((device, type), out var numbers))
        {
            _numbers.Add((device, type), numbers = Make());
        }

        return numbers;

        Tensor Make() => type == DType.Float64
            ? Tensor.From<double>([_learningRate, _momentum], device)
            : Tensor.From<float>([(float)_learningRate, (float)_momentum], device);

        void Fill(Span<byte> bytes)
        {
            if (type == DType.Float64)
            {
                var values = MemoryMarshal.Cast<byte, double>(bytes);
                (values[0], values[1]) = (_learningRate, _momentum);
            }
            else
            {
                var values = MemoryMarshal.Cast<byte, float>(bytes);
                (values[0], values[1]) = ((float)_learningRate, (float)_momentum);
            }
        }
    }
}

/// <summary>What an optimizer keeps for all parameters of a group on one device: counters and their like, each <c>[1]</c>.</summary>
public sealed class SharedState
{
    private readonly ParameterGroup _group;
    private readonly string _device;

    internal SharedState(ParameterGroup group, string device) => (_group, _device) = (group, device);

    /// <summary>The share of earlier gradients, <c>[1]</c>.</summary>
    public Tensor Momentum => _group.Numbers(_device, DType.Float32)[1..2];

    /// <summary>What is kept under a name.</summary>
    public Tensor this[string name] => State[name];

    internal OrderedDictionary<string, Tensor> State { get; } = [];
}

/// <summary>A parameter with what an optimizer keeps for it.</summary>
public sealed class ParameterSlot
{
    private readonly ParameterGroup _group;

    internal ParameterSlot(Tensor parameter, ParameterGroup group, SharedState shared) => (Parameter, _group, Shared) = (parameter, group, shared);

    /// <summary>The parameter.</summary>
    public Tensor Parameter { get; }

    /// <summary>What is kept for its group.</summary>
    public SharedState Shared { get; }

    /// <summary>The learning rate, <c>[1]</c>, on the parameter's device.</summary>
    public Tensor Rate => _group.Numbers(Parameter.Device, Parameter.DType)[0..1];

    /// <summary>The share of earlier gradients, <c>[1]</c>, on the parameter's device.</summary>
    public Tensor Momentum => _group.Numbers(Parameter.Device, Parameter.DType)[1..2];

    /// <summary>What is kept under a name.</summary>
    public Tensor this[string name] => State[name];

    internal OrderedDictionary<string, Tensor> State { get; } = [];
}
