using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>
/// Finds what a graph computes from constants alone, so that it is computed once, before the program is exported. What would take more room
/// than what it is computed from stays as it is.
/// </summary>
internal static class ConstantFolding
{
    /// <summary>The largest such values, each once.</summary>
    /// <param name="sink">A graph over parameters.</param>
    /// <param name="isConstant">Whether the content of a parameter never changes.</param>
    public static IReadOnlyList<UOp> Find(UOp sink, Func<int, bool> isConstant)
    {
        var leaves = new NodeMap<HashSet<UOp>?>();
        var found = new List<UOp>();
        var seen = new NodeSet();
        foreach (var node in sink.TopologicalOrder())
        {
            leaves[node] = LeavesOf(node, leaves, isConstant);
            if (leaves[node] is null)
            {
                foreach (var source in node.Src)
                {
                    Collect(source);
                }
            }
        }

        return found;

        void Collect(UOp node)
        {
            if (node.DType == DType.Index || leaves[node] is not { Count: > 0 } parameters || !seen.Add(node))
            {
                return;
            }

            if (OpSet.Elementwise.Contains(node.Op) || node.Op == Ops.Reduce)
            {
                if (BytesOf(node) <= parameters.Sum(BytesOf))
                {
                    found.Add(node);
                    return;
                }
            }

            foreach (var source in node.Src)
            {
                Collect(source);
            }
        }
    }

    private static long BytesOf(UOp node) => node.DType.BytesOf(node.Shape.MaxElements);

    // The constants that a value follows from; null if it follows from anything else.
    private static HashSet<UOp>? LeavesOf(UOp node, NodeMap<HashSet<UOp>?> leaves, Func<int, bool> isConstant)
    {
        if (node.Op == Ops.Param)
        {
            return isConstant(node.ArgAs<ParamArg>().Slot) ? new HashSet<UOp>(ReferenceEqualityComparer.Instance) { node } : null;
        }

        if (!(OpSet.Elementwise | OpSet.Movement | new OpSet(Ops.Const, Ops.Iota, Ops.Reduce, Ops.Contiguous)).Contains(node.Op))
        {
            return null;
        }

        HashSet<UOp>? all = null;
        foreach (var source in node.Src)
        {
            if (leaves[source] is not { } some)
            {
                return null;
            }

            if (all is null)
            {
                all = some;
            }
            else if (!some.IsSubsetOf(all))
            {
                all = new HashSet<UOp>(all.Concat(some), ReferenceEqualityComparer.Instance);
            }
        }

        return all ?? new HashSet<UOp>(ReferenceEqualityComparer.Instance);
    }
}
