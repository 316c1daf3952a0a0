using Tenon.Core;

namespace Tenon;

/// <content>
/// Picking by index. Negative indices count from the end; what is picked outside is zero (false). The compiler reads only what is
/// picked.
/// </content>
public sealed partial class Tensor
{
    /// <summary>Chosen slices of an axis: slice i of the result is slice <paramref name="indices"/>[i] of this tensor.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="indices">Integers <c>[M]</c>; negative ones count from the end, and one outside the axis gives zeros.</param>
    /// <exception cref="TenonException">The indices are not integers of one axis.</exception>
    public Tensor IndexSelect(int axis, Tensor indices)
    {
        var at = Shapes.Axis(axis, Rank, nameof(IndexSelect));
        RequireIndices(indices, nameof(IndexSelect), 1);
        var sizes = Shape.ToSizes();
        var (outer, n, inner) = (Shapes.Product(sizes.AsSpan(0, at)), sizes[at], Shapes.Product(sizes.AsSpan(at + 1)));
        sizes[at] = indices.Shape.Size(0);
        return Picked(Reshape(outer, n, inner), Wrapped(indices, n)).Reshape(sizes).AsValue();
    }

    /// <summary>Picks along an axis: <c>result[i, j] = this[index[i, j], j]</c> for axis 0, and so on.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Integers of this tensor's rank, not larger than it on the other axes; negative ones count from the end.</param>
    /// <exception cref="TenonException">The index doesn't fit.</exception>
    public Tensor Gather(int axis, Tensor index)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Gather));
        var source = Shrink(Shapes.Bounds(IndexedRegion(index, at, nameof(Gather))));
        var picked = Picked(source.Transpose(at, -1).Unsqueeze(-1), Wrapped(index, Shape.Size(at)).Transpose(at, -1));
        return picked.Squeeze(-1).Transpose(at, -1).AsValue();
    }

    /// <summary>As <see cref="Gather"/>, where the index broadcasts with this tensor over the other axes; without an axis, of all elements.</summary>
    /// <param name="indices">Integers of this tensor's rank; of any shape without an axis.</param>
    /// <param name="axis">The axis, or null for <see cref="Take"/>.</param>
    public Tensor TakeAlongAxis(Tensor indices, int? axis = null)
    {
        if (axis is null)
        {
            return Take(indices);
        }

        var at = Shapes.Axis(axis.Value, Rank, nameof(TakeAlongAxis));
        RequireIndices(indices, nameof(TakeAlongAxis), Rank);
        var common = Shapes.Broadcast(Shapes.With(Shape, at, 1), Shapes.With(indices.Shape, at, 1), nameof(TakeAlongAxis));
        return Expand(Shapes.With(common, at, Shape.Size(at))).Gather(at, indices.Expand(Shapes.With(common, at, indices.Shape.Size(at))));
    }

    /// <summary>Elements by their number, the last axis running fastest: of the shape of <paramref name="indices"/>.</summary>
    public Tensor Take(Tensor indices) => Flatten().IndexSelect(0, indices.Flatten()).Reshape(indices.Shape).AsValue();

    /// <summary>
    /// Slices by coordinates: for indices <c>[B…, I…, K]</c>, each row of K numbers names a place on the K axes that follow the batch
    /// axes: the result is <c>[B…, I…, rest…]</c>.
    /// </summary>
    /// <param name="indices">Integers; negative ones count from the end.</param>
    /// <param name="batchAxes">How many of the first axes are common to both.</param>
    /// <exception cref="TenonException">There are more coordinates than axes, or the batch axes differ.</exception>
    public Tensor GatherNd(Tensor indices, int batchAxes = 0)
    {
        var depth = CoordinateCount(indices, batchAxes, nameof(GatherNd));
        var (sizes, at) = (Shape.ToSizes(), indices.Shape.ToSizes());
        var place = indices.LinearPlaces(sizes.AsSpan(batchAxes, depth));
        var source = Reshape([.. sizes[..batchAxes], Shapes.Product(sizes.AsSpan(batchAxes, depth)), Shapes.Product(sizes.AsSpan(batchAxes + depth))]);
        var flat = place.Reshape([.. at[..batchAxes], Shapes.Product(at.AsSpan()[batchAxes..^1])]);
        return Picked(source, flat).Reshape([.. at[..^1], .. sizes[(batchAxes + depth)..]]).AsValue();
    }

    // [B…, N, P] at [B…, M] → [B…, M, P]: every index meets every element and keeps the one that is its own.
    private static Tensor Picked(Tensor source, Tensor at)
    {
        var n = source.Shape.Size(^2);
        var isOwn = at.Unsqueeze(-1).Unsqueeze(-1).Eq(Arange(n).Unsqueeze(-1));

        // Truth values don't add, and the narrowest floats may have no zero.
        var dtype = source.DType;
        var wide = dtype.IsBool ? DType.Int32 : dtype.IsFloat && dtype.Bits < 16 ? DType.Float32 : dtype;
        var picked = Where(isOwn, source.Cast(wide).Unsqueeze(-3), 0).Sum([-2], dtype: wide).Cast(dtype);

        // The gradient of the sum looks at every pair of index and element: of many pairs it is scattered instead.
        var hasOwnBatch = Shapes.With(picked.Shape, picked.Rank - 2, n).Equals(source.Shape);
        return dtype.IsFloat && hasOwnBatch && picked.Shape.Elements.Max > MostPairs / Math.Max(1, n.Max)
            ? picked.WithGradient([source], (g, _, _) => [Collected(Ops.Add, at, g.Cast(AccumulationDType(dtype)), n, 0).Cast(dtype)])
            : picked;
    }

    // Indices counted from the front; those outside stay outside.
    private static Tensor Wrapped(Tensor index, SymInt n)
    {
        if (!index.DType.IsSigned)
        {
            return index;
        }

        var least = n.Max > int.MaxValue ? DType.Int64 : DType.Int32;
        var wide = index.DType.Bits < least.Bits ? index.Cast(least) : index;
        return Where(wide < 0, wide + (Tensor)n, wide);
    }

    // Rows of coordinates [I…, K] as places [I…] among the elements of axes of those sizes; -1 where one is outside.
    private Tensor LinearPlaces(ReadOnlySpan<SymInt> sizes)
    {
        var coordinates = new Tensor[sizes.Length];
        for (var i = 0; i < coordinates.Length; i++)
        {
            coordinates[i] = Shrink([.. Shapes.Bounds(Shape)[..^1], (i, i + 1)]).Squeeze(-1);
        }

        return coordinates.Length == 0 ? Full(Core.Shape.FromDims(Shape.Dims[..^1]), 0) : LinearPlaces(coordinates, sizes);
    }

    // The same of coordinates in tensors that broadcast.
    private static Tensor LinearPlaces(ReadOnlySpan<Tensor> coordinates, ReadOnlySpan<SymInt> sizes)
    {
        var isWide = Shapes.Product(sizes).Max > int.MaxValue;
        Tensor place = 0;
        Tensor? isInside = null;
        for (var i = 0; i < coordinates.Length; i++)
        {
            var at = Wrapped(coordinates[i], sizes[i]);
            var here = (at < (Tensor)sizes[i]) & (at.DType.IsSigned ? at >= 0 : at.TrueLike());
            isInside = isInside is null ? here : isInside & here;
            place = i == 0 ? at.Cast(isWide ? DType.Int64 : DType.Int32) : place * (Tensor)sizes[i] + at.Cast(isWide ? DType.Int64 : DType.Int32);
        }

        return isInside is null ? place : Where(isInside, place, -1);
    }

    private Tensor TrueLike() => ~FalseLike();

    private int CoordinateCount(Tensor indices, int batchAxes, string operation)
    {
        var fits = indices.DType.IsInteger && indices.Rank > batchAxes && batchAxes >= 0 && batchAxes <= Rank;
        var depth = fits ? Shapes.Known(indices.Shape, indices.Rank - 1, operation) : 0;
        for (var i = 0; i < batchAxes && fits; i++)
        {
            fits = Shape.Dim(i) == indices.Shape.Dim(i);
        }

        return fits && depth <= Rank - batchAxes
            ? (int)depth
            : throw new TenonException("TEN3150", $"{operation}: indices {indices.Shape} of {indices.DType} for shape {Shape} with {batchAxes} batch axes. Expected integers [B…, I…, K] with the same {batchAxes} first axes, and K at most {Rank - batchAxes}.");
    }

    private static void RequireIndices(Tensor indices, string operation, int rank)
    {
        if (indices.Rank != rank || !indices.DType.IsInteger)
        {
            throw new TenonException("TEN3041", $"{operation}: indices {indices.Shape} of {indices.DType}. Expected integers of {rank} {(rank == 1 ? "axis" : "axes")}.");
        }
    }

    // This tensor's part that an index of its rank reaches: all of one axis, of the others as much as the index has.
    private Shape IndexedRegion(Tensor index, int axis, string operation)
    {
        var fits = index.Rank == Rank && index.DType.IsInteger;
        for (var i = 0; i < Rank && fits; i++)
        {
            fits = i == axis || Shapes.IsAtMost(index.Shape.Size(i), Shape.Size(i));
        }

        return fits
            ? Shapes.With(index.Shape, axis, Shape.Size(axis))
            : throw new TenonException("TEN3042", $"{operation}: index {index.Shape} of {index.DType} for shape {Shape}. Expected integers of rank {Rank}, not larger outside axis {axis}.");
    }
}
