using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Joins tensors along an axis; the other axes are equal. Dtypes are promoted.</summary>
    /// <exception cref="TenonException">No tensors, or shapes differ elsewhere.</exception>
    public static Tensor Cat(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        if (tensors.Length == 0)
        {
            throw new TenonException("TEN3027", "Cat: no tensors were given. Expected at least one.");
        }

        var first = tensors[0];
        var at = Shapes.Axis(axis, first.Rank, nameof(Cat));
        SymInt total = 0;
        var dtype = first.DType;
        foreach (var t in tensors)
        {
            if (!AgreeExcept(first.Shape, t.Shape, at))
            {
                throw new TenonException("TEN3028", $"Cat: shapes {first.Shape} and {t.Shape} can't be joined along axis {at}. The other axes must be equal.");
            }

            total += t.Shape.Size(at);
            dtype = Promotion.Join(dtype, t.DType);
        }

        // Each part is padded with zeros to the whole; exactly one of them is not zero at any place.
        Tensor? joined = null;
        SymInt offset = 0;
        var padding = new (SymInt Before, SymInt After)[first.Rank];
        foreach (var t in tensors)
        {
            padding[at] = (offset, total - offset - t.Shape.Size(at));
            offset += t.Shape.Size(at);
            if (t.Shape.Size(at) == 0 && tensors.Length > 1)
            {
                continue;
            }

            var part = t.Cast(dtype).Pad(padding);
            joined = joined is null ? part : dtype.IsBool ? joined | part : joined + part;
        }

        return joined ?? first.Cast(dtype);
    }

    /// <summary>Joins tensors of equal shape along a new axis.</summary>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        var unsqueezed = new Tensor[tensors.Length];
        for (var i = 0; i < unsqueezed.Length; i++)
        {
            unsqueezed[i] = tensors[i].Unsqueeze(axis);
        }

        return Cat(unsqueezed, axis);
    }

    /// <summary>Cuts an axis into parts of the given sizes.</summary>
    /// <exception cref="TenonException">The sizes don't add up to the axis.</exception>
    public Tensor[] Split(Shape sizes, int axis = 0)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Split));
        var parts = new Tensor[sizes.Rank];
        var bounds = Shapes.Bounds(Shape);
        SymInt offset = 0;
        foreach (var size in sizes)
        {
            offset += size;
        }

        if (offset != Shape.Size(at))
        {
            throw new TenonException("TEN3029", $"Split: sizes {sizes} add up to {offset}, but axis {at} of shape {Shape} has {Shape.Size(at)}.");
        }

        offset = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            bounds[at] = (offset, offset + sizes.Size(i));
            parts[i] = Shrink(bounds);
            offset += sizes.Size(i);
        }

        return parts;
    }

    /// <summary>Cuts an axis into parts of <paramref name="size"/>; the last may be smaller.</summary>
    public Tensor[] Split(long size, int axis = 0)
    {
        if (size <= 0)
        {
            throw new TenonException("TEN3029", $"Split: a part of {size} elements. Expected 1 or more.");
        }

        var n = Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(Split)), nameof(Split));
        var sizes = new long[(n + size - 1) / size];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = Math.Min(size, n - i * size);
        }

        return Split(sizes, axis);
    }

    /// <summary>Cuts an axis into at most <paramref name="count"/> parts of equal size; the last may be smaller.</summary>
    public Tensor[] Chunk(int count, int axis = 0) =>
        count > 0
            ? Split(Math.Max(1, (Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(Chunk)), nameof(Chunk)) + count - 1) / count), axis)
            : throw new TenonException("TEN3029", $"Chunk: {count} parts. Expected 1 or more.");

    private static bool AgreeExcept(Shape a, Shape b, int axis)
    {
        var agree = a.Rank == b.Rank;
        for (var i = 0; i < a.Rank && agree; i++)
        {
            agree = i == axis || a.Dim(i) == b.Dim(i);
        }

        return agree;
    }
}
