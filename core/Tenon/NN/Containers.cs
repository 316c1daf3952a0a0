using System.Collections;

namespace Tenon.NN;

/// <summary>Modules in a list, named by their positions. What they do with each other is said by whoever holds the list.</summary>
/// <typeparam name="T">The kind of module.</typeparam>
public sealed class ModuleList<T> : Module, IReadOnlyList<T> where T : Module
{
    private readonly List<T> _modules = [];

    /// <summary>The modules in order.</summary>
    public ModuleList(params ReadOnlySpan<T> modules)
    {
        foreach (var module in modules)
        {
            Add(module);
        }
    }

    /// <inheritdoc/>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public T this[int index] => _modules[index];

    /// <summary>Adds a module at the end.</summary>
    public void Add(T module) => _modules.Add(Child($"{_modules.Count}", module));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Modules by name, in the order in which they were added.</summary>
/// <typeparam name="T">The kind of module.</typeparam>
public sealed class ModuleDictionary<T> : Module, IReadOnlyDictionary<string, T> where T : Module
{
    private readonly OrderedDictionary<string, T> _modules = [];

    /// <inheritdoc/>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _modules.Keys;

    /// <inheritdoc/>
    public IEnumerable<T> Values => _modules.Values;

    /// <inheritdoc/>
    public T this[string key] => _modules[key];

    /// <summary>Adds a module.</summary>
    public void Add(string name, T module) => _modules.Add(name, Child(name, module));

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _modules.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value) => _modules.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => _modules.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Parameters in a list, named by their positions.</summary>
public sealed class ParameterList : Module, IReadOnlyList<Tensor>
{
    private readonly List<Tensor> _parameters = [];

    /// <summary>The parameters in order; they require gradients from now on.</summary>
    public ParameterList(params ReadOnlySpan<Tensor> parameters)
    {
        foreach (var parameter in parameters)
        {
            Add(parameter);
        }
    }

    /// <inheritdoc/>
    public int Count => _parameters.Count;

    /// <inheritdoc/>
    public Tensor this[int index] => _parameters[index];

    /// <summary>Adds a parameter at the end.</summary>
    public void Add(Tensor parameter) => _parameters.Add(Parameter($"{_parameters.Count}", parameter));

    /// <inheritdoc/>
    public IEnumerator<Tensor> GetEnumerator() => _parameters.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
