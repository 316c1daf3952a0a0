namespace Tenon.Onnx;

/// <summary>A list of values of one type.</summary>
/// <param name="items">The values.</param>
public sealed class SequenceValue(params IReadOnlyList<OnnxValue> items) : OnnxValue
{
    /// <inheritdoc/>
    public override IReadOnlyList<OnnxValue> Items => items;

    /// <inheritdoc/>
    public override string Description => $"a sequence of {items.Count}{(items.Count == 0 ? "" : $", the first of them {items[0].Description}")}";
}
