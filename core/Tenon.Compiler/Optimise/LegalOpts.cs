using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>The changes that the loops of a kernel allow, whether they pay or not.</summary>
internal static class LegalOpts
{
    private static readonly int[] Factors = [2, 3, 4, 5, 6, 7, 8, 12, 16, 32];

    /// <summary>Every change that may come next.</summary>
    public static List<Opt> Of(LoopNest nest, CodeGeneratorView target)
    {
        var opts = new List<Opt>();
        var (order, ranges) = (nest.Kernel.TopologicalOrder(), nest.Ranges);
        var cost = new KernelCost(order, [.. ranges], target);
        var vectors = ranges.Where(r => KindOf(r) == RangeKind.Vector).Aggregate(0UL, (bits, r) => bits | 1UL << ranges.IndexOf(r));
        var lanes = PlanSearch.MaxLanes(order, target);
        for (var i = 0; i < ranges.Count; i++)
        {
            var (range, id) = (ranges[i], ranges[i].ArgAs<RangeArg>().Id);
            foreach (var factor in Factors.Where(f => nest.CanSplit(range, f)))
            {
                if (KindOf(range) is RangeKind.Loop or RangeKind.Reduce)
                {
                    opts.Add(new Opt(OptKind.Unroll, id, factor));
                }

                if (factor <= lanes && int.IsPow2(factor) && KindOf(range) is not (RangeKind.Vector or RangeKind.Global) && cost.CanAdd(i, vectors))
                {
                    opts.Add(new Opt(OptKind.Vector, id, factor));
                }
            }
        }

        var common = nest.CommonLoops();
        foreach (var loop in common)
        {
            opts.Add(new Opt(OptKind.Global, loop.ArgAs<RangeArg>().Id));
            if (common.Count > 1 && common.Count == nest.OutputLoops.Count())
            {
                opts.Add(new Opt(OptKind.Innermost, loop.ArgAs<RangeArg>().Id));
            }
        }

        return opts;
    }

    private static RangeKind KindOf(UOp range) => range.ArgAs<RangeArg>().Kind;
}
