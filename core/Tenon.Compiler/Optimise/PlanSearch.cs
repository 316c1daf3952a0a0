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
    private readonly UOp[] _ranges;
    private readonly KernelCost _cost;
    private readonly bool[] _canOverlap;
    private readonly int _maxLanes;

    private PlanSearch(LoopNest nest, UOp[] ranges, CodeGeneratorView target)
    {
        var order = nest.Order;
        _ranges = ranges;
        _cost = new KernelCost(order, ranges, target, Blocking.FactorsOf(nest, target).FindAll(f => f.Op == Ops.Load && Blocking.CanStage(f, nest.OutputLoops)), nest.Constants);
        _canOverlap = Array.ConvertAll(ranges, nest.CanOverlap);
        _maxLanes = MaxLanes(order, target);
    }

    public static LoopPlan? Best(LoopNest nest, CodeGeneratorView target)
    {
        UOp[] ranges = [.. nest.Ranges];
        if (ranges.Length is 0 or > MaxRanges)
        {
            return null;
        }

        var search = new PlanSearch(nest, ranges, target);
        var best = default(Choice);
        foreach (var vectors in search.VectorPlans())
        {
            var choice = search.WithCopies(vectors);
            best = best.Plan is null || choice.Cost < best.Cost ? choice : best;
        }

        return search.Halved(best).Plan;
    }

    // Lanes were chosen before copies: with those, half as many may do as well.
    private Choice Halved(Choice best)
    {
        for (var r = 0; r < _ranges.Length; r++)
        {
            if (best.Plan.Lanes[r] >= 8)
            {
                var half = best.Plan.WithLanes(r, best.Plan.Lanes[r] / 2);
                var cost = _cost.Of(half, best.Cost);
                best = cost < best.Cost ? new Choice(half, cost) : best;
            }
        }

        return best;
    }

    // From each loop that can be a vector on, the others that pay are added; the cheapest few.
    private IEnumerable<Choice> VectorPlans()
    {
        var scalar = new LoopPlan(_ranges);
        var plans = new List<Choice> { new(scalar, _cost.Of(scalar)) };
        for (var first = 0; first < _ranges.Length; first++)
        {
            if (Widened(scalar, first) is { } plan)
            {
                plan = WidenedFurther(plan);
                if (!plans.Exists(p => p.Plan.Lanes.AsSpan().SequenceEqual(plan.Plan.Lanes)))
                {
                    plans.Add(plan);
                }
            }
        }

        return plans.OrderBy(p => p.Cost).Take(VectorChoices);
    }

    private Choice WidenedFurther(Choice best)
    {
        for (var added = true; added;)
        {
            added = false;
            var from = best.Plan;
            for (var more = 0; more < _ranges.Length; more++)
            {
                if (Widened(from, more) is { } wider && wider.Cost < best.Cost * 0.97)
                {
                    (best, added) = (wider, true);
                }
            }
        }

        return best;
    }

    // The plan with the best number of lanes for one more loop.
    private Choice? Widened(LoopPlan plan, int range)
    {
        if (plan.Lanes[range] > 1 || _ranges[range][0].Op != Ops.Const || !_cost.CanAdd(range, plan.Vectors))
        {
            return null;
        }

        Choice? best = null;
        for (var lanes = _maxLanes; lanes >= Math.Max(2, _maxLanes / 4); lanes /= 2)
        {
            if (CanSplit(range, lanes))
            {
                var candidate = plan.WithLanes(range, lanes);
                var cost = _cost.Of(candidate);
                best = best is null || cost < best.Value.Cost ? new Choice(candidate, cost) : best;
            }
        }

        return best;
    }

    // Copies of two loops at a time, since a tile pays by both of its sides; then of one more.
    private Choice WithCopies(Choice start)
    {
        var best = start;
        var factors = new int[_ranges.Length][];
        var loops = new List<int>();
        for (var r = 0; r < factors.Length; r++)
        {
            factors[r] = Factors(start.Plan, r);
            if (factors[r].Length > 1)
            {
                loops.Add(r);
            }
        }

        for (var i = 0; i < loops.Count; i++)
        {
            foreach (var a in factors[loops[i]])
            {
                Try(start.Plan, loops[i], a, loops[i], a);
                for (var j = i + 1; a > 1 && j < loops.Count; j++)
                {
                    if (_cost.CanShare(loops[i], loops[j]))
                    {
                        foreach (var b in factors[loops[j]])
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

        Improve();

        // Of loops that follow one another none pays as much as one around them all, but all of them together may pay more.
        if (loops.Exists(a => loops.Exists(b => _cost.FollowEachOther(a, b))))
        {
            var first = best;
            best = start;
            foreach (var r in loops.Where(r => loops.Exists(s => _cost.FollowEachOther(r, s))))
            {
                TryAll(r);
            }

            Improve();
            best = first.Cost < best.Cost ? first : best;
        }

        return best;

        void Improve()
        {
            for (var before = double.PositiveInfinity; best.Cost < before;)
            {
                before = best.Cost;
                var from = best.Plan;
                loops.ForEach(r => TryAll(r, from));
            }
        }

        void TryAll(int r, LoopPlan? plan = null)
        {
            var from = plan ?? best.Plan;
            foreach (var f in factors[r])
            {
                Try(from, r, f, r, f);
            }
        }

        // Whether it fits into registers: more copies need more.
        bool Try(LoopPlan from, int r, int copies, int s, int others)
        {
            var (before, beside) = (from.Copies[r], from.Copies[s]);
            (from.Copies[r], from.Copies[s]) = (copies, others);
            var fits = _cost.Fits(from);
            if (fits && _cost.Of(from, best.Cost * 0.99) is var cost && cost < best.Cost * 0.99)
            {
                best = new Choice(from.Clone(), cost);
            }

            (from.Copies[s], from.Copies[r]) = (beside, before);
            return fits;
        }
    }

    private int[] Factors(LoopPlan plan, int range) =>
        _ranges[range][0].Op == Ops.Const ? Array.FindAll(Copies, f => CanSplit(range, f * plan.Lanes[range])) : [1];

    private bool CanSplit(int range, int chunk) => _ranges[range][0].Max is var size && (size % chunk == 0 || (size > chunk && _canOverlap[range]));

    /// <summary>The lanes of a vector of the widest elements that a kernel computes with.</summary>
    public static int MaxLanes(List<UOp> order, CodeGeneratorView target)
    {
        var widest = 0;
        foreach (var u in order)
        {
            if (u.Op is not (Ops.Param or Ops.Index) && u.DType.Kind is DTypeKind.Float or DTypeKind.Int or DTypeKind.UInt && target.IsVector(u.DType))
            {
                widest = Math.Max(widest, u.DType.Bytes);
            }
        }

        return target.VectorBytes / Math.Max(4, widest);
    }

    private readonly record struct Choice(LoopPlan Plan, double Cost);
}
