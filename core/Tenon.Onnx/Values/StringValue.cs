namespace Tenon.Onnx;

/// <summary>A tensor of strings. It lives on the host.</summary>
/// <param name="values">The texts, the last axis running fastest.</param>
/// <param name="shape">The sizes of the axes.</param>
public sealed class StringValue(string[] values, long[] shape) : OnnxValue
{
    /// <summary>The texts, the last axis running fastest.</summary>
    public IReadOnlyList<string> Values { get; } = shape.Aggregate(1L, (a, b) => a * b) == values.Length
        ? values
        : throw new TenonException("TEN5203", $"{values.Length} strings for shape [{string.Join(", ", shape)}]. Expected as many as the product of the sizes.");

    /// <summary>The sizes of the axes.</summary>
    public IReadOnlyList<long> Shape { get; } = shape;

    /// <inheritdoc/>
    public override StringValue Strings => this;

    /// <inheritdoc/>
    public override string Description => $"a tensor of strings [{string.Join(", ", Shape)}]";
}
