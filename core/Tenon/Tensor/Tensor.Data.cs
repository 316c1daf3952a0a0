using System.Globalization;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    private const int LargestPrinted = 64;

    /// <summary>A tensor of one axis with these values.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> values, string? device = null) where T : unmanaged => From(values, [values.Length], device);

    /// <summary>A tensor with these values, the last axis running fastest.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">The sizes; their product is the number of values.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">The number of values is another.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape, string? device = null) where T : unmanaged =>
        FromBytes(MemoryMarshal.AsBytes(values), DType.Of<T>(), shape, device);

    /// <summary>A tensor with the shape and values of an array of any rank.</summary>
    /// <exception cref="TenonException">No dtype stores its elements.</exception>
    public static Tensor FromArray(Array values, string? device = null)
    {
        var dtype = Type.GetTypeCode(values.GetType().GetElementType()) switch
        {
            TypeCode.Boolean => DType.Bool,
            TypeCode.SByte => DType.Int8,
            TypeCode.Int16 => DType.Int16,
            TypeCode.Int32 => DType.Int32,
            TypeCode.Int64 => DType.Int64,
            TypeCode.Byte => DType.UInt8,
            TypeCode.UInt16 => DType.UInt16,
            TypeCode.UInt32 => DType.UInt32,
            TypeCode.UInt64 => DType.UInt64,
            TypeCode.Single => DType.Float32,
            TypeCode.Double => DType.Float64,
            _ when values is Half[] or Half[,] or Half[,,] or Half[,,,] => DType.Float16,
            _ => throw new TenonException("TEN3002", $"No dtype stores the elements of {values.GetType()}. Use bool, sbyte…long, byte…ulong, Half, float or double."),
        };
        var shape = Enumerable.Range(0, values.Rank).Select(values.GetLongLength).ToArray();
        var bytes = values.LongLength == 0
            ? []
            : MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(values), ByteCount(values.LongLength, dtype));
        return FromBytes(bytes, dtype, shape, device);
    }

    /// <summary>A tensor whose elements are the given little-endian bytes.</summary>
    /// <param name="bytes">The elements, the last axis running fastest.</param>
    /// <param name="dtype">Their type.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">The number of bytes is not that of the elements.</exception>
    public static Tensor FromBytes(ReadOnlySpan<byte> bytes, DType dtype, Shape shape, string? device = null)
    {
        var count = Shapes.Checked(shape, nameof(From)).Elements.Value;
        if (count * dtype.Bytes != bytes.Length)
        {
            throw new TenonException("TEN3064", $"From: {bytes.Length / dtype.Bytes} values of {dtype} for shape {shape}. Expected {count}.");
        }

        var tensor = Empty(shape, dtype, device);
        TensorExecutor.Current.CopyIn(tensor.Node, bytes);
        return tensor;
    }

    /// <summary>The elements, the last axis running fastest. Realises the tensor.</summary>
    /// <exception cref="TenonException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        ByteCount(Count, DType);
        var values = new T[Count];
        CopyTo<T>(values);
        return values;
    }

    /// <summary>The one element. Realises the tensor.</summary>
    /// <exception cref="TenonException">There are several elements, or <typeparamref name="T"/> is not their type.</exception>
    public T Item<T>() where T : unmanaged =>
        Count == 1 ? ToArray<T>()[0] : throw new TenonException("TEN3065", $"Item: shape {Shape} has {Count} elements. Expected one; index or reduce first.");

    /// <summary>Writes the elements, the last axis running fastest. Realises the tensor.</summary>
    /// <exception cref="TenonException"><typeparamref name="T"/> is not the type of the elements, or the span is too short.</exception>
    public void CopyTo<T>(Span<T> destination) where T : unmanaged
    {
        if (DType.Of<T>() != DType)
        {
            throw new TenonException("TEN3066", $"The elements are {DType}, but {typeof(T).Name} was asked for. Cast(DType.{typeof(T).Name switch { "Single" => "Float32", "Double" => "Float64", "Half" => "Float16", "Boolean" => "Bool", "Byte" => "UInt8", "SByte" => "Int8", var n => n }}) first.");
        }

        if (destination.Length < Count)
        {
            throw new TenonException("TEN3067", $"CopyTo: room for {destination.Length} elements. Expected at least {Count}, for shape {Shape}.");
        }

        CopyBytesTo(MemoryMarshal.AsBytes(destination[..(int)Count]));
    }

    /// <summary>The elements as little-endian bytes. Realises the tensor.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[ByteCount(Count, DType)];
        CopyBytesTo(bytes);
        return bytes;
    }

    /// <summary>Shape, dtype and device; the values too, if they are stored and few.</summary>
    public override string ToString()
    {
        var text = $"Tensor {Shape} {DType} {_device ?? "(any device)"}";
        if (!IsRealized || Count > LargestPrinted)
        {
            return text;
        }

        var values = (_device == TensorExecutor.Current.FileDevice ? To(TensorExecutor.Current.DefaultDevice) : this).Cast(DType.Float64).ToArray<double>().Select(v => v.ToString("G6", CultureInfo.InvariantCulture));
        return $"{text} {{ {string.Join(", ", values)} }}";
    }

    /// <summary>The bytes of so many elements in the host's memory.</summary>
    internal static int ByteCount(long count, DType dtype) =>
        count <= Array.MaxLength / dtype.Bytes
            ? (int)count * dtype.Bytes
            : throw new TenonException("TEN3071", $"{count} elements of {dtype} do not fit an array of the host, which holds {Array.MaxLength} bytes. Copy the tensor in parts.");

    private static UOp StorageOf(UOp node) => Stored(node) ?? throw new InvalidOperationException($"{node.Op} is not storage.");

    // A view is read and stays a view.
    private void CopyBytesTo(Span<byte> bytes)
    {
        if (IsUnreadFile)
        {
            To(TensorExecutor.Current.DefaultDevice).CopyBytesTo(bytes);
            return;
        }

        var isPart = _base is { } whole && !ShowsAll(Node, whole.Node) && !IsRealized;
        var storage = isPart ? StorageOf(TensorExecutor.Current.Realize([(Node, Device)])[0]) : Realize().Storage!;
        if (bytes.Length > 0)
        {
            TensorExecutor.Current.CopyOut(Shape.IsConcrete ? storage : TensorGraph.Reshape(storage, Shape), bytes);
        }
    }
}
