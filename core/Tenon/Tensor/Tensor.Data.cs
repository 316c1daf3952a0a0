using System.Numerics;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>A tensor of one axis with these values.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> values, string? device = null) where T : unmanaged => From(values, [values.Length], device);

    /// <summary>A tensor with these values, the last axis running fastest.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">The sizes; their product is the number of values.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">The number of values is another.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape, string? device = null) where T : unmanaged =>
        typeof(T) == typeof(Complex)
            ? FromComplex(MemoryMarshal.Cast<T, Complex>(values), shape, device)
            : FromBytes(MemoryMarshal.AsBytes(values), DType.Of<T>(), shape, device);

    /// <summary>A tensor whose elements are the given little-endian bytes.</summary>
    /// <param name="bytes">The elements, the last axis running fastest.</param>
    /// <param name="dtype">Their type.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">The number of bytes is not that of the elements.</exception>
    public static Tensor FromBytes(ReadOnlySpan<byte> bytes, DType dtype, Shape shape, string? device = null)
    {
        var count = Shapes.Checked(shape, nameof(From)).Elements.Value;
        if (dtype.BytesOf(count) != bytes.Length)
        {
            throw new TenonException("TEN3064", $"From: {8L * bytes.Length / dtype.Bits} values of {dtype} for shape {shape}. Expected {count}.");
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
        if (typeof(T) != typeof(Complex) || !DType.IsComplex)
        {
            RequireElementType<T>();
        }

        if (destination.Length < Count)
        {
            throw new TenonException("TEN3067", $"CopyTo: room for {destination.Length} elements. Expected at least {Count}, for shape {Shape}.");
        }

        if (typeof(T) == typeof(Complex))
        {
            CopyTo(MemoryMarshal.Cast<T, Complex>(destination));
        }
        else
        {
            CopyBytesTo(MemoryMarshal.AsBytes(destination[..(int)Count]));
        }
    }

    /// <summary>The elements as little-endian bytes. Realises the tensor.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[ByteCount(Count, DType)];
        CopyBytesTo(bytes);
        return bytes;
    }

    /// <summary>The bytes of so many elements in the host's memory.</summary>
    internal static int ByteCount(long count, DType dtype) =>
        dtype.BytesOf(count) <= Array.MaxLength
            ? (int)dtype.BytesOf(count)
            : throw new TenonException("TEN3071", $"{count} elements of {dtype} do not fit an array of the host, which holds {Array.MaxLength} bytes. Copy the tensor in parts.");

    private static UOp StorageOf(UOp node) => Stored(node) ?? throw new InvalidOperationException($"{node.Op} is not storage.");

    private void RequireElementType<T>() where T : unmanaged
    {
        if (DType.Of<T>() == DType)
        {
            return;
        }

        var remedy = DType switch
        {
            { IsNative: true } => $"Cast(DType.Parse(\"{DType.Of<T>()}\")) first",
            { IsComplex: true } => "Take Complex, or ViewAsReal() first",
            { Bits: 8 } => "Cast to float32, or Bitcast to uint8, first",
            _ => "Cast to an integer or float first, or take ToBytes()",
        };
        throw new TenonException("TEN3066", $"The elements are {DType}, but {typeof(T).Name} was asked for. {remedy}.");
    }

    private void CopyBytesTo(Span<byte> bytes)
    {
        if (bytes.Length > 0)
        {
            TensorExecutor.Current.CopyOut(StoredElements(), bytes);
        }
    }

    /// <summary>The buffer of the elements, in order, on a device that has them. Realises the tensor; a view is read and stays a view.</summary>
    internal UOp StoredElements()
    {
        if (IsUnreadFile)
        {
            return To(TensorExecutor.Current.DefaultDevice).StoredElements();
        }

        var isPart = _base is { } whole && !ShowsAll(Node, whole.Node) && !IsRealized;
        var storage = isPart ? StorageOf(TensorExecutor.Current.Realize([(Node, Device)])[0]) : Realize().Storage!;
        return Shape.IsConcrete ? storage : TensorGraph.Reshape(storage, Shape);
    }
}
