using Tenon.Onnx.Format;

namespace Tenon.Onnx.Run;

/// <summary>The values of a graph while it runs. What it doesn't have is the graph's around it.</summary>
/// <param name="outer">The graph around it, or null.</param>
/// <param name="attributes">The attributes of the call, in a function.</param>
internal sealed class Scope(Scope? outer, IReadOnlyDictionary<string, AttributeProto>? attributes = null)
{
    private readonly Dictionary<string, OnnxValue> _values = [];

    /// <summary>The attributes of the call that runs.</summary>
    public IReadOnlyDictionary<string, AttributeProto>? Attributes { get; } = attributes ?? outer?.Attributes;

    /// <summary>The value of a name.</summary>
    public OnnxValue? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return null;
    }

    private Scope? Outer { get; } = outer;

    /// <summary>Gives a name a value.</summary>
    public void Set(string name, OnnxValue value) => _values[name] = value;

    /// <summary>Lets a value go.</summary>
    public void Drop(string name) => _values.Remove(name);
}
