using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Chooses the loops of a kernel by estimates alone: which loops become vectors, how large the register tile is, how far
/// reductions are unrolled, in which order the loops run and which of them are the grid.
/// </summary>
internal static class Heuristic
{
    public static UOp Apply(UOp kernel, CodeGeneratorView target)
    {
        using var stage = Tracing.Begin("lower/optimise", kernel);
        var nest = LoopNest.Of(kernel, target);
        Change(nest, target);
        stage?.Result = nest.Kernel;
        return nest.Kernel;
    }

    /// <summary>A kernel that takes what follows from constants from parameters; null if there is nothing of it.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="constants">Parameters whose content is mostly the same in many calls.</param>
    /// <param name="target">What it is for.</param>
    public static PackedKernel? Pack(UOp kernel, IReadOnlySet<int> constants, CodeGeneratorView target)
    {
        var nest = LoopNest.Of(kernel, target, constants);
        if (target.Workgroups is not null || nest.Keepable().Count == 0)
        {
            return null;
        }

        Change(nest, target);
        return PackedKernel.Of(nest);
    }

    /// <summary>Changes the loops of a kernel whose loops are merged; <see cref="LoopNest.Applied"/> says how.</summary>
    public static void Change(LoopNest nest, CodeGeneratorView target)
    {
        ChangeLoops(nest, target);
        if (target.Images is { ArePreferred: true })
        {
            while (ImageChoices.Of(nest.Kernel, target).FirstOrDefault() is { } opt)
            {
                nest.Apply(opt);
            }
        }
    }

    private static void ChangeLoops(LoopNest nest, CodeGeneratorView target)
    {
        if (TensorCoreHeuristic.TryApply(nest, target))
        {
            return;
        }

        if (target is { Workgroups: not null, GroupsAreItems: false })
        {
            WorkgroupHeuristic.Change(nest, target);
            return;
        }

        if (RowSums.TryApply(nest, target))
        {
            return;
        }

        PlanSearch.Best(nest.Planned(), target)?.Apply(nest);
        nest.Keep();
        if (!Blocking.TryApply(nest, target))
        {
            ChooseOrder(nest);
            ChooseGrid(nest, target);
        }
    }

    // The loop whose steps touch the fewest new bytes runs innermost: what the others touched stays in cache.
    private static void ChooseOrder(LoopNest nest)
    {
        var loops = nest.CommonLoops();
        if (loops.Count < 2 || loops.Count != nest.OutputLoops.Count())
        {
            return;
        }

        var accesses = nest.Order.FindAll(u => u.Op is Ops.Load or Ops.Store);
        double NewBytes(UOp loop) => accesses.Where(a => a.DependsOn(loop)).Sum(a => BytesTouched(a, loop, loops));
        var innermost = loops.MinBy(NewBytes)!;
        if (innermost != loops[^1] && NewBytes(innermost) < NewBytes(loops[^1]) * 0.75)
        {
            nest.Apply(new Opt(OptKind.Innermost, innermost.ArgAs<RangeArg>().Id));
        }
    }

    // A step of a loop along memory shares its cache line with the next ones. What lies in one line, or side by side, is one run.
    private static double BytesTouched(UOp access, UOp loop, List<UOp> loops)
    {
        const double LineBytes = 64;
        var (size, index) = ((double)access[0].DType.Bytes, access[0][1]);
        var (run, runs) = (size, 1.0);
        foreach (var (range, far) in access.Ranges.ToArray().Where(r => !loops.Contains(r)).Select(r => (Range: r, Far: BytesAlong(r))).OrderBy(r => r.Far))
        {
            if (far <= Math.Max(run, LineBytes))
            {
                run += (range[0].Max - 1) * far;
            }
            else
            {
                runs *= range[0].Max;
            }
        }

        return runs * Math.Max(run, Math.Min(BytesAlong(loop), LineBytes));

        double BytesAlong(UOp range) => Strides.Along(index, range) is { } stride ? Math.Abs(stride) * size : double.PositiveInfinity;
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

            var parts = loop[0].Op == Ops.Const ? loop[0].Max : Math.Min(loop[0].Max, (target.Parallelism * ItemsPerThread + items - 1) / items);
            items *= parts;
            nest.Apply(new Opt(OptKind.Global, loop.ArgAs<RangeArg>().Id, (int)Math.Min(parts, int.MaxValue)));
        }
    }
}
