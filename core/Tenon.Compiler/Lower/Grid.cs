using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Folds the grid's dimensions into one index of work items.</summary>
internal static class Grid
{
    /// <summary>The kernel with its global ranges computed from one index, and how many work items there are.</summary>
    public static (UOp Kernel, long Size) Apply(UOp kernel)
    {
        using var stage = Tracing.Begin("lower/grid", kernel);
        var ranges = kernel.TopologicalOrder().Where(u => u.Op == Ops.Range && u.ArgAs<RangeArg>().Kind == RangeKind.Global)
            .OrderBy(u => u.ArgAs<RangeArg>().Id).ToList();
        var size = ranges.Aggregate(1L, (p, r) => p * r[0].Max);
        var done = new NodeMap<UOp>();
        var rest = Simplifier.SimplifyNode(UOp.New(Ops.Special, DType.Index, [], new SpecialArg("gid", size)));
        for (var i = ranges.Count - 1; i >= 0; i--)
        {
            done[ranges[i]] = i == 0 ? rest : IndexMath.FloorMod(rest, ranges[i][0]);
            rest = IndexMath.FloorDiv(rest, ranges[i][0]);
        }

        foreach (var u in kernel.TopologicalOrder().Where(u => !done.ContainsKey(u)))
        {
            done[u] = u.Op is Ops.End or Ops.Reduce
                ? UOp.New(u.Op, u.DType, [done[u[0]], .. u.Src[1..].ToArray().Where(r => !ranges.Contains(r)).Select(r => done[r])], u.Arg)
                : u.MapSources(done);
        }

        var folded = GraphRewrite.Apply(done[kernel], Simplifier.Rules);
        stage?.Result = folded;
        return (folded, size);
    }
}
