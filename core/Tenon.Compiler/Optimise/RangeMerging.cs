using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Merges neighbouring loops into one where no index becomes harder for it: contiguous axes become one axis.</summary>
internal static class RangeMerging
{
    public static UOp Apply(UOp kernel)
    {
        for (var again = true; again;)
        {
            again = false;
            foreach (var node in kernel.TopologicalOrder().Where(u => u.Op is Ops.End or Ops.Reduce))
            {
                for (var i = 1; i + 1 < node.Src.Length && !again; i++)
                {
                    if (TryMerge(kernel, node[i], node[i + 1]) is { } merged)
                    {
                        (kernel, again) = (merged, true);
                    }
                }

                if (again)
                {
                    break;
                }
            }
        }

        return kernel;
    }

    private static UOp? TryMerge(UOp kernel, UOp a, UOp b)
    {
        if (a[0].Op != Ops.Const || b[0].Op != Ops.Const || a.ArgAs<RangeArg>().Kind != b.ArgAs<RangeArg>().Kind)
        {
            return null;
        }

        var order = kernel.TopologicalOrder();
        if (order.Exists(u => u.Op is Ops.End or Ops.Reduce && !Together(u, a, b)))
        {
            return null;
        }

        var merged = UOp.Range(UOp.Index(a[0].Max * b[0].Max), a.ArgAs<RangeArg>().Id, a.ArgAs<RangeArg>().Kind);
        var done = new NodeMap<UOp>()
        {
            [a] = IndexMath.FloorDiv(merged, b[0]),
            [b] = IndexMath.FloorMod(merged, b[0]),
        };
        foreach (var u in order)
        {
            if (u.Op is Ops.End or Ops.Reduce && u.Src[1..].Contains(a))
            {
                done[u] = UOp.New(u.Op, u.DType, [done[u[0]], .. u.Src[1..].ToArray().Where(r => r != b).Select(r => r == a ? merged : r)], u.Arg);
            }
            else if (u != a && u != b)
            {
                done[u] = u.MapSources(done);
            }
        }

        var result = GraphRewrite.Apply(done[kernel], Simplifier.Rules, stage: "lower/optimise/merge loops");
        return Divisions(result.TopologicalOrder()) <= Divisions(order) ? result : null;
    }

    // Loops can only merge if whoever has one has the other next to it.
    private static bool Together(UOp node, UOp a, UOp b)
    {
        var (i, j) = (node.Src[1..].IndexOf(a), node.Src[1..].IndexOf(b));
        return i < 0 ? j < 0 : j == i + 1;
    }

    private static int Divisions(List<UOp> order) => order.Count(u => u.Op is Ops.FloorDiv or Ops.FloorMod);
}
