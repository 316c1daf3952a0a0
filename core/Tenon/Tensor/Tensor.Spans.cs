using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

/// <content>
/// Elements in place. A span is lent to a function and can't outlive it, so that it never shows memory that was let go. Of a tensor
/// of rank 0 it has one axis.
/// </content>
public sealed partial class Tensor
{
    /// <summary>
    /// A tensor whose elements a function writes: straight into the device's memory if the host sees it (the CPU's), else into an
    /// array that is copied there.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="fill">Gets the elements, of undefined content.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">No dtype stores <typeparamref name="T"/>.</exception>
    public static unsafe Tensor Create<T>(Shape shape, TensorSpanAction<T> fill, string? device = null) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(fill);
        var tensor = Empty(shape, DType.Of<T>(), device);
        var sizes = tensor.NativeSizes();
        var count = tensor.Count;
        if (count == 0)
        {
            fill(new TensorSpan<T>(new T[1], sizes, new nint[sizes.Length]));
        }
        else if (!TensorExecutor.Current.TryUseInPlace(tensor.Node, tensor.DType.BytesOf(count), address => fill(new TensorSpan<T>((T*)address, (nint)count, sizes, []))))
        {
            ByteCount(count, tensor.DType);
            var values = new T[count];
            fill(new TensorSpan<T>(values, sizes, []));
            TensorExecutor.Current.CopyIn(tensor.Node, MemoryMarshal.AsBytes(values.AsSpan()));
        }

        return tensor;
    }

    /// <summary>A tensor with the shape and a copy of the elements of a span; for none at all, see <see cref="Create"/>.</summary>
    /// <exception cref="TenonException">No dtype stores <typeparamref name="T"/>.</exception>
    public static Tensor From<T>(in ReadOnlyTensorSpan<T> values, string? device = null) where T : unmanaged
    {
        var shape = new SymInt[values.Rank];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = values.Lengths[axis];
        }

        if (values.IsDense && values.FlattenedLength is > 0 and <= int.MaxValue)
        {
            return From(MemoryMarshal.CreateReadOnlySpan(in values.GetPinnableReference(), (int)values.FlattenedLength), (Shape)shape, device);
        }

        ByteCount(values.FlattenedLength, DType.Of<T>());
        var flat = new T[values.FlattenedLength];
        values.FlattenTo(flat);
        return From<T>(flat, (Shape)shape, device);
    }

    /// <summary>Shows the elements to a function: where they lie if the host sees the device's memory (the CPU's), else a copy. Realises the tensor.</summary>
    /// <param name="read">Gets the elements, which must not be assigned to before it returns.</param>
    /// <exception cref="TenonException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public unsafe void Read<T>(ReadOnlyTensorSpanAction<T> read) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(read);
        RequireElementType<T>();
        var sizes = NativeSizes();
        var count = Count;
        if (count == 0)
        {
            read(new ReadOnlyTensorSpan<T>(new T[1], sizes, new nint[sizes.Length]));
        }
        else if (!TensorExecutor.Current.TryUseInPlace(StoredElements(), DType.BytesOf(count), address => read(new ReadOnlyTensorSpan<T>((T*)address, (nint)count, sizes, []))))
        {
            read(new ReadOnlyTensorSpan<T>(ToArray<T>(), sizes, []));
        }

        GC.KeepAlive(this);
    }

    // A span has an axis at least.
    private nint[] NativeSizes() => Rank == 0 ? [1] : [.. Shape.ToSizes().Select(s => (nint)s.Value)];
}

/// <summary>Gets elements that it may write, as long as it runs.</summary>
/// <param name="elements">The elements.</param>
public delegate void TensorSpanAction<T>(TensorSpan<T> elements);

/// <summary>Gets elements, as long as it runs.</summary>
/// <param name="elements">The elements.</param>
public delegate void ReadOnlyTensorSpanAction<T>(ReadOnlyTensorSpan<T> elements);
