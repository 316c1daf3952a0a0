using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Merges neighbouring loops into one where no index becomes harder for it: contiguous axes become one axis.</summary>
internal static class RangeMerging
{
    private enum Verdict
    {
        /// <summary>Every index is as simple in the merged loop.</summary>
        Merges,

        /// <summary>It shows when the merged kernel is simplified.</summary>
        Unclear,

        /// <summary>They can't be one loop, or some index would need a division and none becomes simpler.</summary>
        Divides,
    }

    public static UOp Apply(UOp kernel)
    {
        while (MergeOnce(kernel) is { } merged)
        {
            kernel = merged;
        }

        return kernel;
    }

    private static UOp? MergeOnce(UOp kernel)
    {
        var order = kernel.TopologicalOrder();
        var indices = IndicesOf(order);
        foreach (var node in order)
        {
            if (node.Op is not (Ops.End or Ops.Reduce))
            {
                continue;
            }

            for (var i = 1; i + 1 < node.Src.Length; i++)
            {
                var verdict = CanMerge(order, node[i], node[i + 1]) ? Judge(indices, node[i], node[i + 1]) : Verdict.Divides;
                if (verdict != Verdict.Divides
                    && Merged(kernel, node[i], node[i + 1]) is var merged
                    && (verdict == Verdict.Merges || LoopChanges.Divisions(merged.TopologicalOrder()) <= LoopChanges.Divisions(order)))
                {
                    return merged;
                }
            }
        }

        return null;
    }

    // The whole index expressions: what is used as something else than an index.
    private static NodeSet IndicesOf(List<UOp> order)
    {
        var indices = new NodeSet();
        foreach (var u in order)
        {
            if (u.DType != DType.Index && u.Op is not (Ops.End or Ops.Reduce))
            {
                foreach (var s in u.Src)
                {
                    if (s.DType == DType.Index)
                    {
                        indices.Add(s);
                    }
                }
            }
        }

        return indices;
    }

    // Loops can only merge if they have literal sizes, and whoever has one has the other next to it.
    private static bool CanMerge(List<UOp> order, UOp a, UOp b)
    {
        if (a[0].Op != Ops.Const || b[0].Op != Ops.Const || a.ArgAs<RangeArg>().Kind != b.ArgAs<RangeArg>().Kind)
        {
            return false;
        }

        foreach (var u in order)
        {
            if (u.Op is Ops.End or Ops.Reduce)
            {
                var loops = u.Src[1..];
                var (i, j) = (loops.IndexOf(a), loops.IndexOf(b));
                if (i < 0 ? j >= 0 : j != i + 1)
                {
                    return false;
                }
            }
        }

        return true;
    }

    // c·(a·n + b) + … is c·m + … for the merged loop m, where n is the size of b.
    private static Verdict Judge(NodeSet indices, UOp a, UOp b)
    {
        var verdict = Verdict.Merges;
        foreach (var index in indices.Nodes)
        {
            if (!index.DependsOn(a) && !index.DependsOn(b))
            {
                continue;
            }

            if (Strides.Along(index, a) is not { } outer || Strides.Along(index, b) is not { } inner)
            {
                return Verdict.Unclear;
            }

            verdict = outer == inner * b[0].Max ? verdict : Verdict.Divides;
        }

        return verdict;
    }

    private static UOp Merged(UOp kernel, UOp a, UOp b)
    {
        var merged = UOp.Range(UOp.Index(a[0].Max * b[0].Max), a.ArgAs<RangeArg>().Id, a.ArgAs<RangeArg>().Kind);
        var changes = new LoopChanges();
        changes.Add(a, IndexMath.FloorDiv(merged, b[0]), merged);
        changes.Add(b, IndexMath.FloorMod(merged, b[0]));
        return changes.Apply(kernel, "lower/optimise/merge loops");
    }
}
