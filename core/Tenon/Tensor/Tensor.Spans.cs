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

    /// <summary>A tensor with the shape and a copy of the elements of a span; without a copy, see <see cref="Over"/> and <see cref="Create"/>.</summary>
    /// <exception cref="TenonException">No dtype stores <typeparamref name="T"/>.</exception>
    public static Tensor From<T>(in ReadOnlyTensorSpan<T> values, string? device = null) where T : unmanaged
    {
        var shape = ShapeOf(values);
        if (values.IsDense && values.FlattenedLength is > 0 and <= int.MaxValue)
        {
            return From(MemoryMarshal.CreateReadOnlySpan(in values.GetPinnableReference(), (int)values.FlattenedLength), shape, device);
        }

        ByteCount(values.FlattenedLength, DType.Of<T>());
        var flat = new T[values.FlattenedLength];
        values.FlattenTo(flat);
        return From<T>(flat, shape, device);
    }

    /// <summary>
    /// Lends the elements of a span to a function as a tensor: where they lie, if the device works on the host's memory (the CPU),
    /// else as a copy. The tensor, and what was derived from it and not realised, can't be used after the function has returned; a
    /// tensor that it returns is realised. What is assigned to the tensor goes elsewhere: the span doesn't change.
    /// </summary>
    /// <param name="values">The elements, which nobody may change meanwhile.</param>
    /// <param name="use">Gets the tensor.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">No dtype stores <typeparamref name="T"/>.</exception>
    public static unsafe TResult Over<T, TResult>(in ReadOnlyTensorSpan<T> values, Func<Tensor, TResult> use, string? device = null) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(use);
        var at = Canonical(device) ?? TensorExecutor.Current.DefaultDevice;
        var dtype = DType.Of<T>();
        var result = default(TResult)!;
        if (values is { IsDense: true, IsEmpty: false })
        {
            var shape = ShapeOf(values);
            fixed (T* address = &values.GetPinnableReference())
            {
                if (TensorExecutor.Current.TryLend((nint)address, dtype, values.FlattenedLength, at, buffer => Use(Lent(buffer, shape, at))))
                {
                    return result;
                }
            }
        }

        Use(Lent(StorageOf(From(values, at).Node), ShapeOf(values), at));
        return result;

        void Use(Tensor lent)
        {
            result = use(lent);
            (result as Tensor)?.Realize();
        }
    }

    // Of two owners neither may write to the memory.
    private static Tensor Lent(UOp buffer, Shape shape, string device)
    {
        var tensor = new Tensor(TensorGraph.Reshape(buffer, shape), device);
        StorageOwners.Claim(buffer, tensor);
        StorageOwners.Claim(buffer, new Tensor(buffer, device));
        return tensor;
    }

    private static Shape ShapeOf<T>(in ReadOnlyTensorSpan<T> values)
    {
        var shape = new SymInt[values.Rank];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = values.Lengths[axis];
        }

        return shape;
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
