using Tenon.State;

namespace Tenon.NN;

/// <summary>
/// A part of a model: parameters that are trained, buffers that are kept but not trained, and other modules, each by name. A
/// module registers them in its constructor with <see cref="Parameter"/>, <see cref="Buffer"/> and <see cref="Child{T}"/>.
/// </summary>
public abstract class Module : IStateful
{
    private readonly List<(string Name, Tensor Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];

    private bool _isTraining = true;

    /// <summary>Whether the module behaves as in training (the default) or as in use.</summary>
    public bool IsTraining
    {
        get
        {
            CaptureTrace.Current?.NoteMode(this, _isTraining);
            return _isTraining;
        }
    }

    /// <summary>The module's output for one input. A module that takes several has a <c>Forward</c> of its own.</summary>
    /// <exception cref="TenonException">This module takes several inputs, or none.</exception>
    public virtual Tensor Forward(Tensor x) => throw new TenonException(
        "TEN3250", $"{GetType().Name}: Forward of one tensor. This module takes other inputs; call its own Forward, outside a Sequential.");

    /// <summary>Sets how the module and all modules in it behave.</summary>
    public void Train(bool training = true)
    {
        if (training != _isTraining)
        {
            CaptureTrace.Refuse($"calls {(training ? nameof(Train) : nameof(Eval))} of a {GetType().Name}", "Call it outside; what it sets is part of the kind of a call.");
            _isTraining = training;
        }

        foreach (var (_, child) in _children)
        {
            child.Train(training);
        }
    }

    /// <summary>Sets the module and all modules in it to behave as in use.</summary>
    public void Eval() => Train(false);

    /// <summary>What is trained, in this module and all modules in it; each once, however often it occurs.</summary>
    public IReadOnlyList<Tensor> Parameters() => [.. NamedParameters().Values.Distinct()];

    /// <summary>What is kept but not trained, in this module and all modules in it; each once.</summary>
    public IReadOnlyList<Tensor> Buffers() => [.. NamedBuffers().Values.Distinct()];

    /// <summary>What is trained, by name: <c>child.name</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> NamedParameters() => ByName(static m => m._parameters);

    /// <summary>What is kept but not trained, by name: <c>child.name</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> NamedBuffers() => ByName(static m => m._buffers);

    /// <summary>The modules of which this one is made, by name.</summary>
    public IReadOnlyDictionary<string, Module> NamedChildren() =>
        new OrderedDictionary<string, Module>(_children.Select(c => KeyValuePair.Create(c.Name, c.Value)));

    /// <summary>This module, by the empty name, and all modules in it: <c>child.child</c>.</summary>
    public IReadOnlyDictionary<string, Module> NamedModules()
    {
        var modules = new OrderedDictionary<string, Module> { [""] = this };
        foreach (var (name, child) in _children)
        {
            foreach (var (rest, module) in child.NamedModules())
            {
                modules.Add(rest.Length == 0 ? name : $"{name}.{rest}", module);
            }
        }

        return modules;
    }

    /// <summary>All parameters and buffers by name: <c>child.name</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict() => ByName(static m => m._parameters, static m => m._buffers);

    /// <summary>Gives parameters and buffers the values of a state of the same names and shapes, and realises them.</summary>
    /// <param name="state">Values by name; they are converted to this module's dtypes and moved to its devices.</param>
    /// <param name="strict">Whether every name must occur on both sides.</param>
    /// <exception cref="TenonException">A shape differs; or names do, if <paramref name="strict"/>.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, Tensor> state, bool strict = true) => StateLoading.Load(GetType().Name, StateDict(), state, strict);

    /// <summary>Does something with this module and all modules in it, those within first.</summary>
    /// <returns>This module.</returns>
    public Module Apply(Action<Module> action)
    {
        foreach (var (_, child) in _children)
        {
            child.Apply(action);
        }

        action(this);
        return this;
    }

    /// <summary>Moves all parameters and buffers to a device. They stay the same tensors; gradients are forgotten.</summary>
    /// <returns>This module.</returns>
    public Module To(string device) => Become(t => t.To(device));

    /// <summary>Converts all parameters and buffers of floating point. They stay the same tensors; gradients are forgotten.</summary>
    /// <returns>This module.</returns>
    public Module To(DType dtype) => Become(t => t.DType.IsFloat ? t.Cast(dtype) : t);

    /// <summary>Says whether parameters are trained: frozen ones require no gradient.</summary>
    public void Freeze(bool frozen = true)
    {
        foreach (var parameter in Parameters())
        {
            parameter.RequiresGrad = !frozen;
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var parameter in Parameters())
        {
            parameter.Grad = null;
        }
    }

    /// <summary>Gives parameters and buffers the values of a file of any format that <see cref="StateFile"/> knows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="strict">Whether every name must occur on both sides.</param>
    /// <exception cref="TenonException">The file is malformed, or a shape differs; or names do, if <paramref name="strict"/>.</exception>
    public void Load(string path, bool strict = true) => LoadStateDict(StateFile.Open(path), strict);

    /// <summary>Writes parameters and buffers to a safetensors file, in place of what is there.</summary>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public void Save(string path) => Safetensors.Save(path, StateDict());

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

    private Module Become(Func<Tensor, Tensor> conversion)
    {
        var tensors = Parameters().Concat(Buffers()).ToArray();
        using (Tensor.NoGrad())
        {
            foreach (var tensor in tensors)
            {
                tensor.Become(conversion(tensor));
            }
        }

        Tensor.Realize(tensors);
        return this;
    }

    private string Unused(string name) =>
        _parameters.Concat(_buffers).Any(p => p.Name == name) || _children.Any(c => c.Name == name) || name.Length == 0
            ? throw new ArgumentException($"'{name}' is empty or already the name of a part of this {GetType().Name}.", nameof(name))
            : name;

    private OrderedDictionary<string, Tensor> ByName(params ReadOnlySpan<Func<Module, List<(string Name, Tensor Value)>>> parts)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var part in parts)
        {
            foreach (var (name, value) in Named(part))
            {
                tensors.Add(name, value);
            }
        }

        return tensors;
    }

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
