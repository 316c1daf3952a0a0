using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>Gives the loops of the grid to groups, and those of groups to their lanes.</summary>
internal static class Grid
{
    /// <summary>The kernel with its global ranges computed from the group's number, its lanes from the lane's, and how many there are of both.</summary>
    /// <exception cref="TenonException">It needs more than the device allows.</exception>
    public static (UOp Kernel, GridSize Groups, GridSize Lanes) Apply(UOp kernel, CodeGeneratorView target)
    {
        using var stage = Tracing.Begin("lower/grid", kernel);
        var order = kernel.TopologicalOrder();
        var done = new NodeMap<UOp>();
        var (groups, inside) = FoldGroups(order, target.Workgroups, done);
        var layout = LaneLayout.Of(order, target.Workgroups);
        var lowering = new LaneLowering(order, layout, target, inside, done);
        foreach (var u in order.Where(u => !done.ContainsKey(u)))
        {
            done[u] = lowering.Lower(u);
        }

        var folded = GraphRewrite.Apply(done[kernel], Simplifier.Rules);
        stage?.Result = folded;
        return (folded, groups, layout.Shape);
    }

    // Ranges that fit are dimensions themselves. Groups past the end, of which there are few, do the last one's work again, and don't store it.
    private static (GridSize Groups, UOp Inside) FoldGroups(List<UOp> order, WorkgroupLimits? limits, NodeMap<UOp> done)
    {
        var ranges = order.Where(u => u.Op == Ops.Range && u.ArgAs<RangeArg>().Kind == RangeKind.Global).OrderByDescending(u => u.ArgAs<RangeArg>().Id).ToList();
        var size = ranges.Aggregate(1L, (p, r) => checked(p * r[0].Max));
        var (groups, rest, inside) = (new GridSize(size), Simplifier.SimplifyNode(UOp.New(Ops.Special, DType.Index, [], new SpecialArg("gid", size))), UOp.Const(true));
        if (limits is not null)
        {
            if (ranges.Count is > 0 and <= 3 && ranges.Index().All(r => r.Item[0].Max <= limits.MaxGroups[r.Index]))
            {
                groups = new GridSize(ranges[0][0].Max, ranges.ElementAtOrDefault(1)?[0].Max ?? 1, ranges.ElementAtOrDefault(2)?[0].Max ?? 1);
                foreach (var (dimension, range) in ranges.Index())
                {
                    done[range] = GridShape.Special(groups, SpecialKind.Group, dimension);
                }

                return (groups, inside);
            }

            groups = GridShape.Covering(size, limits.MaxGroups);
            rest = GridShape.Number(groups, SpecialKind.Group);
            if (groups.Count > size)
            {
                (inside, rest) = (IndexMath.Less(rest, UOp.Index(size)), IndexMath.Min(rest, UOp.Index(size - 1)));
            }
        }

        foreach (var (i, range) in ranges.Index())
        {
            done[range] = i == ranges.Count - 1 ? rest : IndexMath.FloorMod(rest, range[0]);
            rest = IndexMath.FloorDiv(rest, range[0]);
        }

        return (groups, inside);
    }
}
