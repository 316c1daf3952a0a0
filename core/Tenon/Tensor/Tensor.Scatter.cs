using Tenon.Core;

namespace Tenon;

/// <summary>What becomes of several values that are scattered to one place.</summary>
public enum ScatterReduction
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their product.</summary>
    Prod,

    /// <summary>Their mean; of integers rounded towards minus infinity.</summary>
    Mean,

    /// <summary>The greatest; NaN if one is NaN.</summary>
    AMax,

    /// <summary>The least; NaN if one is NaN.</summary>
    AMin,
}

/// <content>
/// Writing by index, each to a new tensor. Negative indices count from the end, values for a place outside are passed over, and the
/// results don't depend on the device: where a place is named twice, the last value stays or all are reduced.
/// </content>
public sealed partial class Tensor
{
    /// <summary>Replaces along an axis: <c>result[index[i, j], j] = source[i, j]</c> for axis 0, and so on.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers of this tensor's rank, not larger than it on the other axes.</param>
    /// <param name="source">Of the rank of the index and not smaller; the part of it that the index covers is used.</param>
    /// <exception cref="TenonException">The index or the source doesn't fit.</exception>
    public Tensor Scatter(int axis, Tensor index, Tensor source) => ScatterAlong(axis, index, source, nameof(Scatter), static (x, at, values) => x.ScatteredLast(at, values));

    /// <summary>Replaces by a number along an axis.</summary>
    public Tensor Scatter(int axis, Tensor index, Scalar value) => Scatter(axis, index, Full(index.Shape, value, DType));

    /// <summary>Adds along an axis: <c>result[index[i, j], j] += source[i, j]</c> for axis 0, and so on; see <see cref="Scatter(int, Tensor, Tensor)"/>.</summary>
    public Tensor ScatterAdd(int axis, Tensor index, Tensor source) => ScatterReduce(axis, index, source, ScatterReduction.Sum);

    /// <summary>Reduces along an axis all that is scattered to one place; see <see cref="Scatter(int, Tensor, Tensor)"/>.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers of this tensor's rank, not larger than it on the other axes.</param>
    /// <param name="source">Of the rank of the index and not smaller.</param>
    /// <param name="reduction">How.</param>
    /// <param name="includeSelf">Whether the element that is there takes part.</param>
    public Tensor ScatterReduce(int axis, Tensor index, Tensor source, ScatterReduction reduction, bool includeSelf = true) =>
        ScatterAlong(axis, index, source, nameof(ScatterReduce), (x, at, values) => x.Scattered(at, values, reduction, includeSelf));

    /// <summary>Replaces slices by coordinates, the converse of <see cref="GatherNd"/>: this tensor with <paramref name="updates"/> at <paramref name="indices"/>.</summary>
    /// <param name="indices">Integers <c>[I…, K]</c>: places on the first K axes.</param>
    /// <param name="updates"><c>[I…, rest…]</c>.</param>
    /// <param name="reduction">How what meets at a place, and what is there, is reduced; null for the last value.</param>
    public Tensor ScatterNd(Tensor indices, Tensor updates, ScatterReduction? reduction = null)
    {
        var depth = CoordinateCount(indices, 0, nameof(ScatterNd));
        var (sizes, at) = (Shape.ToSizes(), indices.Shape.ToSizes()[..^1]);
        var expected = (Shape)(SymInt[])[.. at, .. sizes[depth..]];
        if (!updates.Shape.Equals(expected))
        {
            throw new TenonException("TEN3155", $"ScatterNd: updates {updates.Shape} at indices {indices.Shape} of shape {Shape}. Expected updates {expected}.");
        }

        var rows = Reshape(Shapes.Product(sizes.AsSpan(0, depth)), Shapes.Product(sizes.AsSpan(depth)));
        var values = updates.Cast(DType).Reshape(Shapes.Product(at), rows.Shape.Size(1));
        var place = indices.LinearPlaces(sizes.AsSpan(0, depth)).Flatten();
        return (reduction is { } how ? rows.Scattered(place, values, how) : rows.ScatteredLast(place, values)).Reshape(Shape).AsValue();
    }

    /// <summary>Adds slices of <paramref name="source"/>, times a number, to the slices of an axis that <paramref name="index"/> <c>[M]</c> names.</summary>
    public Tensor IndexAdd(int axis, Tensor index, Tensor source, Scalar? alpha = null) =>
        IndexReduce(axis, index, alpha is { } a ? source * a : source, ScatterReduction.Sum);

    /// <summary>Replaces the slices of an axis that <paramref name="index"/> <c>[M]</c> names by those of <paramref name="source"/>.</summary>
    public Tensor IndexCopy(int axis, Tensor index, Tensor source) => IndexedSlices(axis, index, source, nameof(IndexCopy), static (x, at, values) => x.ScatteredLast(at, values));

    /// <summary>Replaces the slices of an axis that <paramref name="index"/> <c>[M]</c> names by a number.</summary>
    public Tensor IndexFill(int axis, Tensor index, Scalar value)
    {
        var at = Shapes.Axis(axis, Rank, nameof(IndexFill));
        RequireIndices(index, nameof(IndexFill), 1);
        var isNamed = LastAt(Wrapped(index, Shape.Size(at)), Shape.Size(at)) >= 0;
        return MaskedFill(isNamed.Reshape(Shapes.Along(Rank, at, Shape.Size(at))), value);
    }

    /// <summary>Reduces slices of <paramref name="source"/> into the slices of an axis that <paramref name="index"/> <c>[M]</c> names.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers <c>[M]</c>.</param>
    /// <param name="source">This tensor's shape, with M on the axis.</param>
    /// <param name="reduction">How.</param>
    /// <param name="includeSelf">Whether the element that is there takes part.</param>
    public Tensor IndexReduce(int axis, Tensor index, Tensor source, ScatterReduction reduction, bool includeSelf = true) =>
        IndexedSlices(axis, index, source, nameof(IndexReduce), (x, at, values) => x.Scattered(at, values, reduction, includeSelf));

    /// <summary>Sums of the elements of each segment: slices of the first axis by their segment's number, <c>[M, …]</c> → <c>[segments, …]</c>.</summary>
    /// <param name="segment">Integers <c>[M]</c>, in any order.</param>
    /// <param name="segments">How many there are.</param>
    public Tensor SegmentSum(Tensor segment, long segments) =>
        Full(Shapes.With(Shape, 0, segments), 0, DType).IndexAdd(0, segment, this);

    private Tensor ScatterAlong(int axis, Tensor index, Tensor source, string operation, Func<Tensor, Tensor, Tensor, Tensor> scatter)
    {
        var at = Shapes.Axis(axis, Rank, operation);
        var fits = source.Rank == index.Rank;
        for (var i = 0; i < index.Rank && fits; i++)
        {
            fits = Shapes.IsAtMost(index.Shape.Size(i), source.Shape.Size(i));
        }

        if (!fits)
        {
            throw new TenonException("TEN3154", $"{operation}: source {source.Shape} for index {index.Shape}. Expected the same rank, and a source that is not smaller.");
        }

        // What the index doesn't reach on the other axes stays as it is.
        var region = IndexedRegion(index, at, operation);
        var values = source.Shrink(Shapes.Bounds(index.Shape)).Cast(DType);
        var x = Shrink(Shapes.Bounds(region)).Transpose(at, -1).Unsqueeze(-1);
        var result = scatter(x, Wrapped(index, Shape.Size(at)).Transpose(at, -1), values.Transpose(at, -1).Unsqueeze(-1)).Squeeze(-1).Transpose(at, -1);
        return region.Equals(Shape) ? result.AsValue() : WithCorner(result);
    }

    private Tensor IndexedSlices(int axis, Tensor index, Tensor source, string operation, Func<Tensor, Tensor, Tensor, Tensor> scatter)
    {
        var at = Shapes.Axis(axis, Rank, operation);
        RequireIndices(index, operation, 1);
        var expected = Shapes.With(Shape, at, index.Shape.Size(0));
        if (!source.Shape.Equals(expected))
        {
            throw new TenonException("TEN3154", $"{operation}: source {source.Shape} for {index.Shape} indices of axis {at} of shape {Shape}. Expected {expected}.");
        }

        var sizes = Shape.ToSizes();
        var (outer, n, inner) = (Shapes.Product(sizes.AsSpan(0, at)), sizes[at], Shapes.Product(sizes.AsSpan(at + 1)));
        var values = source.Cast(DType).Reshape(outer, index.Shape.Size(0), inner);
        return scatter(Reshape(outer, n, inner), Wrapped(index, n), values).Reshape(Shape).AsValue();
    }

    // This tensor with its first elements of each axis replaced.
    private Tensor WithCorner(Tensor corner)
    {
        var padding = new (SymInt, SymInt)[Rank];
        for (var i = 0; i < Rank; i++)
        {
            padding[i] = (0, Shape.Size(i) - corner.Shape.Size(i));
        }

        return Where(corner.TrueLike().Pad(padding), corner.Pad(padding), this);
    }

    // [B…, N, P] with the last of values [B…, M, P] at places [B…, M].
    private Tensor ScatteredLast(Tensor places, Tensor values)
    {
        var last = LastAt(places, Shape.Size(^2));
        return Where((last >= 0).Unsqueeze(-1), Picked(values, last), this);
    }

    // [B…, N, P] with values [B…, M, P] reduced into places [B…, M].
    private Tensor Scattered(Tensor places, Tensor values, ScatterReduction reduction, bool includeSelf = true)
    {
        var n = Shape.Size(^2);
        if (reduction == ScatterReduction.AMin)
        {
            return Reversed(Reversed(this).Scattered(places, Reversed(values), ScatterReduction.AMax, includeSelf));
        }

        var wide = AccumulationDType(DType);
        var (op, neutral) = reduction switch
        {
            ScatterReduction.Prod => (Ops.Mul, (Scalar)1),
            ScatterReduction.AMax => (Ops.Max, DType.IsFloat ? double.NegativeInfinity : wide.MinInteger),
            _ => (Ops.Add, (Scalar)0),
        };
        var x = Cast(wide);
        var collected = Collected(op, places, values.Cast(wide), n, neutral);
        if (reduction != ScatterReduction.Mean)
        {
            var self = includeSelf ? x : Where(IsNamed(), x.FullLike(neutral), x);
            return Alu(op, self, collected).Cast(DType);
        }

        var count = Collected(Ops.Add, places, Ones([places.Shape.Size(^1), 1], DType.Int32), n, 0) + (includeSelf ? 1 : 0);
        var sum = (includeSelf ? x : Where(count.Eq(0), x, x.ZerosLike())) + collected;
        count = count.Maximum(1);
        return (DType.IsFloat ? sum / count.Cast(wide) : sum.FloorDiv(count)).Cast(DType);

        Tensor IsNamed() => (LastAt(places, n) >= 0).Unsqueeze(-1);
    }
}
