using Tenon.Core;

namespace Tenon;

/// <content>
/// What meets at a place. Where few values meet few places, each place looks at every value; otherwise values are sorted by place, runs
/// of equal places are reduced in log M steps, and each place finds its run by bisection.
/// </content>
public sealed partial class Tensor
{
    /// <summary>So many pairs of value and place are looked at; beyond it, values are sorted. Tests lower it.</summary>
    internal static long MostPairs { get; set; } = 1L << 24;

    // Reduces values [B…, M, P] with places [B…, M] into [B…, N, P]; the neutral value where none meets. Places outside are passed over.
    private static Tensor Collected(Ops op, Tensor places, Tensor values, SymInt n, Scalar neutral)
    {
        var m = places.Shape.Size(^1);
        if (Shapes.Product(Shapes.Broadcast(Shapes.With(values.Shape, values.Rank - 2, 1), places.Unsqueeze(-1).Shape, "scatter").ToSizes()).Max * n.Max <= MostPairs || m.Max <= 2)
        {
            var isOwn = places.Unsqueeze(-2).Unsqueeze(-1).Eq(Arange(n).Reshape(n, 1, 1));
            return Where(isOwn, values.Unsqueeze(-3), neutral).Reduce(op, [-2], keepDim: false, "scatter");
        }

        var (order, sorted) = SortedPlaces(places, n);
        var run = Picked(values, order).Contiguous();
        for (long distance = 1; distance < m.Max; distance *= 2)
        {
            var isSame = sorted.Eq(Later(sorted, -1, distance, -1)).Unsqueeze(-1);
            run = Where(isSame, Alu(op, Later(run, -2, distance, neutral), run), run).Contiguous();
        }

        var (last, isHit) = RunEnds(sorted, n);
        return Where(isHit.Unsqueeze(-1), Picked(run, last), neutral);
    }

    // Which of the values [B…, M] that name a place comes last: [B…, N], -1 where none does.
    private static Tensor LastAt(Tensor places, SymInt n)
    {
        var m = places.Shape.Size(^1);
        if (Shapes.Product(places.Shape.ToSizes()).Max * n.Max <= MostPairs || m.Max <= 2)
        {
            return Collected(Ops.Max, places, Arange(m).Unsqueeze(-1), n, -1).Squeeze(-1);
        }

        var (order, sorted) = SortedPlaces(places, n);
        var (last, isHit) = RunEnds(sorted, n);
        return Where(isHit, Picked(order.Unsqueeze(-1), last).Squeeze(-1), -1);
    }

    // The stable order by place, and the places in it; those outside come last.
    private static (Tensor Order, Tensor Sorted) SortedPlaces(Tensor places, SymInt n)
    {
        var isInside = (places < (Tensor)n) & (places.DType.IsSigned ? places >= 0 : places.TrueLike());
        var key = Where(isInside, places.Cast(DType.Int32), (Tensor)n).Contiguous();
        var order = key.ArgSort().Contiguous();
        return (order, Picked(key.Unsqueeze(-1), order).Squeeze(-1).Contiguous());
    }

    // Where the run of each place ends among sorted places, and whether it has one.
    private static (Tensor Last, Tensor IsHit) RunEnds(Tensor sorted, SymInt n)
    {
        var last = (Searched(sorted, Arange(n), right: true) - 1).Contiguous();
        return (last, Picked(sorted.Unsqueeze(-1), last).Squeeze(-1).Eq(Arange(n)) & (last >= 0));
    }

    // The elements moved to later places of an axis, with a number before them.
    private static Tensor Later(Tensor x, int axis, SymInt distance, Scalar before)
    {
        var padding = new (SymInt, SymInt)[x.Rank];
        padding[Shapes.Axis(axis, x.Rank, nameof(Later))] = (distance, -distance);
        return x.Pad(padding, before);
    }

    private static Tensor Alu(Ops op, Tensor x, Tensor y) => op switch
    {
        Ops.Add => x + y,
        Ops.Mul => x * y,
        _ => x.Maximum(y),
    };
}
