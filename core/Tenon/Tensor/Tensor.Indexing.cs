using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>In an index: all axes that the other parts don't name.</summary>
    public static TensorIndex Ellipsis => TensorIndex.Ellipsis;

    /// <summary>In an index: a new axis of size 1.</summary>
    public static TensorIndex NewAxis => TensorIndex.NewAxis;

    /// <summary>
    /// A part of the tensor: <c>x[1..3, ^1]</c>. Each part names an axis in turn; a position drops its axis, a range keeps it. Axes
    /// that are not named are kept whole. The part is a view, as of all movement. Set, its elements get new values, broadcast and
    /// converted; unlike those of <see cref="Assign"/>, a gradient passes through them.
    /// </summary>
    /// <exception cref="TenonException">
    /// More parts than axes, or a part outside its axis; a value that doesn't broadcast to the part, or is on another device; a leaf
    /// that requires a gradient is set outside <see cref="NoGrad"/>.
    /// </exception>
    [IndexerName("Element")]
    public Tensor this[params ReadOnlySpan<TensorIndex> index]
    {
        get
        {
            var parts = WithoutEllipsis(index);
            var bounds = Shapes.Bounds(Shape);
            var steps = new long[Rank];
            steps.AsSpan().Fill(1);
            var kept = new List<bool>();
            var axis = 0;
            foreach (var part in parts)
            {
                if (part.Kind != TensorIndexKind.NewAxis)
                {
                    bounds[axis] = BoundsOf(part, axis);
                    steps[axis] = part.Step;
                    kept.Add(part.Kind == TensorIndexKind.Range);
                    axis++;
                }
            }

            var selected = Shrink(bounds).Strided(steps);
            var sizes = new List<SymInt>();
            axis = 0;
            foreach (var part in parts)
            {
                if (part.Kind == TensorIndexKind.NewAxis)
                {
                    sizes.Add(1);
                }
                else if (kept[axis++])
                {
                    sizes.Add(selected.Shape.Size(axis - 1));
                }
            }

            return selected.Reshape([.. sizes]);
        }

        set => this[index].Write(value, passesGradient: true, "[] =");
    }

    /// <summary>Chosen slices of an axis: slice i of the result is slice <paramref name="indices"/>[i] of this tensor.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="indices">Integers <c>[M]</c>; an index outside the axis gives zeros.</param>
    public Tensor IndexSelect(int axis, Tensor indices)
    {
        var at = Shapes.Axis(axis, Rank, nameof(IndexSelect));
        if (indices.Rank != 1 || !indices.DType.IsInteger)
        {
            throw new TenonException("TEN3041", $"IndexSelect: indices {indices.Shape} of {indices.DType}. Expected integers of one axis.");
        }

        // [outer, M, n, inner]: each index meets every slice and keeps the one that is its own.
        var sizes = Shape.ToSizes();
        var (outer, n, inner) = (Shapes.Product(sizes.AsSpan(0, at)), sizes[at], Shapes.Product(sizes.AsSpan(at + 1)));
        var isOwn = indices.Reshape(-1, 1, 1).Eq(Arange(n).Reshape(n, 1));
        var chosen = Where(isOwn, Reshape(outer, 1, n, inner), 0).Sum([2], dtype: DType.IsBool ? DType.Int32 : DType).Cast(DType);
        sizes[at] = indices.Shape.Size(0);
        return chosen.Reshape(sizes);
    }

    /// <summary>Picks along an axis: <c>result[i, j] = this[index[i, j], j]</c> for axis 0, and so on.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers of this tensor's rank, not larger than it on the other axes.</param>
    public Tensor Gather(int axis, Tensor index)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Gather));
        var fits = index.Rank == Rank && index.DType.IsInteger;
        for (var i = 0; i < Rank && fits; i++)
        {
            fits = i == at || Shapes.IsAtMost(index.Shape.Size(i), Shape.Size(i));
        }

        if (!fits)
        {
            throw new TenonException("TEN3042", $"Gather: index {index.Shape} of {index.DType} for shape {Shape}. Expected integers of rank {Rank}, not larger outside axis {at}.");
        }

        var bounds = Shapes.Bounds(Shapes.With(index.Shape, at, Shape.Size(at)));
        var source = Shrink(bounds).Transpose(at, -1).Unsqueeze(-2);
        var isOwn = index.Transpose(at, -1).Unsqueeze(-1).Eq(Arange(Shape.Size(at)));
        return Where(isOwn, source, 0).Sum([-1], dtype: DType.IsBool ? DType.Int32 : DType).Cast(DType).Transpose(at, -1).AsValue();
    }

    // Every step-th element of each axis; backwards for negative steps.
    private Tensor Strided(ReadOnlySpan<long> steps)
    {
        var back = new List<int>();
        var strides = new long[steps.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] < 0)
            {
                back.Add(i);
            }

            strides[i] = Math.Abs(steps[i]);
        }

        return View(TensorGraph.Stride(TensorGraph.Flip(Node, [.. back]), strides), "[]");
    }

    private (SymInt Begin, SymInt End) BoundsOf(TensorIndex part, int axis)
    {
        var size = Shape.Size(axis);
        var (begin, end) = part.BoundsIn(size);
        return begin.Min >= 0 && Shapes.IsAtMost(begin, end) && Shapes.IsAtMost(end, size)
            ? (begin, end)
            : throw new TenonException(
                "TEN3043",
                $"Index {part} is outside axis {axis} of shape {Shape}, which has {size} elements{(begin.IsKnown && end.IsKnown && size.IsKnown ? "" : ", for some value of its variables: give them bounds within the axis")}.");
    }

    private List<TensorIndex> WithoutEllipsis(ReadOnlySpan<TensorIndex> index)
    {
        var named = 0;
        var ellipses = 0;
        foreach (var part in index)
        {
            named += part.Kind is TensorIndexKind.Position or TensorIndexKind.Range ? 1 : 0;
            ellipses += part.Kind == TensorIndexKind.Ellipsis ? 1 : 0;
        }

        if (named > Rank || ellipses > 1)
        {
            throw new TenonException("TEN3044", $"An index of {named} axes and {ellipses} ellipses for shape {Shape}. Expected at most {Rank} axes and one ellipsis.");
        }

        var parts = new List<TensorIndex>();
        foreach (var part in index)
        {
            if (part.Kind == TensorIndexKind.Ellipsis)
            {
                parts.AddRange(Enumerable.Repeat<TensorIndex>(Range.All, Rank - named));
            }
            else
            {
                parts.Add(part);
            }
        }

        if (ellipses == 0)
        {
            parts.AddRange(Enumerable.Repeat<TensorIndex>(Range.All, Rank - named));
        }

        return parts;
    }
}
