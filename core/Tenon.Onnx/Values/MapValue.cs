namespace Tenon.Onnx;

/// <summary>Values by key, as classifiers of other libraries give them.</summary>
/// <param name="keys">Texts, or whole numbers as <see cref="long"/>.</param>
/// <param name="values">A tensor, or texts, of one axis: a value for each key.</param>
public sealed class MapValue(IReadOnlyList<object> keys, OnnxValue values) : OnnxValue
{
    /// <summary>The keys: texts, or whole numbers as <see cref="long"/>.</summary>
    public IReadOnlyList<object> Keys { get; } = keys;

    /// <summary>A tensor, or texts, of one axis: a value for each key.</summary>
    public OnnxValue Values { get; } = values;

    /// <inheritdoc/>
    public override MapValue Map => this;

    /// <inheritdoc/>
    public override string Description => $"a map of {Keys.Count} keys";
}
