using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Cuts what doesn't fill vectors off sums along memory: the sum of a row of 49 numbers is that of 48, and one more. Otherwise a length that no
/// number of lanes divides would leave no vectors at all.
/// </summary>
/// <remarks>
/// Not where a result has an element in common with others: there the lanes are results.
/// </remarks>
internal static class Peeling
{
    // So many vectors in a row are added at once, where there are enough of them.
    private const int AtOnce = 4;
    private const int Enough = 8;

    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        var order = kernel.TopologicalOrder();
        if (target is { Workgroups: not null, GroupsAreItems: false } || PlanSearch.MaxLanes(order, target) is var lanes && lanes < 4)
        {
            return kernel;
        }

        var reductions = order.FindAll(static u => u.Op == Ops.Reduce);
        var rows = new NodeMap<(UOp Whole, NodeMap<UOp> Tail)>();
        var next = 1 + order.Where(static u => u.Op == Ops.Range).Select(static r => r.ArgAs<RangeArg>().Id).DefaultIfEmpty(-1).Max();
        foreach (var r in reductions.SelectMany(static u => u.Src[1..].ToArray()).Distinct())
        {
            var over = reductions.FindAll(u => u.Src[1..].Contains(r));
            if (r[0].Op == Ops.Const && r[0].Max >= lanes && r[0].Max % (lanes / 2) != 0 && over.TrueForAll(u => IsRow(u, r, target)))
            {
                var tail = r[0].Max % (r[0].Max >= Enough * AtOnce * lanes ? AtOnce * lanes : lanes);
                var whole = UOp.Range(UOp.Index(r[0].Max - tail), r.ArgAs<RangeArg>().Id, RangeKind.Reduce);

                // What is left is summed in loops of its own.
                var others = new NodeMap<UOp> { [r] = IndexMath.Add(whole[0], tail == 1 ? UOp.Index(0) : UOp.Range(UOp.Index(tail), next++, RangeKind.Reduce)) };
                foreach (var other in over.SelectMany(static u => u.Src[1..].ToArray()).Where(o => o != r).Distinct())
                {
                    others[other] = UOp.Range(other[0], next++, RangeKind.Reduce);
                }

                rows[r] = (whole, others);
            }
        }

        if (rows.Count == 0)
        {
            return kernel;
        }

        var done = new NodeMap<UOp>();
        foreach (var u in order)
        {
            var (rebuilt, row) = (u.MapSources(done), u.Op == Ops.Reduce ? Array.Find(u.Src[1..].ToArray(), rows.ContainsKey) : null);
            if (row is not null)
            {
                var (whole, tail) = rows[row];
                rebuilt = UOp.Alu(u.ArgAs<ReduceArg>().Op, Over(rebuilt, new NodeMap<UOp> { [row] = whole }), Over(rebuilt, tail));
            }

            done[u] = rebuilt;
        }

        return GraphRewrite.Apply(done[kernel], Simplifier.Rules, stage: "lower/optimise/peel loops");
    }

    // The same over other ranges, or over none where there is one element.
    private static UOp Over(UOp reduce, NodeMap<UOp> others)
    {
        var body = reduce[0].Substitute(others);
        UOp[] ranges = [.. reduce.Src[1..].ToArray().SelectMany(r => others.TryGetValue(r, out var value) ? value.TopologicalOrder().FindAll(static u => u.Op == Ops.Range) : [r])];
        return ranges.Length == 0 ? body : UOp.New(Ops.Reduce, reduce.DType, [body, .. ranges], reduce.Arg);
    }

    // Whether all that is loaded lies next to each other along the range alone, and is for one result.
    private static bool IsRow(UOp reduce, UOp range, CodeGeneratorView target)
    {
        var loads = reduce[0].TopologicalOrder().FindAll(u => u.Op == Ops.Load && u.DependsOn(range));
        return target.IsVector(reduce.DType) && Array.TrueForAll(reduce.Src[1..].ToArray(), static r => r[0].Op == Ops.Const) && loads.Count > 0 && loads.TrueForAll(load =>
            load.Src.Length == 1 && target.IsMovedInVectors(load.DType)
            && reduce.Ranges.ToArray().All(load.DependsOn)
            && load.Ranges.ToArray().All(r => Strides.Along(load[0][1], r) is { } stride && (stride == 1) == (r == range)));
    }
}
