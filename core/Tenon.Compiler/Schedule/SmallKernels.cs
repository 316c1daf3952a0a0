using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Small kernels that nobody waits for, such as the updates of a model's biases, run last and together: one kernel with a nest
/// of loops for each, since a launch costs more than they do.
/// </summary>
internal static class SmallKernels
{
    // In one launch one thread works, and the others wait for it.
    private const long MostPointsOfAll = 32 * 1024;
    private const int MostNests = 16;

    /// <summary>What each launch computes, in order: the kernels of an order, of which the small ones at the end share launches.</summary>
    public static List<List<KernelGroup>> Join(List<KernelGroup> order, Dictionary<KernelGroup, UOp> kernels, SlotTable slots, SchedulerOptions options)
    {
        var launches = new List<List<KernelGroup>>(order.Count);
        var small = new List<(KernelGroup Group, Load Load)>();
        var most = MostPointsOfAll / Math.Max(1, options.Parallelism);
        foreach (var group in order)
        {
            if (!group.IsCopy && group.Dependents.Count == 0 && Load.Of(kernels[group], slots, group.Points) is var load && load.Points <= most)
            {
                small.Add((group, load));
            }
            else
            {
                launches.Add([group]);
            }
        }

        // The largest first: the others fill what room they leave.
        var last = new List<(List<KernelGroup> Groups, Load Load)>();
        foreach (var (group, load) in small.OrderByDescending(s => s.Load.Points).ThenBy(s => s.Group.Number))
        {
            if (last.Find(l => l.Groups[0].Device == group.Device && l.Groups.Count < MostNests && l.Load.Add(load, most, options.MaxBuffers)) is { Groups: { } groups })
            {
                groups.Add(group);
            }
            else
            {
                last.Add(([group], load));
            }
        }

        launches.AddRange(last.Select(l => l.Groups));
        return launches;
    }

    /// <summary>One kernel that does what several do, and its output loops in order.</summary>
    public static (UOp Kernel, UOp[] Loops) Combine(List<KernelGroup> groups, Dictionary<KernelGroup, UOp> kernels)
    {
        if (groups.Count == 1)
        {
            return (kernels[groups[0]], groups[0].LoopOrder());
        }

        var (stores, loops, next) = (new List<UOp>(), new List<UOp>(), 0);
        foreach (var group in groups)
        {
            var kernel = kernels[group];
            var ranges = kernel.TopologicalOrder().FindAll(u => u.Op == Ops.Range);
            ranges.Sort(static (a, b) => a.ArgAs<RangeArg>().Id.CompareTo(b.ArgAs<RangeArg>().Id));
            var map = new NodeMap<UOp>();
            foreach (var range in ranges)
            {
                map[range] = UOp.Range(range[0], next++, range.ArgAs<RangeArg>().Kind);
            }

            stores.AddRange(kernel.Substitute(map).Src);
            foreach (var loop in group.LoopOrder())
            {
                if (map.TryGetValue(loop, out var renumbered))
                {
                    loops.Add(renumbered);
                }
            }
        }

        return (UOp.Sink([.. stores]), [.. loops]);
    }

    /// <summary>What a launch has to do: the points of its loops, and the storage that it needs.</summary>
    private sealed class Load(double points, HashSet<int> slots)
    {
        private HashSet<int> _slots = slots;

        public double Points { get; private set; } = points;

        // What it reads lives until the end now: temporaries count as points.
        public static Load Of(UOp kernel, SlotTable slots, double points)
        {
            var used = new HashSet<int>();
            foreach (var u in kernel.TopologicalOrder())
            {
                if (u.Op == Ops.Param && used.Add(u.ArgAs<ParamArg>().Slot) && slots[u.ArgAs<ParamArg>().Slot] is { Kind: SlotKind.Temporary } temporary)
                {
                    points = Math.Max(points, temporary.Size);
                }
            }

            return new Load(points, used);
        }

        /// <summary>Adds another, if there is room for it.</summary>
        public bool Add(Load other, long mostPoints, int maxBuffers)
        {
            var all = new HashSet<int>(_slots);
            all.UnionWith(other._slots);
            if (Points + other.Points > mostPoints || all.Count > maxBuffers)
            {
                return false;
            }

            (Points, _slots) = (Points + other.Points, all);
            return true;
        }
    }
}
