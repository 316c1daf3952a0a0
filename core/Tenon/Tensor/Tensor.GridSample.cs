using Tenon.Core;

namespace Tenon;

/// <summary>What <see cref="Tensor.GridSample"/> finds outside its input.</summary>
public enum GridPadding
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>The nearest element inside.</summary>
    Border,

    /// <summary>The input, reflected at its ends as often as it takes.</summary>
    Reflection,
}

public sealed partial class Tensor
{
    /// <summary>
    /// Samples at the places of a grid: <c>[N, C, i…]</c> and a grid <c>[N, o…, d]</c>, for d axes i, give <c>[N, C, o…]</c>.
    /// </summary>
    /// <param name="grid">Places from -1 to 1; the last axis names them as x, y, z: the last axis of the input first.</param>
    /// <param name="mode">Nearest, linear or cubic, between the elements around a place.</param>
    /// <param name="padding">What lies outside.</param>
    /// <param name="alignCorners">Whether -1 and 1 are the centres of the first and last elements; otherwise their edges.</param>
    /// <exception cref="TenonException">The shapes don't fit, or the mode is another.</exception>
    public Tensor GridSample(Tensor grid, Interpolation mode = Interpolation.Linear, GridPadding padding = GridPadding.Zeros, bool alignCorners = false)
    {
        var axes = Rank - 2;
        if (axes < 1 || grid.Rank != Rank || grid.Shape.Dims[^1] != UOp.Index(axes) || grid.Shape.Dim(0) != Shape.Dim(0)
            || mode is not (Interpolation.Nearest or Interpolation.Linear or Interpolation.Cubic))
        {
            throw new TenonException("TEN3207", $"GridSample: input {Shape}, grid {grid.Shape}, mode {mode}. Expected [N, C, i…] and [N, o…, {axes}], and Nearest, Linear or Cubic.");
        }

        SymInt[] count = grid.Shape.ToSizes()[1..^1];
        var places = grid.ToFloat().Reshape(Shape.Size(0), Shapes.Product(count), axes);
        var coordinates = new Tensor[axes];
        for (var i = 0; i < axes; i++)
        {
            var (g, size) = (places[.., .., axes - 1 - i], Shapes.Known(Shape, 2 + i, nameof(GridSample)));
            coordinates[i] = alignCorners ? (g + 1) * ((size - 1) / 2.0) : ((g + 1) * size - 1) * 0.5;
        }

        return Sampled(coordinates, mode, padding, alignCorners).Reshape([Shape.Size(0), Shape.Size(1), .. count]);
    }

    /// <summary>
    /// The grid of affine maps, for <see cref="GridSample"/>: this tensor, <c>[N, d, d + 1]</c>, maps places in the result, (x, y, z, 1),
    /// to places in the input: <c>[N, o…, d]</c>.
    /// </summary>
    /// <param name="size">The sizes o, a number for each of d axes.</param>
    /// <param name="alignCorners">Whether -1 and 1 are the centres of the first and last elements; otherwise their edges.</param>
    /// <exception cref="TenonException">The shape is another.</exception>
    public Tensor AffineGrid(Sizes size, bool alignCorners = false)
    {
        var axes = Rank == 3 && Shape.Size(1).IsKnown ? (int)Shape.Size(1).Min : 0;
        if (axes < 1 || Shape.Size(2) != axes + 1)
        {
            throw new TenonException("TEN3207", $"AffineGrid: maps of shape {Shape}. Expected [N, d, d + 1] for d axes.");
        }

        var to = size.For(axes, 1, nameof(AffineGrid));
        SymInt[] sizes = [.. to];
        var columns = new Tensor[axes + 1];
        columns[axes] = Ones(sizes, DType);
        for (var i = 0; i < axes; i++)
        {
            var steps = Arange(to[i]).Cast(AccumulationDType(DType)) * 2;
            var along = alignCorners ? (to[i] > 1 ? steps / (to[i] - 1) - 1 : steps) : (steps + 1) / to[i] - 1;
            columns[axes - 1 - i] = along.Cast(DType).Reshape(Shapes.Along(axes, i, to[i])).Expand(sizes);
        }

        var places = Stack(columns, -1).Reshape(-1, axes + 1);
        return places.MatMul(T).Reshape([Shape.Size(0), .. sizes, axes]);
    }

    // [N, C, i…] at coordinates [N, M] in elements, one tensor for each axis → [N, C, M].
    private Tensor Sampled(Tensor[] coordinates, Interpolation mode, GridPadding padding, bool alignCorners)
    {
        Tensor? sum = null;
        foreach (var (value, weight) in Samples(coordinates, mode, padding, alignCorners))
        {
            var part = weight is null ? value : value * weight;
            sum = sum is null ? part : sum + part;
        }

        return sum!.Cast(DType);
    }

    // The elements [N, C, M] around places with their weights [N, 1, M]; null is 1. What lies outside is zero and has no weight.
    private IEnumerable<(Tensor Value, Tensor? Weight)> Samples(Tensor[] coordinates, Interpolation mode, GridPadding padding, bool alignCorners)
    {
        var axes = coordinates.Length;
        var wide = AccumulationDType(Promotion.Join(DType, coordinates[0].DType));
        var source = Reshape(Shape.Size(0), Shape.Size(1), Shapes.Product(Shape.ToSizes().AsSpan(2))).Cast(wide).T;
        var taps = new List<(Tensor At, Tensor? Weight)>[axes];
        for (var i = 0; i < axes; i++)
        {
            var size = Shapes.Known(Shape, 2 + i, nameof(GridSample));
            taps[i] = [.. TapsAlong(coordinates[i].Cast(wide), size, mode, padding, alignCorners)];
        }

        var count = Shapes.Product(Shape.ToSizes().AsSpan(2));
        var dtype = count.Max > int.MaxValue ? DType.Int64 : DType.Int32;
        var choice = new int[axes];
        for (var more = true; more;)
        {
            Tensor isInside = true;
            for (var i = 0; i < axes; i++)
            {
                isInside &= (taps[i][choice[i]].At >= 0) & (taps[i][choice[i]].At <= Shape.Size(2 + i).Min - 1);
            }

            Tensor place = 0;
            Tensor? weight = null;
            for (var i = 0; i < axes; i++)
            {
                var (at, w) = taps[i][choice[i]];
                place = place * Shape.Size(2 + i).Min + Where(isInside, at, 0).Cast(dtype);
                weight = w is null ? weight : weight is null ? w : weight * w;
            }

            yield return (Taken(source, Where(isInside, place, -1), count).T, weight is null ? null : Where(isInside, weight, 0).Unsqueeze(1));
            more = false;
            for (var i = axes - 1; i >= 0 && !more; i--)
            {
                more = ++choice[i] < taps[i].Count;
                choice[i] = more ? choice[i] : 0;
            }
        }
    }

    // Elements [N, P, C] at places [N, M]; the gradient adds up what meets at a place, also where there are many. It carries the places as
    // floating point, as far as that is exact.
    private static Tensor Taken(Tensor source, Tensor places, SymInt count) => count.Max >= 1 << 24
        ? Picked(source, places)
        : Picked(source.Detach(), places).WithGradient(
            [source, places.Cast(source.DType)], static (g, _, of) => [Collected(Ops.Add, of[1].Cast(DType.Int32), g, of[0].Shape.Size(^2), 0), null]);

    // The whole positions around coordinates, with their weights.
    private static IEnumerable<(Tensor At, Tensor? Weight)> TapsAlong(Tensor u, long size, Interpolation mode, GridPadding padding, bool alignCorners)
    {
        if (mode == Interpolation.Nearest)
        {
            return [(Inside(u, size, padding, alignCorners).Detach().Round(), null)];
        }

        if (mode == Interpolation.Linear)
        {
            u = Inside(u, size, padding, alignCorners);
            var floor = u.Detach().Floor();
            return [(floor, floor + 1 - u), (floor + 1, u - floor)];
        }

        var first = u.Detach().Floor();
        var t = u - first;
        return Enumerable.Range(-1, 4).Select(k => (Inside(first + k, size, padding, alignCorners).Detach().Round(), (Tensor?)CubicWeight((t - k).Abs(), k is 0 or 1)));
    }

    // Cubic convolution by a = -3/4; see ResampleFilter.Cubic.
    private static Tensor CubicWeight(Tensor d, bool isNear) => isNear ? (d * 1.25 - 2.25) * d * d + 1 : ((d - 5) * d + 8) * d * -0.75 + 3;

    // Coordinates led back into an axis.
    private static Tensor Inside(Tensor u, long size, GridPadding padding, bool alignCorners)
    {
        if (padding == GridPadding.Reflection)
        {
            var (low, span) = alignCorners ? (0.0, size - 1.0) : (-0.5, (double)size);
            var distance = (u - low).Abs();
            var flips = (distance / Math.Max(span, 1)).Detach().Floor();
            var rest = distance - flips * span;
            var isOdd = (flips * 0.5).Floor().Ne(flips * 0.5);
            u = span == 0 ? u * 0 : Where(isOdd, span - rest, rest) + low;
        }

        return padding == GridPadding.Zeros ? u : u.Clamp(0, size - 1);
    }
}
