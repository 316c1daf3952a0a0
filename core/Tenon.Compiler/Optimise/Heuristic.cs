using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Chooses the loops of a kernel by estimates alone: which loops become vectors, how large the register tile is, how far
/// reductions are unrolled, in which order the loops run and which of them are the grid.
/// </summary>
internal static class Heuristic
{
    private const int MaxUnrolledBody = 96;
    private const int FillingAccumulators = 8;

    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        var nest = new LoopNest(RangeMerging.Apply(kernel));
        ChooseVectors(nest, target);
        ChooseTile(nest, target);
        UnrollReductions(nest);
        ChooseOrder(nest);
        ChooseGrid(nest, target);
        return nest.Kernel;
    }

    private static void ChooseVectors(LoopNest nest, CodeGeneratorView target)
    {
        var lanes = MaxLanes(nest.Kernel, target);
        if (lanes < 2)
        {
            return;
        }

        var cost = new LoopCost(nest.Kernel, target);
        var chosen = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
        var best = cost.Of(chosen);
        while (true)
        {
            (UOp Range, int Lanes, double Cost)? next = null;
            foreach (var range in nest.Ranges)
            {
                var n = (int)Math.Min(lanes, LargestPowerOfTwoIn(range[0].Max));
                if (n < 2 || n < lanes / 4 || chosen.ContainsKey(range) || !cost.CanAdd(range, chosen.Keys))
                {
                    continue;
                }

                chosen[range] = n;
                var with = cost.Of(chosen);
                chosen.Remove(range);
                if (with < best * 0.95 && (next is null || with < next.Value.Cost))
                {
                    next = (range, n, with);
                }
            }

            if (next is null)
            {
                break;
            }

            chosen[next.Value.Range] = next.Value.Lanes;
            best = next.Value.Cost;
        }

        foreach (var (range, n) in chosen)
        {
            nest.Apply(new Opt(OptKind.Vector, range.ArgAs<RangeArg>().Id, n));
        }
    }

    // Of all factors for two output loops, those with the fewest loads for each multiply-add whose accumulators fit the registers.
    private static void ChooseTile(LoopNest nest, CodeGeneratorView target)
    {
        var order = nest.Kernel.TopologicalOrder();
        var reduces = order.FindAll(u => u.Op == Ops.Reduce);
        var loops = nest.Kernel[0].Src[1..].ToArray().Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Loop).ToList();
        var main = reduces.FindAll(r => loops.TrueForAll(r.Ranges.Contains));
        if (main.Count == 0 || nest.Kernel.Src.Length > 1 || loops.Count == 0)
        {
            return;
        }

        var loads = main.SelectMany(r => r[0].TopologicalOrder()).Where(u => u.Op == Ops.Load && main.Exists(r => r.Src[1..].ToArray().Any(u.DependsOn))).Distinct().ToList();
        if (loads.Count == 0 || loads.Exists(l => l.Src.Length == 3))
        {
            return;
        }

        var budget = target.VectorRegisters * 3 / 4 / main.Count;
        (double Cost, List<Opt> Opts) best = (double.MaxValue, []);
        foreach (var a in loops)
        {
            foreach (var b in loops.Where(b => b != a))
            {
                Try(a, b);
            }

            Try(a, null);
        }

        best.Opts.ForEach(nest.Apply);

        void Try(UOp a, UOp? b)
        {
            foreach (var fa in Factors(a, budget))
            {
                foreach (var fb in b is null ? [1] : Factors(b, budget / fa))
                {
                    var tile = fa * fb;
                    var perStep = loads.Sum(l => (l.DependsOn(a) ? fa : 1.0) * (b is not null && l.DependsOn(b) ? fb : 1.0) * (IsWide(l) ? 1.0 : 0.6));

                    // Fewer accumulators than a multiply-add takes to finish leave the unit idle.
                    var cost = perStep / tile + (double)Math.Max(0, FillingAccumulators - tile) / FillingAccumulators + 0.001 * tile;
                    if (cost < best.Cost - 1e-9)
                    {
                        var opts = new List<Opt>();
                        AddUnroll(opts, a, fa);
                        AddUnroll(opts, b, fb);
                        best = (cost, opts);
                    }
                }
            }
        }
    }

    private static void UnrollReductions(LoopNest nest)
    {
        foreach (var reduce in nest.Kernel.TopologicalOrder().FindAll(u => u.Op == Ops.Reduce))
        {
            var loops = reduce.Src[1..].ToArray().Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce).ToArray();
            if (loops.Length == 0 || nest.Find(loops[^1].ArgAs<RangeArg>().Id) is not { } innermost || innermost.ArgAs<RangeArg>().Kind != RangeKind.Reduce)
            {
                continue;
            }

            var size = innermost[0].Max;
            var body = reduce[0].TopologicalOrder().Count(u => u.Op == Ops.Load || (OpSet.Elementwise.Contains(u.Op) && u.DType != DType.Index && u.DependsOn(innermost)));
            var tile = reduce[0].Ranges.Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Unroll).Aggregate(1L, (p, r) => p * r[0].Max);
            var most = Math.Clamp(MaxUnrolledBody / (tile * Math.Max(1, body / 3)), 1, 8);
            var amount = size <= most ? size : Enumerable.Range(1, (int)most).Where(a => size % a == 0).Max();
            if (amount > 1)
            {
                nest.Apply(new Opt(OptKind.Unroll, innermost.ArgAs<RangeArg>().Id, (int)amount));
            }
        }
    }

    // The loop whose steps bring the least new data runs innermost: what the others brought stays in cache.
    private static void ChooseOrder(LoopNest nest)
    {
        var order = nest.Kernel.TopologicalOrder();
        var loops = nest.CommonLoops();
        if (loops.Count < 2 || !order.Exists(u => u.Op == Ops.Reduce) || loops.Count != nest.Kernel[0].Src[1..].ToArray().Count(r => r.ArgAs<RangeArg>().Kind == RangeKind.Loop))
        {
            return;
        }

        var loads = order.FindAll(u => u.Op == Ops.Load);
        double NewBytes(UOp loop) => loads.Where(l => l.DependsOn(loop)).Sum(l => l.DType.Bytes * l.Ranges.Where(r => !loops.Contains(r)).Aggregate(1.0, (p, r) => p * r[0].Max));
        var innermost = loops.MinBy(l => NewBytes(l))!;
        if (innermost != loops[^1] && NewBytes(innermost) < NewBytes(loops[^1]) * 0.75)
        {
            nest.Apply(new Opt(OptKind.Innermost, innermost.ArgAs<RangeArg>().Id));
        }
    }

    private static void ChooseGrid(LoopNest nest, CodeGeneratorView target)
    {
        const int ItemsPerThread = 16;
        var items = 1L;
        foreach (var loop in nest.CommonLoops().OrderBy(l => l.ArgAs<RangeArg>().Id).ToList())
        {
            if (items >= target.Parallelism * ItemsPerThread)
            {
                break;
            }

            items *= loop[0].Max;
            nest.Apply(new Opt(OptKind.Global, loop.ArgAs<RangeArg>().Id));
        }
    }

    private static int MaxLanes(UOp kernel, CodeGeneratorView target)
    {
        var widest = kernel.TopologicalOrder()
            .Where(u => u.Op is not (Ops.Param or Ops.Index) && u.DType.Kind is DTypeKind.Float or DTypeKind.Int or DTypeKind.UInt && target.IsVector(u.DType))
            .Select(u => u.DType.Bytes).DefaultIfEmpty(4).Max();
        return target.VectorBytes / Math.Max(4, widest);
    }

    private static bool IsWide(UOp load) => load.Ranges.Any(r => r.ArgAs<RangeArg>().Kind == RangeKind.Vector);

    private static long LargestPowerOfTwoIn(long n) => n & -n;

    private static IEnumerable<int> Factors(UOp loop, int most) => Enumerable.Range(1, Math.Max(1, most)).Where(f => loop[0].Max % f == 0);

    private static void AddUnroll(List<Opt> opts, UOp? range, int factor)
    {
        if (range is not null && factor > 1)
        {
            opts.Add(new Opt(OptKind.Unroll, range.ArgAs<RangeArg>().Id, factor));
        }
    }
}
