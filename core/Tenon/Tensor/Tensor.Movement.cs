using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The transpose of the last two axes: <c>[…, M, N]</c> → <c>[…, N, M]</c>.</summary>
    public Tensor T => Transpose(-2, -1);

    /// <summary>The same elements, in the same order, with other sizes; one size may be -1 and follows from the others.</summary>
    /// <exception cref="TenonException">The number of elements differs.</exception>
    public Tensor Reshape(params Shape shape)
    {
        var count = Shape.Elements;
        var free = shape.Dims.IndexOf(UOp.Index(-1));
        var sizes = shape;
        if (free >= 0)
        {
            var rest = Shapes.With(shape, free, 1).Elements;
            sizes = rest == 0 ? shape : Shapes.With(shape, free, count / rest);
        }

        if (sizes.Elements != count || sizes.Dims.ToArray().Any(s => s.Min < 0))
        {
            throw new TenonException(
                "TEN3016",
                $"Reshape: shape {Shape} has {count} elements and can't become {shape}. Expected sizes with the same product, at most one of them -1.");
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
    public Tensor Expand(params Shape shape)
    {
        var from = Shape.Dims;
        var to = shape.ToSizes();
        var fits = to.Length >= from.Length;
        for (var i = 1; i <= from.Length && fits; i++)
        {
            to[^i] = to[^i] == -1 ? new SymInt(from[^i]) : to[^i];
            fits = from[^i] == to[^i].Node || from[^i].IsInteger(1);
        }

        if (!fits || Array.Exists(to, s => s.Min < 0))
        {
            throw new TenonException("TEN3022", $"Expand: shape {Shape} can't become {shape}. Only axes of size 1 are repeated, and new axes come at the front.");
        }

        return View(TensorGraph.BroadcastTo(Node, to), nameof(Expand));
    }

    /// <summary>Adds elements around the tensor: <c>(before, after)</c> for each axis. Negative padding cuts.</summary>
    /// <param name="padding">Elements before and after, for each axis; whether they are negative must not depend on variables.</param>
    /// <param name="value">What the new elements are.</param>
    /// <exception cref="TenonException">There isn't one pair for each axis, or more is cut than there is.</exception>
    public Tensor Pad(ReadOnlySpan<(SymInt Before, SymInt After)> padding, Scalar value = default)
    {
        if (padding.Length != Rank)
        {
            throw new TenonException("TEN3023", $"Pad: {padding.Length} pairs for shape {Shape}. Expected one pair (before, after) for each of {Rank} axes.");
        }

        var bounds = new (SymInt, SymInt)[Rank];
        var grow = new (SymInt, SymInt)[Rank];
        for (var i = 0; i < Rank; i++)
        {
            var (before, after) = padding[i];
            bounds[i] = (Cut(before), Shape.Size(i) - Cut(after));
            grow[i] = (before + Cut(before), after + Cut(after));
        }

        var inner = Shrink(bounds);
        var padded = inner.With(TensorGraph.Pad(inner.Node, grow), nameof(Pad));
        if (!value.AsBool && !double.IsNegative(value.AsDouble) && DType != DType.Float8E8M0)
        {
            return padded;
        }

        var isInner = new Tensor(TensorGraph.Pad(TensorGraph.Full(DType.Bool, true, inner.Shape), grow), null);
        return Where(isInner, padded, value);

        SymInt Cut(SymInt amount) =>
            amount.Min >= 0 ? 0 : amount.Max <= 0 ? -amount : throw new TenonException(
                "TEN3023", $"Pad: {amount} elements, which may be negative or not, for shape {Shape}. Expected a sign that doesn't depend on variables: give them tighter bounds.");
    }

    /// <summary>Keeps the elements from begin to end (exclusive) of each axis, whatever their variables are bound to.</summary>
    /// <exception cref="TenonException">There isn't one pair for each axis, or a bound is, or may be, outside.</exception>
    public Tensor Shrink(params ReadOnlySpan<(SymInt Begin, SymInt End)> bounds)
    {
        var fits = bounds.Length == Rank;
        for (var i = 0; i < bounds.Length && fits; i++)
        {
            fits = bounds[i].Begin.Min >= 0 && Shapes.IsAtMost(bounds[i].Begin, bounds[i].End) && Shapes.IsAtMost(bounds[i].End, Shape.Size(i));
        }

        return fits
            ? View(TensorGraph.Shrink(Node, bounds), nameof(Shrink))
            : throw new TenonException("TEN3024", $"Shrink: bounds [{string.Join(", ", bounds.ToArray())}] for shape {Shape}. Expected (begin, end) inside each of its {Rank} axes, for every value of their variables.");
    }

    /// <summary>Reverses axes.</summary>
    public Tensor Flip(params ReadOnlySpan<int> axes) => View(TensorGraph.Flip(Node, Shapes.AxisSet(axes, Rank, nameof(Flip))), nameof(Flip));

    /// <summary>Drops every axis of size 1.</summary>
    public Tensor Squeeze() => Reshape(Core.Shape.FromDims([.. Shape.Dims.ToArray().Where(d => !d.IsInteger(1))]));

    /// <summary>Drops an axis if its size is 1.</summary>
    public Tensor Squeeze(int axis)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Squeeze));
        return Shape.Size(at) != 1 ? this : Reshape(Shapes.Without(Shape, [at]));
    }

    /// <summary>Adds an axis of size 1, so that it is axis <paramref name="axis"/> of the result.</summary>
    public Tensor Unsqueeze(int axis)
    {
        var sizes = Shape.ToSizes().ToList();
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

        var sizes = Shape.ToSizes();
        return Reshape([.. sizes[..first], Shapes.Product(sizes.AsSpan(first, last - first + 1)), .. sizes[(last + 1)..]]);
    }

    /// <summary>Repeats the tensor: <paramref name="counts"/>[i] times along axis i. Axes are added at the front if there are more counts.</summary>
    public Tensor Repeat(params Shape counts)
    {
        if (counts.Rank < Rank)
        {
            throw new TenonException("TEN3026", $"Repeat: {counts.Rank} counts for shape {Shape}. Expected at least one for each of {Rank} axes.");
        }

        var sizes = new SymInt[counts.Rank];
        sizes.AsSpan().Fill(1);
        Shape.ToSizes().CopyTo(sizes.AsSpan(counts.Rank - Rank));
        var (split, repeated, merged) = (new SymInt[2 * sizes.Length], new SymInt[2 * sizes.Length], new SymInt[sizes.Length]);
        for (var i = 0; i < sizes.Length; i++)
        {
            (split[2 * i], split[2 * i + 1]) = (1, sizes[i]);
            (repeated[2 * i], repeated[2 * i + 1]) = (counts.Size(i), sizes[i]);
            merged[i] = counts.Size(i) * sizes[i];
        }

        return Reshape(split).Expand(repeated).Reshape(merged).AsValue();
    }
}
