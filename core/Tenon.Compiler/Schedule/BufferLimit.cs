using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Splits kernels that would use more buffers than a device allows: values within them get kernels and storage of their own, until all fit.
/// </summary>
internal static class BufferLimit
{
    /// <summary>A plan of which no kernel uses more buffers than are allowed, as far as that can be.</summary>
    /// <param name="order">The graph.</param>
    /// <param name="newSlots">Makes the storage that the graph names.</param>
    /// <param name="options">What to know of the machine.</param>
    /// <param name="slots">The storage with what the plan has added.</param>
    public static FusionPlan Plan(IReadOnlyList<UOp> order, Func<SlotTable> newSlots, SchedulerOptions options, out SlotTable slots)
    {
        var apart = new NodeSet();
        while (true)
        {
            slots = newSlots();
            var plan = new FusionPlan(order, slots, options, apart);
            if (options.MaxBuffers == int.MaxValue || !Split(plan, options.MaxBuffers, apart))
            {
                return plan;
            }
        }
    }

    // Adds values that are to be computed apart; false if there is nothing to split.
    private static bool Split(FusionPlan plan, int limit, NodeSet apart)
    {
        var leaves = LeavesOf(plan);
        var isSplit = false;
        foreach (var group in plan.Groups)
        {
            var used = new HashSet<int>(group.Outputs.Select(o => o.Slot));
            foreach (var output in group.Outputs)
            {
                used.UnionWith(leaves.GetValueOrDefault(output.Home) ?? []);
            }

            if (used.Count <= limit || group.IsCopy)
            {
                continue;
            }

            // Kernels that were merged are taken apart first.
            if (group.Outputs.Count > 1)
            {
                foreach (var output in group.Outputs)
                {
                    isSplit |= apart.Add(output.Node);
                }
            }
            else if (Choose(plan, group, leaves, used.Count - limit, limit, apart) is { } inner)
            {
                isSplit |= apart.Add(inner);
            }
        }

        return isSplit;
    }

    // Of the values that spare as many buffers as must be the smallest, or the one that spares most.
    private static UOp? Choose(FusionPlan plan, KernelGroup group, Dictionary<Access, HashSet<int>> leaves, int excess, int limit, NodeSet apart)
    {
        UOp? best = null;
        var (bestSpared, bestSize) = (0, 0L);
        foreach (var node in plan.Order)
        {
            if (!(OpSet.Elementwise.Contains(node.Op) || node.Op == Ops.Reduce) || node.DType == DType.Index || apart.Contains(node) || plan.StorageOf(node) is not null)
            {
                continue;
            }

            foreach (var use in plan.UsesOf(node))
            {
                if (use.Group != group || use.Sources is null || !leaves.TryGetValue(use, out var under) || under.Count >= limit)
                {
                    continue;
                }

                var (spared, size) = (Math.Min(under.Count - 1, excess), node.Shape.MaxElements);
                if (spared > bestSpared || (spared == bestSpared && spared > 0 && size < bestSize))
                {
                    (best, bestSpared, bestSize) = (node, spared, size);
                }
            }
        }

        return best;
    }

    // The storage that each use is computed from.
    private static Dictionary<Access, HashSet<int>> LeavesOf(FusionPlan plan)
    {
        var leaves = new Dictionary<Access, HashSet<int>>();
        foreach (var node in plan.Order)
        {
            foreach (var use in plan.UsesOf(node))
            {
                leaves[use] = use.Sources is { } sources ? Under(sources)
                    : node.Op == Ops.Param ? [node.ArgAs<ParamArg>().Slot]
                    : plan.StorageOf(node) is { } stored ? [stored.Slot]
                    : [];
            }

            if (plan.StorageOf(node) is { Home: { Sources: { } own } home })
            {
                leaves[home] = Under(own);
            }
        }

        return leaves;

        HashSet<int> Under(Access[] sources)
        {
            var all = new HashSet<int>();
            foreach (var source in sources)
            {
                all.UnionWith(leaves.GetValueOrDefault(source.Same ?? source) ?? []);
            }

            return all;
        }
    }
}
