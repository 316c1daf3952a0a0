using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Finds the cheapest <see cref="LoopPlan"/> of a kernel: which loops become vectors, then for the best of these which are
/// written out as a register tile or to keep several additions in flight.
/// </summary>
internal sealed class PlanSearch
{
    // Bits of a set of loops.
    private const int MaxRanges = 64;
    private const int VectorChoices = 3;
    private static readonly int[] Copies = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16];
    private readonly List<UOp> _ranges;
    private readonly KernelCost _cost;
    private readonly bool[] _canOverlap;
    private readonly int _maxLanes;
    private readonly long _maxAccumulators;

    private PlanSearch(LoopNest nest, CodeGeneratorView target)
    {
        _ranges = nest.Ranges;
        _cost = new KernelCost(nest.Kernel, _ranges, target);
        _canOverlap = [.. _ranges.Select(nest.CanOverlap)];
        _maxLanes = MaxLanes(nest.Kernel, target);
        _maxAccumulators = Math.Max(1, target.VectorRegisters * 3 / 4);
    }

    public static LoopPlan? Best(LoopNest nest, CodeGeneratorView target)
    {
        if (nest.Ranges.Count is 0 or > MaxRanges)
        {
            return null;
        }

        using var stage = Tracing.Begin("lower/optimise/search", nest.Kernel);
        var search = new PlanSearch(nest, target);
        return search.VectorPlans().Take(VectorChoices).Select(search.WithCopies).MinBy(p => p.Cost).Plan;
    }

    // From each loop that can be a vector on, the others that pay are added; cheapest first.
    private IEnumerable<(LoopPlan Plan, double Cost)> VectorPlans()
    {
        var scalar = new LoopPlan(_ranges);
        var plans = new List<(LoopPlan Plan, double Cost)> { (scalar, _cost.Of(scalar)) };
        for (var first = 0; first < _ranges.Count; first++)
        {
            var plan = Widened(scalar, first);
            for (var added = true; added && plan is not null;)
            {
                added = false;
                var best = _cost.Of(plan);
                foreach (var more in Enumerable.Range(0, _ranges.Count).Select(r => Widened(plan, r)).OfType<LoopPlan>())
                {
                    if (_cost.Of(more) is var cost && cost < best * 0.97)
                    {
                        (plan, best, added) = (more, cost, true);
                    }
                }
            }

            if (plan is not null && !plans.Exists(p => p.Plan.Lanes.AsSpan().SequenceEqual(plan.Lanes)))
            {
                plans.Add((plan, _cost.Of(plan)));
            }
        }

        return plans.OrderBy(p => p.Cost);
    }

    // The plan with the best number of lanes for one more loop.
    private LoopPlan? Widened(LoopPlan plan, int range)
    {
        if (plan.Lanes[range] > 1 || _ranges[range][0].Op != Ops.Const || !_cost.CanAdd(range, plan.Vectors))
        {
            return null;
        }

        LoopPlan? best = null;
        for (var lanes = _maxLanes; lanes >= Math.Max(2, _maxLanes / 4); lanes /= 2)
        {
            if (CanSplit(range, lanes))
            {
                var candidate = plan.WithLanes(range, lanes);
                best = best is null || _cost.Of(candidate) < _cost.Of(best) ? candidate : best;
            }
        }

        return best;
    }

    // Copies of two loops at a time, since a tile pays by both of its sides; then of one more.
    private (LoopPlan Plan, double Cost) WithCopies((LoopPlan Plan, double Cost) start)
    {
        var best = start;
        var loops = Enumerable.Range(0, _ranges.Count).Where(r => Factors(start.Plan, r).Length > 1).ToList();
        for (var i = 0; i < loops.Count; i++)
        {
            foreach (var a in Factors(start.Plan, loops[i]))
            {
                Try(start.Plan, loops[i], a, loops[i], a);
                for (var j = i + 1; a > 1 && j < loops.Count; j++)
                {
                    if (_cost.CanShare(loops[i], loops[j]))
                    {
                        foreach (var b in Factors(start.Plan, loops[j]))
                        {
                            if (!Try(start.Plan, loops[i], a, loops[j], b))
                            {
                                break;
                            }
                        }
                    }
                }
            }
        }

        for (var before = double.PositiveInfinity; best.Cost < before;)
        {
            before = best.Cost;
            var from = best.Plan;
            foreach (var r in loops)
            {
                foreach (var f in Factors(from, r))
                {
                    Try(from, r, f, r, f);
                }
            }
        }

        return best;

        // Whether the accumulators fit: more copies need more.
        bool Try(LoopPlan from, int r, int copies, int s, int others)
        {
            var plan = from.Clone();
            plan.Copies[r] = copies;
            plan.Copies[s] = others;
            if (_cost.Accumulators(plan) > _maxAccumulators)
            {
                return false;
            }

            if (_cost.Of(plan, best.Cost * 0.99) is var cost && cost < best.Cost * 0.99)
            {
                best = (plan, cost);
            }

            return true;
        }
    }

    private int[] Factors(LoopPlan plan, int range) =>
        _ranges[range][0].Op == Ops.Const ? [.. Copies.Where(f => CanSplit(range, f * plan.Lanes[range]))] : [1];

    private bool CanSplit(int range, int chunk) => _ranges[range][0].Max is var size && (size % chunk == 0 || (size > chunk && _canOverlap[range]));

    private static int MaxLanes(UOp kernel, CodeGeneratorView target)
    {
        var widest = kernel.TopologicalOrder()
            .Where(u => u.Op is not (Ops.Param or Ops.Index) && u.DType.Kind is DTypeKind.Float or DTypeKind.Int or DTypeKind.UInt && target.IsVector(u.DType))
            .Select(u => u.DType.Bytes).DefaultIfEmpty(4).Max();
        return target.VectorBytes / Math.Max(4, widest);
    }
}
