using System.Diagnostics.CodeAnalysis;

namespace Tenon.Onnx;

/// <summary>
/// A value of an ONNX graph: a tensor, strings, a sequence or an optional. A <see cref="Tensor"/> converts to one by itself.
/// </summary>
public abstract class OnnxValue
{
    private protected OnnxValue()
    {
    }

    /// <summary>What it is in words, such as <c>a tensor of float32 [2, 3]</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The tensor that this value is.</summary>
    /// <exception cref="TenonException">It is something else.</exception>
    public virtual Tensor Tensor => throw Unexpected("a tensor");

    /// <summary>The texts that this value is.</summary>
    /// <exception cref="TenonException">It is something else.</exception>
    public virtual StringValue Strings => throw Unexpected("a tensor of strings");

    /// <summary>The values of this sequence.</summary>
    /// <exception cref="TenonException">It is something else.</exception>
    public virtual IReadOnlyList<OnnxValue> Items => throw Unexpected("a sequence");

    /// <summary>The keys and values of this map.</summary>
    /// <exception cref="TenonException">It is something else.</exception>
    public virtual MapValue Map => throw Unexpected("a map");

    /// <summary>A tensor as a value.</summary>
    [return: NotNullIfNotNull(nameof(tensor))]
    public static implicit operator OnnxValue?(Tensor? tensor) => tensor is null ? null : new TensorValue(tensor);

    /// <summary>A whole number as a value, which the model knows before it runs: it may decide what is computed, on any device.</summary>
    public static implicit operator OnnxValue(long number) => new TensorValue(new HostTensor(DType.Int64, [], [number]), null);

    /// <summary>Texts of one axis as a value.</summary>
    public static implicit operator OnnxValue(string[] texts) => new StringValue(texts, [texts.Length]);

    /// <inheritdoc/>
    public override string ToString() => Description;

    private TenonException Unexpected(string expected) => new("TEN5210", $"The value is {Description}. Expected {expected}.");
}
