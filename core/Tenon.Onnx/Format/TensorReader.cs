using System.Runtime.InteropServices;
using System.Text;

namespace Tenon.Onnx.Format;

/// <summary>Makes values of messages.</summary>
/// <param name="source">Where the messages came from.</param>
/// <param name="device">Where tensors go; the default device if null.</param>
/// <param name="floatDType">What float32 becomes; null for float32 itself.</param>
internal sealed class TensorReader(ModelSource source, string? device = null, DType? floatDType = null)
{
    private readonly Dictionary<TensorProto, OnnxValue> _made = new(ReferenceEqualityComparer.Instance);

    /// <summary>A tensor that the model holds. It is made once; the message then lets go of its data.</summary>
    public OnnxValue ReadOnce(TensorProto tensor)
    {
        lock (_made)
        {
            if (!_made.TryGetValue(tensor, out var value))
            {
                _made.Add(tensor, value = Read(tensor));
                tensor.ClearRawData();
                tensor.FloatData.Clear();
                tensor.Int32Data.Clear();
                tensor.Int64Data.Clear();
            }

            return value;
        }
    }

    /// <summary>A tensor, or a tensor of strings.</summary>
    public OnnxValue Read(TensorProto tensor)
    {
        var element = (OnnxElement)tensor.DataType;
        var shape = tensor.Dims.ToArray();
        var count = CountOf(shape, tensor);
        if (element == OnnxElement.String)
        {
            return tensor.StringData.Count == count
                ? new StringValue([.. tensor.StringData.Select(s => Text(s.Span, tensor))], shape)
                : throw Damaged(tensor, $"{tensor.StringData.Count} strings for shape [{string.Join(", ", shape)}]. Expected {count}.");
        }

        var dtype = element.ToTenon() ?? throw source.Error("TEN5211", FieldOf(tensor), $"elements of type {element.Name()}, which Tenon can't store.");
        var expected = Expected(count, dtype, tensor);
        var bytes = Bytes(tensor, element, expected);
        if (bytes.Length != expected)
        {
            throw Damaged(tensor, $"{bytes.Length} bytes for {dtype} [{string.Join(", ", shape)}]. Expected {expected}.");
        }

        if (dtype == DType.Float32 && floatDType is not null)
        {
            return new TensorValue(Tensor.FromBytes(bytes, dtype, shape, device).Cast(floatDType).Realize());
        }

        return count <= HostTensor.Limit && HostTensor.Holds(dtype)
            ? new TensorValue(HostTensor.Read(bytes, dtype, shape), device)
            : new TensorValue(Tensor.FromBytes(bytes, dtype, shape, device));
    }

    /// <summary>A sparse tensor, as a dense one.</summary>
    public OnnxValue Read(SparseTensorProto sparse)
    {
        var shape = sparse.Dims.ToArray();
        var field = $"sparse tensor '{sparse.Values?.Name}'";
        if (sparse.Values is null || sparse.Indices is null)
        {
            throw source.Error("TEN5203", field, "no values or no indices. Expected both.");
        }

        var values = ((TensorValue)Read(sparse.Values)).Tensor;
        var indices = ((TensorValue)Read(sparse.Indices)).Tensor.Cast(DType.Int64).ToArray<long>();
        var count = CountOf(shape, sparse.Values);
        var stored = sparse.Values.Dims.Count == 1 ? sparse.Values.Dims[0] : -1;
        var isFlat = sparse.Indices.Dims.Count == 1;
        if (stored < 0 || sparse.Indices.Dims.Count is 0 or > 2 || sparse.Indices.Dims[0] != stored || (!isFlat && sparse.Indices.Dims[1] != shape.Length))
        {
            throw source.Error("TEN5203", field, $"values [{string.Join(", ", sparse.Values.Dims)}] and indices [{string.Join(", ", sparse.Indices.Dims)}] for shape [{string.Join(", ", shape)}]. Expected [n], and [n] or [n, rank].");
        }

        var width = values.DType.Bytes;
        var from = values.ToBytes();
        // As many bytes as the dense tensor has may be far more than the file's; beyond a limit that is an attack.
        if (count > Math.Max(1 << 20, 4096 * (stored + 1)))
        {
            throw source.Error("TEN5203", field, $"{stored} values in {count} elements. Sparse tensors are made dense, and this one is too sparse for that.");
        }

        var dense = new byte[checked(count * width)];
        for (var i = 0; i < stored; i++)
        {
            long at = 0;
            for (var axis = 0; axis < (isFlat ? 1 : shape.Length); axis++)
            {
                var index = indices[isFlat ? i : i * shape.Length + axis];
                var size = isFlat ? count : shape[axis];
                at = index >= 0 && index < size ? at * size + index : throw source.Error("TEN5203", field, $"index {index} of an axis of {size}.");
            }

            from.AsSpan(i * width, width).CopyTo(dense.AsSpan(checked((int)(at * width))));
        }

        return new TensorValue(Tensor.FromBytes(dense, values.DType, shape, device));
    }

    /// <summary>A sequence.</summary>
    public SequenceValue Read(SequenceProto sequence) => new([
        .. sequence.TensorValues.Select(Read),
        .. sequence.SparseTensorValues.Select(Read),
        .. sequence.SequenceValues.Select(Read),
        .. sequence.OptionalValues.Select(Read),
    ]);

    /// <summary>An optional.</summary>
    public OptionalValue Read(OptionalProto optional) => new(
        optional.TensorValue is { } tensor ? Read(tensor)
        : optional.SparseTensorValue is { } sparse ? Read(sparse)
        : optional.SequenceValue is { } sequence ? Read(sequence)
        : optional.OptionalValue is { } inner ? Read(inner)
        : null);

    private static byte[] Bytes<T>(IEnumerable<T> values, Func<T, ulong> bits, int width)
    {
        var bytes = new List<byte>();
        foreach (var value in values)
        {
            var b = bits(value);
            for (var i = 0; i < width; i++)
            {
                bytes.Add((byte)(b >> (8 * i)));
            }
        }

        return [.. bytes];
    }

    private byte[] Bytes(TensorProto tensor, OnnxElement element, long expected)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return source.ReadExternal(tensor, expected);
        }

        if (tensor.HasRawData)
        {
            return tensor.RawData.ToByteArray();
        }

        return element switch
        {
            OnnxElement.Float or OnnxElement.Complex64 => MemoryMarshal.AsBytes<float>(tensor.FloatData.ToArray()).ToArray(),
            OnnxElement.Double or OnnxElement.Complex128 => MemoryMarshal.AsBytes<double>(tensor.DoubleData.ToArray()).ToArray(),
            OnnxElement.Int64 => MemoryMarshal.AsBytes<long>(tensor.Int64Data.ToArray()).ToArray(),
            OnnxElement.UInt64 => MemoryMarshal.AsBytes<ulong>(tensor.Uint64Data.ToArray()).ToArray(),
            OnnxElement.UInt32 => Bytes(tensor.Uint64Data, static v => v, 4),
            OnnxElement.Int32 => Bytes(tensor.Int32Data, static v => (ulong)v, 4),
            OnnxElement.Int16 or OnnxElement.UInt16 or OnnxElement.Float16 or OnnxElement.BFloat16 => Bytes(tensor.Int32Data, static v => (ulong)v, 2),
            // One byte each; of types with less than 8 bits, a byte holds several.
            _ => Bytes(tensor.Int32Data, static v => (ulong)v, 1),
        };
    }

    private long CountOf(long[] shape, TensorProto tensor)
    {
        long count = 1;
        foreach (var size in shape)
        {
            if (size < 0 || Math.BigMul(count, size, out count) != 0 || count < 0)
            {
                throw Damaged(tensor, $"shape [{string.Join(", ", shape)}]. Expected sizes of 0 and more whose product is below 2^63.");
            }
        }

        return count;
    }

    private long Expected(long count, DType dtype, TensorProto tensor) => count < long.MaxValue / dtype.Bits - 8
        ? (count * dtype.Bits + 7) / 8
        : throw Damaged(tensor, $"{count} elements of {dtype}. Expected fewer.");

    private string Text(ReadOnlySpan<byte> bytes, TensorProto tensor)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw Damaged(tensor, "a string that is not UTF-8.");
        }
    }

    private static string FieldOf(TensorProto tensor) => $"tensor '{tensor.Name}'";

    private State.TenonFormatException Damaged(TensorProto tensor, string problem) => source.Error("TEN5203", FieldOf(tensor), problem);
}
