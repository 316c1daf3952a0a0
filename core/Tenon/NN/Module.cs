namespace Tenon.NN;

/// <summary>
/// A part of a model: parameters that are trained, buffers that are kept but not trained, and other modules, each by name. A
/// module registers them in its constructor with <see cref="Parameter"/>, <see cref="Buffer"/> and <see cref="Child{T}"/>.
/// </summary>
public abstract class Module
{
    private readonly List<(string Name, Tensor Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];

    /// <summary>Whether the module behaves as in training (the default) or as in use.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>The module's output for an input.</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>Sets how the module and all modules in it behave.</summary>
    public void Train(bool training = true)
    {
        IsTraining = training;
        foreach (var (_, child) in _children)
        {
            child.Train(training);
        }
    }

    /// <summary>Sets the module and all modules in it to behave as in use.</summary>
    public void Eval() => Train(false);

    /// <summary>What is trained, in this module and all modules in it.</summary>
    public IReadOnlyList<Tensor> Parameters() => [.. Named(m => m._parameters).Select(p => p.Value)];

    /// <summary>What is kept but not trained, in this module and all modules in it.</summary>
    public IReadOnlyList<Tensor> Buffers() => [.. Named(m => m._buffers).Select(p => p.Value)];

    /// <summary>All parameters and buffers by name: <c>child.name</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict() => new OrderedDictionary<string, Tensor>(
        Named(m => m._parameters).Concat(Named(m => m._buffers)).Select(p => KeyValuePair.Create(p.Name, p.Value)));

    /// <summary>Gives parameters and buffers the values of a state of the same names and shapes, and realises them.</summary>
    /// <param name="state">Values by name; they are converted to this module's dtypes and moved to its devices.</param>
    /// <param name="strict">Whether every name must occur on both sides.</param>
    /// <exception cref="TenonException">A shape differs; or names do, if <paramref name="strict"/>.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true)
    {
        var own = StateDict();
        var missing = own.Keys.Where(k => !state.ContainsKey(k)).ToList();
        var unknown = state.Keys.Where(k => !own.ContainsKey(k)).ToList();
        if (strict && missing.Count + unknown.Count > 0)
        {
            throw new TenonException(
                "TEN3080",
                $"The state does not fit the module. Missing: {Some(missing)}. Unknown: {Some(unknown)}. Load the state of the same model, or pass strict: false.");
        }

        foreach (var (name, tensor) in own)
        {
            if (state.TryGetValue(name, out var value) && !value.Shape.Equals(tensor.Shape))
            {
                throw new TenonException("TEN3081", $"'{name}' has shape {value.Shape} in the state and {tensor.Shape} in the module. Expected equal shapes.");
            }
        }

        var loaded = own.Where(p => state.ContainsKey(p.Key)).ToList();
        foreach (var (name, tensor) in loaded)
        {
            tensor.Assign(state[name].To(tensor.Device));
        }

        Tensor.Realize([.. loaded.Select(p => p.Value)]);
    }

    /// <summary>Gives parameters and buffers the values of a file of any format that <see cref="State.StateFile"/> knows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="strict">Whether every name must occur on both sides.</param>
    /// <exception cref="TenonException">The file is malformed, or a shape differs; or names do, if <paramref name="strict"/>.</exception>
    public void Load(string path, bool strict = true) => LoadStateDict(State.StateFile.Open(path), strict);

    /// <summary>Writes parameters and buffers to a safetensors file, in place of what is there.</summary>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public void Save(string path) => State.Safetensors.Save(path, StateDict());

    /// <summary>Registers a tensor that is trained: it requires a gradient from now on.</summary>
    protected Tensor Parameter(string name, Tensor value)
    {
        value.RequiresGrad = true;
        _parameters.Add((Unused(name), value));
        return value;
    }

    /// <summary>Registers a tensor that is kept with the parameters but not trained.</summary>
    protected Tensor Buffer(string name, Tensor value)
    {
        _buffers.Add((Unused(name), value.WithOwnStorage()));
        return value;
    }

    /// <summary>Registers a module of which this one is made.</summary>
    protected T Child<T>(string name, T module) where T : Module
    {
        _children.Add((Unused(name), module));
        return module;
    }

    private static string Some(List<string> names) =>
        names.Count == 0 ? "none" : string.Join(", ", names.Take(5)) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");

    private string Unused(string name) =>
        _parameters.Concat(_buffers).Any(p => p.Name == name) || _children.Any(c => c.Name == name) || name.Length == 0
            ? throw new ArgumentException($"'{name}' is empty or already the name of a part of this {GetType().Name}.", nameof(name))
            : name;

    private IEnumerable<(string Name, Tensor Value)> Named(Func<Module, List<(string Name, Tensor Value)>> part)
    {
        foreach (var item in part(this))
        {
            yield return item;
        }

        foreach (var (prefix, child) in _children)
        {
            foreach (var (name, value) in child.Named(part))
            {
                yield return ($"{prefix}.{name}", value);
            }
        }
    }
}
