using Tenon.Core;

namespace Tenon;

/// <content>Composed movement.</content>
public sealed partial class Tensor
{
    /// <summary>Moves an axis to another place; the others keep their order.</summary>
    public Tensor MoveAxis(int from, int to) => MoveAxis([from], [to]);

    /// <summary>Moves axes to other places; the others keep their order.</summary>
    /// <exception cref="TenonException">There are not as many places as axes, or one is named twice.</exception>
    public Tensor MoveAxis(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        if (Shapes.AxisSet(from, Rank, nameof(MoveAxis)).Length != Shapes.AxisSet(to, Rank, nameof(MoveAxis)).Length)
        {
            throw new TenonException("TEN3017", $"MoveAxis: {from.Length} axes to {to.Length} places. Expected as many.");
        }

        var order = new int[Rank];
        order.AsSpan().Fill(-1);
        var rest = Enumerable.Range(0, Rank).ToList();
        for (var i = 0; i < from.Length; i++)
        {
            var axis = Shapes.Axis(from[i], Rank, nameof(MoveAxis));
            order[Shapes.Axis(to[i], Rank, nameof(MoveAxis))] = axis;
            rest.Remove(axis);
        }

        var next = 0;
        for (var i = 0; i < Rank; i++)
        {
            order[i] = order[i] < 0 ? rest[next++] : order[i];
        }

        return Permute(order);
    }

    /// <summary>Swaps two axes, as <see cref="Transpose"/>.</summary>
    public Tensor SwapAxes(int axis1, int axis2) => Transpose(axis1, axis2);

    /// <summary>Makes several axes of one.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="sizes">Their sizes, of which one may be -1.</param>
    public Tensor Unflatten(int axis, params Shape sizes)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Unflatten));
        var known = sizes.ToSizes();
        var free = Array.FindIndex(known, static s => s == -1);
        if (free >= 0)
        {
            known[free] = 1;
            known[free] = Shape.Size(at) / (Shapes.Product(known) is var rest && rest != 0 ? rest : 1);
        }

        var all = Shape.ToSizes();
        return Reshape([.. all[..at], .. known, .. all[(at + 1)..]]);
    }

    /// <summary>The part of an axis from <paramref name="start"/> on, of some length.</summary>
    public Tensor Narrow(int axis, SymInt start, SymInt length)
    {
        var bounds = Shapes.Bounds(Shape);
        bounds[Shapes.Axis(axis, Rank, nameof(Narrow))] = (start, start + length);
        return Shrink(bounds);
    }

    /// <summary>One slice of an axis, which is dropped; a negative place counts from the end.</summary>
    public Tensor Select(int axis, int place)
    {
        var index = new TensorIndex[Rank];
        index.AsSpan().Fill(Range.All);
        index[Shapes.Axis(axis, Rank, nameof(Select))] = place;
        return this[index];
    }

    /// <summary>The first elements of each axis, as many as given; -1 keeps an axis.</summary>
    public Tensor ShrinkTo(params Shape shape) =>
        Shrink(Array.ConvertAll(SizesFor(shape, nameof(ShrinkTo)), static s => ((SymInt)0, s)));

    /// <summary>A number behind the elements of each axis, up to a size; -1 keeps an axis.</summary>
    public Tensor PadTo(Shape shape, Scalar value = default)
    {
        var sizes = SizesFor(shape, nameof(PadTo));
        return Pad([.. sizes.Select((s, i) => ((SymInt)0, s - Shape.Size(i)))], value);
    }

    /// <summary>Moves elements along axes; those that leave at one end come in at the other.</summary>
    /// <param name="shifts">How far, for each of the axes.</param>
    /// <param name="axes">The axes.</param>
    public Tensor Roll(ReadOnlySpan<int> shifts, ReadOnlySpan<int> axes)
    {
        if (shifts.Length != axes.Length)
        {
            throw new TenonException("TEN3160", $"Roll: {shifts.Length} distances for {axes.Length} axes. Expected one each.");
        }

        var x = this;
        for (var i = 0; i < axes.Length; i++)
        {
            // Two repetitions hold every rotation.
            var at = Shapes.Axis(axes[i], Rank, nameof(Roll));
            var n = Shape.Size(at);
            var twice = new SymInt[Rank];
            twice.AsSpan().Fill(1);
            twice[at] = 2;
            x = n == 0 ? x : x.Repeat(twice).Narrow(at, -(SymInt)shifts[i] % n, n);
        }

        return x.AsValue();
    }

    /// <summary>Moves elements along an axis; without one, along all elements in order.</summary>
    public Tensor Roll(int shift, int? axis = null) => axis is { } a ? Roll([shift], [a]) : Flatten().Roll([shift], [0]).Reshape(Shape).AsValue();

    /// <summary>Turns the plane of two axes by quarters, from the first towards the second.</summary>
    public Tensor Rot90(int quarters = 1, int axis1 = 0, int axis2 = 1) => (quarters & 3) switch
    {
        1 => Flip(axis2).Transpose(axis1, axis2),
        2 => Flip(axis1, axis2),
        3 => Transpose(axis1, axis2).Flip(axis2),
        _ => this,
    };

    /// <summary>Reverses the second axis.</summary>
    public Tensor FlipLr() => Flip(1);

    /// <summary>Reverses the first axis.</summary>
    public Tensor FlipUd() => Flip(0);

    /// <summary>As <see cref="Repeat(Shape)"/>, where missing counts at the front are 1.</summary>
    public Tensor Tile(params Shape counts) => Repeat([.. Enumerable.Repeat<SymInt>(1, Math.Max(0, Rank - counts.Rank)), .. counts]);

    /// <summary>Repeats each slice of an axis; without an axis, each element of all in order.</summary>
    public Tensor RepeatInterleave(SymInt count, int? axis = null)
    {
        if (axis is null)
        {
            return Flatten().RepeatInterleave(count, 0);
        }

        var at = Shapes.Axis(axis.Value, Rank, nameof(RepeatInterleave));
        var repeated = Unsqueeze(at + 1).Expand(Shapes.With(Unsqueeze(at + 1).Shape, at + 1, count));
        return repeated.Flatten(at, at + 1).AsValue();
    }

    /// <summary>Repeats slice i of an axis <paramref name="counts"/>[i] times; without an axis, elements. Realises the counts.</summary>
    /// <param name="counts">Integers <c>[N]</c>, 0 or more.</param>
    /// <param name="axis">The axis; null for all elements in order.</param>
    public Tensor RepeatInterleave(Tensor counts, int? axis = null)
    {
        if (axis is null)
        {
            return Flatten().RepeatInterleave(counts, 0);
        }

        var at = Shapes.Axis(axis.Value, Rank, nameof(RepeatInterleave));
        RequireIndices(counts, nameof(RepeatInterleave), 1);
        if (counts.Shape.Dim(0) != Shape.Dim(at))
        {
            throw new TenonException("TEN3161", $"RepeatInterleave: {counts.Shape} counts for axis {at} of shape {Shape}. Expected {Shape.Size(at)}.");
        }

        if (Shape.Size(at) == 0)
        {
            return this;
        }

        var upTo = counts.CumSum(0).Contiguous().Realize();
        return IndexSelect(at, Searched(upTo, Arange(upTo[^1].Cast(DType.Int64).Item<long>()), right: true));
    }

    /// <summary>All windows of an axis, as a new last axis: <c>[…, N, …]</c> → <c>[…, (N - size) / step + 1, …, size]</c>.</summary>
    public Tensor Unfold(int axis, long size, long step = 1)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Unfold));
        var n = Shapes.Known(Shape, at, nameof(Unfold));
        if (size < 1 || step < 1 || size > n)
        {
            throw new TenonException("TEN3051", $"Unfold: windows of {size} at distances of {step} over axis {at} of shape {Shape}. Expected 1 to {n}, and a distance of 1 or more.");
        }

        var last = MoveAxis(at, -1);
        return last.With(WindowView.Of(last.Node, [size], [step], [1]), nameof(Unfold)).MoveAxis(-2, at).AsValue();
    }

    private SymInt[] SizesFor(Shape shape, string operation)
    {
        var sizes = shape.ToSizes();
        if (sizes.Length != Rank)
        {
            throw new TenonException("TEN3024", $"{operation}: sizes {shape} for shape {Shape}. Expected one for each of {Rank} axes.");
        }

        for (var i = 0; i < Rank; i++)
        {
            sizes[i] = sizes[i] == -1 ? Shape.Size(i) : sizes[i];
        }

        return sizes;
    }
}
