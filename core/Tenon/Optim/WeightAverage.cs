using Tenon.NN;
using Tenon.State;

namespace Tenon.Optim;

/// <summary>The exponential moving average of a module's parameters and buffers, with which it often does better in use.</summary>
/// <remarks>Polyak and Juditsky, <c>doi.org/10.1137/0330046</c>: average ← decay · average + (1 - decay) · value. Integers are copied.</remarks>
public sealed class WeightAverage : IStateful
{
    private readonly OrderedDictionary<string, Tensor> _values;
    private readonly OrderedDictionary<string, Tensor> _averages = [];
    private readonly double _decay;

    /// <summary>An average that starts with the present values.</summary>
    /// <param name="module">Of what.</param>
    /// <param name="decay">The share of earlier values.</param>
    public WeightAverage(Module module, double decay = 0.999)
    {
        _decay = decay;
        _values = new(module.StateDict());
        foreach (var (name, value) in _values)
        {
            _averages.Add(name, Tensor.Empty(value.Shape, value.DType, value.Device));
            _averages[name].Assign(value);
        }

        Tensor.Realize([.. _averages.Values]);
    }

    /// <summary>Takes the present values into the average.</summary>
    public void Update() => Tensor.Realize([.. ScheduleUpdate()]);

    /// <summary>Assigns the average its next value and computes nothing: <c>Tensor.Realize([loss, .. optimizer.ScheduleStep(), .. average.ScheduleUpdate()])</c>.</summary>
    /// <returns>What to realise.</returns>
    public IReadOnlyList<Tensor> ScheduleUpdate()
    {
        using var noGrad = Tensor.NoGrad();
        foreach (var (name, value) in _values)
        {
            var average = _averages[name];
            average.Assign(value.DType.IsFloat ? average * _decay + value.Detach() * (1 - _decay) : value);
        }

        return [.. _averages.Values];
    }

    /// <summary>Gives the module the averages until disposed; then it has its own values again.</summary>
    public IDisposable Apply()
    {
        var kept = new List<(Tensor Value, Tensor Copy)>();
        foreach (var (name, value) in _values)
        {
            var copy = Tensor.Empty(value.Shape, value.DType, value.Device);
            copy.Assign(value);
            kept.Add((value, copy));
        }

        Tensor.Realize([.. kept.Select(k => k.Copy)]);
        Give(_values.Select(v => (v.Value, _averages[v.Key])));
        return new Restoration(kept);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateDict() => _averages;

    /// <inheritdoc/>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true) => StateLoading.Load(nameof(WeightAverage), _averages, state, strict);

    private static void Give(IEnumerable<(Tensor Value, Tensor New)> pairs)
    {
        var all = pairs.ToList();
        all.ForEach(p => p.Value.Assign(p.New));
        Tensor.Realize([.. all.Select(p => p.Value)]);
    }

    private sealed class Restoration(List<(Tensor Value, Tensor Copy)> kept) : IDisposable
    {
        public void Dispose()
        {
            Give(kept);
            kept.Clear();
        }
    }
}
