using Tenon.Core;

namespace Tenon.State;

/// <summary>A tensor of a GGUF file, which may be quantised.</summary>
public sealed class GgufTensor
{
    private readonly GgmlFormat _format;
    private readonly GgmlTables? _tables;

    internal GgufTensor(string name, GgmlFormat format, long[] shape, Tensor raw, GgmlTables? tables = null) =>
        (Name, _format, Shape, Raw, _tables) = (name, format, shape, raw, tables);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>How its elements are stored.</summary>
    public GgmlType Type => _format.Type;

    /// <summary>The sizes, the last axis running fastest: those of the file in the other order.</summary>
    public Shape Shape { get; }

    /// <summary>What is stored: <c>uint8 […, bytes of a row]</c> if it is quantised, else the elements. Slices of it are rows.</summary>
    public Tensor Raw { get; }

    /// <summary>The dtype of <see cref="ToTensor"/>.</summary>
    public DType DType => _format.DType;

    /// <summary>
    /// The elements. Of quantised ones the graph unpacks the stored bytes, so that whatever uses them does so as it reads, and they
    /// stay packed in memory once <see cref="To"/> has moved them there.
    /// </summary>
    /// <param name="device">Where they go; the default device if null.</param>
    /// <returns>Of the shape and dtype above.</returns>
    public Tensor ToTensor(string? device = null)
    {
        var target = TensorExecutor.Current.Canonicalize(device ?? TensorExecutor.Current.DefaultDevice);
        return Dequantize(Raw.To(target), Type, _tables is { } known && Raw.Device == target ? known : new GgmlTables(target));
    }

    /// <summary>The tensor with its bytes read to a device.</summary>
    public GgufTensor To(string device)
    {
        var target = TensorExecutor.Current.Canonicalize(device);
        return new GgufTensor(Name, _format, Shape.ToArray(), Raw.To(target).Realize(), new GgmlTables(target));
    }

    /// <summary>The elements of quantised rows.</summary>
    /// <param name="raw">uint8 <c>[…, bytes]</c>, on a device that computes: slices of <see cref="Raw"/>.</param>
    /// <param name="type">How they are stored.</param>
    /// <returns><c>[…, elements]</c> of float32, or of the type's own dtype.</returns>
    /// <exception cref="TenonException">The bytes are not of whole blocks of the type.</exception>
    public static Tensor Dequantize(Tensor raw, GgmlType type) => Dequantize(raw, type, new GgmlTables(raw.Device));

    private static Tensor Dequantize(Tensor raw, GgmlType type, GgmlTables tables)
    {
        var format = GgmlFormat.Find(type) ?? throw new TenonException("TEN5122", $"{type} is no type of ggml's that is known here.");
        return format.Unpack is null ? raw
            : raw.DType == DType.UInt8 && raw.Rank > 0 && raw.Size(-1) % format.BlockBytes == 0 ? format.Dequantize(raw, tables)
            : throw new TenonException("TEN5122", $"Dequantize: {raw.DType} {raw.Shape} of {type}. Expected uint8 whose last axis is a multiple of the {format.BlockBytes} bytes of a block.");
    }
}
