using Tenon.Core;

namespace Tenon;

/// <content>Indexing by tensors: <c>x[rows, columns]</c>, <c>x[mask]</c>.</content>
public sealed partial class Tensor
{
    /// <summary>Elements replaced, or added to, at places that tensors name together, as in <c>x[i, j] = values</c>.</summary>
    /// <param name="indices">Integers or masks, of the first axes; they broadcast.</param>
    /// <param name="values">What broadcasts to <c>[I…, rest…]</c>.</param>
    /// <param name="accumulate">Whether values are added, all that name one place; otherwise the last of them stays.</param>
    /// <exception cref="TenonException">The indices stand for more axes than there are, or are no indices.</exception>
    public Tensor IndexPut(ReadOnlySpan<Tensor> indices, Tensor values, bool accumulate = false)
    {
        var picks = new SortedList<int, Tensor>();
        var axis = 0;
        foreach (var index in indices)
        {
            var pick = index.Rank == 0 ? index.Reshape(1) : index;
            picks.Add(axis, pick);
            axis += pick.DType.IsBool ? pick.Rank : 1;
        }

        return axis <= Rank && axis > 0
            ? WithPicked(picks, values, accumulate)
            : throw new TenonException("TEN3044", $"IndexPut: an index of {axis} axes for shape {Shape}. Expected 1 to {Rank}.");
    }

    private Tensor PickedBy(SortedList<int, Tensor> picks)
    {
        var plan = Plan(picks);
        var common = plan.Place.Rank;
        var picked = Picked(plan.Source, plan.Place.Flatten()).Reshape([.. plan.Place.Shape, .. plan.Rest]);
        int[] rest = [.. Enumerable.Range(common, plan.Rest.Length)];
        return picked.Permute([.. rest[..plan.Before], .. Enumerable.Range(0, common), .. rest[plan.Before..]]).AsValue();
    }

    // This tensor with what tensors pick of it replaced by a value.
    private Tensor WithPicked(SortedList<int, Tensor> picks, Tensor value, bool accumulate = false)
    {
        if (!accumulate && picks.Count == 1 && picks.Values[0] is { DType.IsBool: true } mask && IsOneOf(value, Rank - picks.Keys[0] - mask.Rank))
        {
            // One value wherever a mask holds needs no places.
            RequireMask(mask, picks.Keys[0]);
            var rest = Rank - picks.Keys[0] - mask.Rank;
            var one = value.Rank > rest ? value.Squeeze(0) : value;
            return Where(mask.Reshape([.. mask.Shape, .. Enumerable.Repeat<SymInt>(1, rest)]), one.Cast(DType), this);
        }

        var plan = Plan(picks);
        var (common, before) = (plan.Place.Rank, plan.Before);
        var spread = value.Cast(DType).Expand([.. plan.Rest[..before], .. plan.Place.Shape, .. plan.Rest[before..]]);
        int[] axes = [.. Enumerable.Range(0, spread.Rank)];
        var rows = spread.Permute([.. axes[before..(before + common)], .. axes[..before], .. axes[(before + common)..]])
            .Reshape(plan.Place.Shape.Elements, plan.Source.Shape.Size(1));
        var place = plan.Place.Flatten();
        var result = accumulate ? plan.Source.Scattered(place, rows, ScatterReduction.Sum) : plan.Source.ScatteredLast(place, rows);
        return result.Reshape(Array.ConvertAll(plan.Order, i => Shape.Size(i))).Permute(Moves.Inverse(plan.Order)).AsValue();

        static bool IsOneOf(Tensor value, int rest) => value.Rank <= rest || (value.Rank == rest + 1 && value.Shape.Size(0) == 1);
    }

    private PickPlan Plan(SortedList<int, Tensor> picks)
    {
        var (axes, coordinates) = (new List<int>(), new List<Tensor>());
        foreach (var (axis, pick) in picks)
        {
            if (!pick.DType.IsBool && !pick.DType.IsInteger)
            {
                throw new TenonException("TEN3041", $"[]: an index {pick.Shape} of {pick.DType}. Expected integers or bool.");
            }

            if (pick.DType.IsBool)
            {
                RequireMask(pick, axis);
                coordinates.AddRange(pick.Places());
            }
            else
            {
                coordinates.Add(pick);
            }

            axes.AddRange(Enumerable.Range(axis, pick.DType.IsBool ? pick.Rank : 1));
        }

        int[] rest = [.. Enumerable.Range(0, Rank).Except(axes)];
        int[] order = [.. axes, .. rest];
        var sizes = axes.ConvertAll(i => Shape.Size(i)).ToArray();
        var restSizes = Array.ConvertAll(rest, i => Shape.Size(i));
        var source = Permute(order).Reshape(Shapes.Product(sizes), Shapes.Product(restSizes));
        var areTogether = axes[^1] - axes[0] == axes.Count - 1;
        return new PickPlan(order, LinearPlaces([.. coordinates], sizes), source, restSizes, areTogether ? axes[0] : 0);
    }

    private void RequireMask(Tensor mask, int axis)
    {
        var fits = mask.Rank <= Rank - axis;
        for (var i = 0; i < mask.Rank && fits; i++)
        {
            fits = mask.Shape.Dim(i) == Shape.Dim(axis + i);
        }

        if (!fits)
        {
            throw new TenonException("TEN3151", $"[]: a mask {mask.Shape} over the axes from {axis} of shape {Shape}. Expected the same sizes.");
        }
    }

    /// <summary>What tensors pick of another.</summary>
    /// <param name="Order">Its axes, the picked ones first.</param>
    /// <param name="Place">The picked places among the elements of those axes.</param>
    /// <param name="Source">It as <c>[places, rest]</c>.</param>
    /// <param name="Rest">The sizes of the other axes.</param>
    /// <param name="Before">How many of the other axes come before the picked in the result.</param>
    private sealed record PickPlan(int[] Order, Tensor Place, Tensor Source, SymInt[] Rest, int Before);
}
