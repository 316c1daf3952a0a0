using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Splits a loop whose iteration is only taken apart again by what is reduced, into quotient and remainder by some number:
/// r → q·d + s. The reduction then reads along q and s: what depends on q alone is loaded once for all s. Elsewhere it would
/// not pay, because what is stored is then no longer contiguous.
/// </summary>
internal static class RangeSplitting
{
    public static UOp Apply(UOp kernel)
    {
        while (SplitOnce(kernel) is { } split)
        {
            kernel = split;
        }

        return kernel;
    }

    private static UOp? SplitOnce(UOp kernel)
    {
        var order = kernel.TopologicalOrder();
        var tried = new HashSet<(UOp, long)>();
        var next = 1 + order.Where(u => u.Op == Ops.Range).Select(u => u.ArgAs<RangeArg>().Id).DefaultIfEmpty(-1).Max();
        foreach (var node in Reduced(order))
        {
            if (node.Op is Ops.FloorDiv or Ops.FloorMod && node[0].Op == Ops.Range && node[1].Op == Ops.Const
                && node[0] is var range && range[0].Op == Ops.Const && range.ArgAs<RangeArg>().Kind == RangeKind.Loop
                && node[1].Max is > 1 and var d && range[0].Max % d == 0 && range[0].Max > d && tried.Add((range, d))
                && Split(kernel, next, range, d) is var split && LoopChanges.Divisions(split.TopologicalOrder()) < LoopChanges.Divisions(order))
            {
                return split;
            }
        }

        return null;
    }

    // What lies within reductions.
    private static List<UOp> Reduced(List<UOp> order)
    {
        var reduced = new NodeSet();
        foreach (var reduce in order.Where(u => u.Op == Ops.Reduce))
        {
            reduce[0].TopologicalOrder().ForEach(u => reduced.Add(u));
        }

        return order.FindAll(reduced.Contains);
    }

    private static UOp Split(UOp kernel, int next, UOp range, long d)
    {
        var (q, s) = (UOp.Range(UOp.Index(range[0].Max / d), range.ArgAs<RangeArg>().Id), UOp.Range(UOp.Index(d), next));
        var changes = new LoopChanges();
        changes.Add(range, UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, q, UOp.Index(d)), s), q, s);
        return changes.Apply(kernel, "schedule/canonicalise/split loops");
    }
}
