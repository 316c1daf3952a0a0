using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>What can be said of a changed kernel before it is lowered.</summary>
/// <param name="Cycles">Of one launch, on all threads; infinite if the code would be too long.</param>
/// <param name="Accumulators">Sums that are alive at once.</param>
/// <param name="Features">What the true time may depend on besides; see <see cref="Ranking"/>.</param>
internal sealed record NestEstimate(double Cycles, long Accumulators, double[] Features)
{
    public const int MaxRanges = 64;

    // A search may write out more code than the heuristic dares to.
    private const double MaxBody = 2000;

    /// <summary>How many <see cref="Features"/> there are.</summary>
    public const int FeatureCount = 9;

    /// <summary>The estimate; null if there are too many loops for one.</summary>
    public static NestEstimate? Of(LoopNest nest, CodeGeneratorView target, Capabilities device)
    {
        UOp[] ranges = [.. nest.Ranges];
        if (ranges.Length > MaxRanges)
        {
            return null;
        }

        var order = nest.Order;
        var cost = new KernelCost(order, ranges, target);
        var plan = new LoopPlan(ranges);
        var (copies, lanes, vectors, items, loops, turns) = (1.0, 1.0, 0, 1.0, 0, 1.0);
        for (var i = 0; i < ranges.Length; i++)
        {
            var (kind, size) = (ranges[i].ArgAs<RangeArg>().Kind, ranges[i][0].Max);
            switch (kind)
            {
                case RangeKind.Unroll:
                    plan.Copies[i] = (int)size;
                    copies *= size;
                    break;
                case RangeKind.Vector:
                    plan = plan.WithLanes(i, (int)size);
                    (lanes, vectors) = (lanes * size, vectors + 1);
                    break;
                case RangeKind.Global:
                    items *= size;
                    break;
                case RangeKind.Lane:
                    lanes *= size;
                    break;
                default:
                    (loops, turns) = (loops + 1, size);
                    break;
            }
        }

        var cycles = target is { Workgroups: not null, GroupsAreItems: false } ? GroupCost.Of(order, ranges, target) : cost.Of(plan, maxBody: MaxBody) * Idle(items, target.Parallelism);
        var accumulators = cost.Accumulators(plan);
        var traffic = new CacheTraffic(order, ranges);
        double[] features =
        [
            Math.Log2(copies), Math.Log2(lanes), vectors, (double)accumulators / Math.Max(1, target.MostAccumulators), Math.Log2(turns), loops, Math.Log2(items) / 4,
            Math.Log2(1 + traffic.Into(Or(device.L1CacheBytes, 32 << 10)) / (8 * cycles)), Math.Log2(1 + traffic.Into(Or(device.L2CacheBytes, 512 << 10)) / (2 * cycles)),
        ];
        return new NestEstimate(cycles, accumulators, double.IsFinite(cycles) ? features : new double[FeatureCount]);
    }

    // Threads that wait for the last one.
    private static double Idle(double items, int threads) => Math.Ceiling(items / threads) * threads / items;

    private static long Or(long bytes, long fallback) => bytes > 0 ? bytes : fallback;
}
