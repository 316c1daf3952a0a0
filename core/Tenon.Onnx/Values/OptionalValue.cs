namespace Tenon.Onnx;

/// <summary>A value, or none. Where one is there, it stands for that value itself.</summary>
/// <param name="value">The value, or null.</param>
public sealed class OptionalValue(OnnxValue? value) : OnnxValue
{
    /// <summary>The value, or null.</summary>
    public OnnxValue? Value { get; } = value;

    /// <inheritdoc/>
    public override Tensor Tensor => Value?.Tensor ?? base.Tensor;

    /// <inheritdoc/>
    public override StringValue Strings => Value?.Strings ?? base.Strings;

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxValue> Items => Value?.Items ?? base.Items;

    /// <inheritdoc/>
    public override string Description => Value is null ? "an optional without a value" : $"an optional with {Value.Description}";
}
