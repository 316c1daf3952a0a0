using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The transpose of the last two axes: <c>[…, M, N]</c> → <c>[…, N, M]</c>.</summary>
    public Tensor T => Transpose(-2, -1);

    /// <summary>The same elements, in the same order, with other sizes; one size may be -1 and follows from the others.</summary>
    /// <exception cref="TenonException">The number of elements differs.</exception>
    public Tensor Reshape(params ReadOnlySpan<long> shape)
    {
        var sizes = shape.ToArray();
        var free = Array.IndexOf(sizes, -1);
        if (free >= 0)
        {
            sizes[free] = 1;
            var rest = Array.IndexOf(sizes, -1) < 0 ? Shapes.Product(Shapes.Checked(sizes, nameof(Reshape))) : 0;
            sizes[free] = rest == 0 ? -1 : Count / rest;
        }

        if (sizes.Any(s => s < 0) || Shapes.Product(sizes) != Count)
        {
            throw new TenonException(
                "TEN3016",
                $"Reshape: shape {Shape} has {Count} elements and can't become {Shapes.Text(shape)}. Expected sizes with the same product, at most one of them -1.");
        }

        return View(TensorGraph.Reshape(Node, sizes), nameof(Reshape));
    }

    /// <summary>Reorders the axes: axis i of the result is axis <paramref name="axes"/>[i] of this tensor.</summary>
    /// <exception cref="TenonException">The axes are not each axis once.</exception>
    public Tensor Permute(params ReadOnlySpan<int> axes)
    {
        if (axes.Length != Rank || Shapes.AxisSet(axes, Rank, nameof(Permute)).Length != Rank)
        {
            throw new TenonException("TEN3017", $"Permute: axes [{string.Join(", ", axes.ToArray())}] for shape {Shape}. Expected each of its {Rank} axes once.");
        }

        var order = new int[Rank];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = Shapes.Axis(axes[i], Rank, nameof(Permute));
        }

        return View(TensorGraph.Permute(Node, order), nameof(Permute));
    }

    /// <summary>Swaps two axes.</summary>
    public Tensor Transpose(int axis1 = 0, int axis2 = 1)
    {
        var order = Enumerable.Range(0, Rank).ToArray();
        var (a, b) = (Shapes.Axis(axis1, Rank, nameof(Transpose)), Shapes.Axis(axis2, Rank, nameof(Transpose)));
        (order[a], order[b]) = (order[b], order[a]);
        return Permute(order);
    }

    /// <summary>Repeats axes of size 1, and adds axes at the front, to reach a shape; -1 keeps the size of an axis.</summary>
    /// <exception cref="TenonException">An axis that is not of size 1 would change.</exception>
    public Tensor Expand(params ReadOnlySpan<long> shape)
    {
        var (from, to) = (Shape.ToArray(), shape.ToArray());
        var fits = to.Length >= from.Length;
        for (var i = 1; i <= from.Length && fits; i++)
        {
            to[^i] = to[^i] == -1 ? from[^i] : to[^i];
            fits = from[^i] == to[^i] || from[^i] == 1;
        }

        if (!fits || to.Any(s => s < 0))
        {
            throw new TenonException("TEN3022", $"Expand: shape {Shape} can't become {Shapes.Text(shape)}. Only axes of size 1 are repeated, and new axes come at the front.");
        }

        return View(TensorGraph.BroadcastTo(Node, to), nameof(Expand));
    }

    /// <summary>Adds elements around the tensor: <c>(before, after)</c> for each axis. Negative padding cuts.</summary>
    /// <param name="padding">Elements before and after, for each axis.</param>
    /// <param name="value">What the new elements are.</param>
    /// <exception cref="TenonException">There isn't one pair for each axis, or more is cut than there is.</exception>
    public Tensor Pad(ReadOnlySpan<(long Before, long After)> padding, Scalar value = default)
    {
        if (padding.Length != Rank)
        {
            throw new TenonException("TEN3023", $"Pad: {padding.Length} pairs for shape {Shape}. Expected one pair (before, after) for each of {Rank} axes.");
        }

        var bounds = new (long, long)[Rank];
        var grow = new (long, long)[Rank];
        for (var i = 0; i < Rank; i++)
        {
            var (before, after) = padding[i];
            bounds[i] = (Math.Max(0, -before), Shape[i] - Math.Max(0, -after));
            grow[i] = (Math.Max(0, before), Math.Max(0, after));
        }

        var inner = Shrink(bounds);
        var padded = inner.With(TensorGraph.Pad(inner.Node, grow), nameof(Pad));
        if (value.AsDouble == 0 && !double.IsNegative(value.AsDouble))
        {
            return padded;
        }

        var isInner = new Tensor(TensorGraph.Pad(TensorGraph.Full(DType.Bool, true, inner.Shape.ToArray()), grow), null);
        return Where(isInner, padded, value);
    }

    /// <summary>Keeps the elements from begin to end (exclusive) of each axis.</summary>
    /// <exception cref="TenonException">There isn't one pair for each axis, or a bound is outside.</exception>
    public Tensor Shrink(params ReadOnlySpan<(long Begin, long End)> bounds)
    {
        var fits = bounds.Length == Rank;
        for (var i = 0; i < bounds.Length && fits; i++)
        {
            fits = bounds[i].Begin >= 0 && bounds[i].Begin <= bounds[i].End && bounds[i].End <= Shape[i];
        }

        return fits
            ? View(TensorGraph.Shrink(Node, bounds), nameof(Shrink))
            : throw new TenonException("TEN3024", $"Shrink: bounds [{string.Join(", ", bounds.ToArray())}] for shape {Shape}. Expected (begin, end) inside each of its {Rank} axes.");
    }

    /// <summary>Reverses axes.</summary>
    public Tensor Flip(params ReadOnlySpan<int> axes) => View(TensorGraph.Flip(Node, Shapes.AxisSet(axes, Rank, nameof(Flip))), nameof(Flip));

    /// <summary>Drops every axis of size 1.</summary>
    public Tensor Squeeze() => Reshape(Shape.ToArray().Where(s => s != 1).ToArray());

    /// <summary>Drops an axis if its size is 1.</summary>
    public Tensor Squeeze(int axis)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Squeeze));
        return Shape[at] != 1 ? this : Reshape(Shape.ToArray().Where((_, i) => i != at).ToArray());
    }

    /// <summary>Adds an axis of size 1, so that it is axis <paramref name="axis"/> of the result.</summary>
    public Tensor Unsqueeze(int axis)
    {
        var sizes = Shape.ToArray().ToList();
        sizes.Insert(Shapes.Axis(axis, Rank + 1, nameof(Unsqueeze)), 1);
        return Reshape([.. sizes]);
    }

    /// <summary>Makes one axis of those from <paramref name="start"/> to <paramref name="end"/>, both inclusive.</summary>
    public Tensor Flatten(int start = 0, int end = -1)
    {
        if (Rank == 0)
        {
            return Reshape(1);
        }

        var (first, last) = (Shapes.Axis(start, Rank, nameof(Flatten)), Shapes.Axis(end, Rank, nameof(Flatten)));
        if (last < first)
        {
            throw new TenonException("TEN3025", $"Flatten: start {start} comes after end {end} for shape {Shape}.");
        }

        var sizes = Shape.ToArray();
        return Reshape([.. sizes[..first], Shapes.Product(sizes.AsSpan(first, last - first + 1)), .. sizes[(last + 1)..]]);
    }

    /// <summary>Repeats the tensor: <paramref name="counts"/>[i] times along axis i. Axes are added at the front if there are more counts.</summary>
    public Tensor Repeat(params ReadOnlySpan<long> counts)
    {
        if (counts.Length < Rank)
        {
            throw new TenonException("TEN3026", $"Repeat: {counts.Length} counts for shape {Shape}. Expected at least one for each of {Rank} axes.");
        }

        var sizes = new long[counts.Length];
        sizes.AsSpan().Fill(1);
        Shape.ToArray().CopyTo(sizes.AsSpan(counts.Length - Rank));
        var (split, repeated, merged) = (new long[2 * sizes.Length], new long[2 * sizes.Length], new long[sizes.Length]);
        for (var i = 0; i < sizes.Length; i++)
        {
            (split[2 * i], split[2 * i + 1]) = (1, sizes[i]);
            (repeated[2 * i], repeated[2 * i + 1]) = (counts[i], sizes[i]);
            merged[i] = counts[i] * sizes[i];
        }

        return Reshape(split).Expand(repeated).Reshape(merged).AsValue();
    }
}
