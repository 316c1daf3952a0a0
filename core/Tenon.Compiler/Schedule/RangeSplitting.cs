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
        foreach (var node in Reduced(order))
        {
            if (node.Op is Ops.FloorDiv or Ops.FloorMod && node[0].Op == Ops.Range && node[1].Op == Ops.Const
                && node[0] is var range && range[0].Op == Ops.Const && range.ArgAs<RangeArg>().Kind == RangeKind.Loop
                && node[1].Max is > 1 and var d && range[0].Max % d == 0 && range[0].Max > d && tried.Add((range, d))
                && Split(kernel, order, range, d) is var split && Divisions(split.TopologicalOrder()) < Divisions(order))
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

    private static UOp Split(UOp kernel, List<UOp> order, UOp range, long d)
    {
        var next = order.Where(u => u.Op == Ops.Range).Max(u => u.ArgAs<RangeArg>().Id) + 1;
        var (q, s) = (UOp.Range(UOp.Index(range[0].Max / d), range.ArgAs<RangeArg>().Id), UOp.Range(UOp.Index(d), next));
        var done = new NodeMap<UOp> { [range] = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, q, UOp.Index(d)), s) };
        foreach (var u in order)
        {
            if (u.Op is Ops.End or Ops.Reduce && u.Src[1..].Contains(range))
            {
                done[u] = UOp.New(u.Op, u.DType, [done[u[0]], .. u.Src[1..].ToArray().SelectMany(r => r == range ? new[] { q, s } : [r])], u.Arg);
            }
            else if (u != range)
            {
                done[u] = u.MapSources(done);
            }
        }

        return GraphRewrite.Apply(done[kernel], Simplifier.Rules, stage: "schedule/canonicalise/split loops");
    }

    private static int Divisions(List<UOp> order)
    {
        var count = 0;
        foreach (var u in order)
        {
            count += u.Op is Ops.FloorDiv or Ops.FloorMod ? 1 : 0;
        }

        return count;
    }
}
