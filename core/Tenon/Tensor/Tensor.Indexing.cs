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
    /// <remarks>
    /// A part may be a tensor of integers, which picks elements of its axis: <c>x[rows]</c>, or a mask, which stands for as many axes as
    /// it has and picks where it is true: <c>x[x &gt; 0]</c>. Several such tensors broadcast and pick together, as in NumPy: the axes of
    /// their common shape stand where the picked axes stood, or at the front if those were apart. What they pick is a value, not a view.
    /// An integer that is outside picks zero (false), and is passed over when elements are set; where a place is named twice, the
    /// last value stays. The size of what a mask picks depends on the data: the mask is realised.
    /// </remarks>
    /// <exception cref="TenonException">
    /// More parts than axes, or a part outside its axis; a value that doesn't broadcast to the part, or is on another device; a leaf
    /// that requires a gradient is set outside <see cref="NoGrad"/>.
    /// </exception>
    [IndexerName("Element")]
    public Tensor this[params ReadOnlySpan<TensorIndex> index]
    {
        get
        {
            var view = Basic(index, out var picks);
            return picks.Count == 0 ? view : view.PickedBy(picks);
        }

        set
        {
            var view = Basic(index, out var picks);
            view.Write(picks.Count == 0 ? value : view.WithPicked(picks, value), passesGradient: true, "[] =");
        }
    }

    // The view that positions, ranges and new axes name; the axes of it that tensors pick from stay whole.
    private Tensor Basic(ReadOnlySpan<TensorIndex> index, out SortedList<int, Tensor> picks)
    {
        picks = [];
        var parts = WithoutEllipsis(index);
        var bounds = Shapes.Bounds(Shape);
        var steps = new long[Rank];
        steps.AsSpan().Fill(1);
        var axis = 0;
        foreach (var part in parts)
        {
            if (part.Kind is TensorIndexKind.Position or TensorIndexKind.Range)
            {
                bounds[axis] = BoundsOf(part, axis);
                steps[axis] = part.Step;
            }

            axis += part.Axes;
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
            else if (part.Picks is { } pick)
            {
                // One truth value is a mask over a new axis.
                picks.Add(sizes.Count, part.Axes > 0 ? pick : pick.Reshape(1));
                if (part.Axes == 0)
                {
                    sizes.Add(1);
                }
            }

            for (var last = axis + part.Axes; axis < last; axis++)
            {
                if (part.Kind != TensorIndexKind.Position)
                {
                    sizes.Add(selected.Shape.Size(axis));
                }
            }
        }

        return selected.Reshape([.. sizes]);
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
            named += part.Axes;
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
