using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Splits kernels that would use more buffers than a device allows: results are parted, and values within get kernels and storage of their
/// own, until all fit.
/// </summary>
internal sealed class BufferLimit(int limit)
{
    private readonly NodeMap<int> _parts = new();
    private int _lastPart;

    /// <summary>A plan of which no kernel uses more buffers than are allowed, as far as that can be.</summary>
    /// <param name="order">The graph.</param>
    /// <param name="newSlots">Makes the storage that the graph names.</param>
    /// <param name="options">What to know of the machine.</param>
    /// <param name="slots">The storage with what the plan has added.</param>
    /// <param name="snapshots">What is read instead of storage that is overwritten too early.</param>
    public static FusionPlan Plan(IReadOnlyList<UOp> order, Func<SlotTable> newSlots, SchedulerOptions options, out SlotTable slots, out Dictionary<Access, Snapshot> snapshots)
    {
        var limit = new BufferLimit(options.MaxBuffers);
        while (true)
        {
            slots = newSlots();
            var plan = new FusionPlan(order, slots, options, limit._parts);
            snapshots = Hazards.Resolve(plan, slots);
            if (!limit.Split(plan, snapshots))
            {
                return plan;
            }
        }
    }

    // Tells apart what is to have kernels of its own; false if nothing is left to do. Each time parts are new or smaller, so it ends.
    private bool Split(FusionPlan plan, Dictionary<Access, Snapshot> snapshots)
    {
        var isSplit = false;
        foreach (var kernel in KernelBuffers.Of(plan, snapshots, plan.Groups.Where(g => !g.IsCopy && g.Accesses.Count > limit)))
        {
            if (kernel.All.Count > limit)
            {
                isSplit |= kernel.Results.Count > 1 ? PartResults(kernel) : StoreInner(kernel);
            }
        }

        return isSplit;
    }

    // Each result goes where most of its buffers are used already.
    private bool PartResults(KernelBuffers kernel)
    {
        var parts = new List<(int Number, HashSet<int> Buffers)>();
        foreach (var result in kernel.Results)
        {
            var own = kernel.Of(result);
            var part = parts.Where(p => p.Buffers.Union(own).Count() <= limit).OrderBy(p => own.Except(p.Buffers).Count()).FirstOrDefault();
            if (part.Buffers is null)
            {
                parts.Add(part = (++_lastPart, []));
            }

            part.Buffers.UnionWith(own);
            _parts[result.Node] = part.Number;
        }

        return true;
    }

    // Stores one value after another, until what is left fits.
    private bool StoreInner(KernelBuffers kernel)
    {
        var isSplit = false;
        while (kernel.All.Count - limit is > 0 and var excess && Best(kernel, excess) is { } inner)
        {
            _parts[inner] = ++_lastPart;
            kernel.Store(inner);
            isSplit = true;
        }

        return isSplit;
    }

    // Of the values that spare as many buffers as must be the smallest, or the one that spares most.
    private UOp? Best(KernelBuffers kernel, int excess)
    {
        UOp? best = null;
        var (bestSpared, bestSize) = (0, 0L);
        foreach (var (node, buffers) in kernel.Inner)
        {
            var (spared, size) = (Math.Min(buffers.Count - 1, excess), node.Shape.MaxElements);
            if (buffers.Count < limit && !_parts.ContainsKey(node) && (spared > bestSpared || (spared == bestSpared && spared > 0 && size < bestSize)))
            {
                (best, bestSpared, bestSize) = (node, spared, size);
            }
        }

        return best;
    }
}
