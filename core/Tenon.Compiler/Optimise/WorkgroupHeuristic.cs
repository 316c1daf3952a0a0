using System.Numerics;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Chooses the loops of a kernel for a device that runs groups of lanes: neighbouring lanes along memory, enough of them to keep the
/// device busy, vectors where they are whole, and everything else over the grid.
/// </summary>
internal sealed class WorkgroupHeuristic
{
    private const long UsualLanes = 256;
    private const int LinesApart = 64;
    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly long _most;
    private readonly long _enough;

    private WorkgroupHeuristic(LoopNest nest, CodeGeneratorView target)
    {
        var limits = target.Workgroups!;
        (_nest, _target) = (nest, target);
        _most = Math.Min(UsualLanes, Math.Min(limits.MaxLanesPerGroup, limits.MaxLanes.X));
        _enough = (long)target.Parallelism * limits.PreferredLanes;
    }

    /// <summary>Changes the loops of a kernel whose loops are merged.</summary>
    public static void Change(LoopNest nest, CodeGeneratorView target)
    {
        var heuristic = new WorkgroupHeuristic(nest, target);
        if (WorkgroupTransposes.TryApply(nest, target))
        {
            return;
        }

        if (!WorkgroupProducts.TryApply(nest, target, heuristic._most, heuristic._enough))
        {
            heuristic.ChooseLanes();
        }

        ChooseGrid(nest, target);
    }

    /// <summary>All loops that the whole kernel is in become the grid.</summary>
    public static void ChooseGrid(LoopNest nest, CodeGeneratorView target)
    {
        var most = target.Workgroups!.MaxGroups.X;
        foreach (var loop in nest.CommonLoops())
        {
            nest.Apply(new Opt(OptKind.Global, loop.ArgAs<RangeArg>().Id, loop[0].Op == Ops.Const ? 0 : (int)Math.Min(loop[0].Max, Math.Min(most, ushort.MaxValue))));
        }
    }

    private List<UOp> Order => _nest.Kernel.TopologicalOrder();

    // The loops of stores that are not around all of the kernel, such as that over a row whose elements are divided by its sum.
    private List<UOp> InnerLoops(List<UOp> common) =>
        [.. _nest.Kernel.Src.ToArray().SelectMany(e => e.Src[1..].ToArray()).Distinct().Where(r => Kind(r) == RangeKind.Loop && !common.Contains(r))];

    private void ChooseLanes()
    {
        var (order, common) = (Order, _nest.CommonLoops());
        var sums = order.FindAll(u => u.Op == Ops.Reduce);
        var (inner, rows) = (InnerLoops(common), SizeOf(common));
        var shared = sums.ConvertAll(s => LanesOfSum(s, common, rows));
        if (!shared.Exists(s => s.Loop is not null))
        {
            ChooseOutputs(sums.Count == 0 ? [.. common, .. inner] : common, order);
            return;
        }

        var lanes = Math.Min(_most, shared.Max(s => s.Lanes));
        foreach (var loop in shared.Where(s => s.Loop is not null).Select(s => s.Loop!).Distinct())
        {
            Split(loop, lanes, canVectorise: true);
        }

        if (inner.MinBy(r => LaneLayout.Distance(order, r)) is { } row)
        {
            Split(row, lanes, canVectorise: true);
        }

        // Several rows in a group, if there are enough for all groups.
        var rowLanes = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, Math.Min(_most / 2 / lanes, rows / Math.Max(1, 4 * _target.Parallelism))));
        if (rowLanes > 1 && rowLanes * lanes <= _most && common.MaxBy(r => r[0].Max) is { } outer && outer[0].Max >= 2 * rowLanes)
        {
            TryLanes(outer, rowLanes);
        }
    }

    private bool TryLanes(UOp loop, long lanes)
    {
        var opt = new Opt(OptKind.Lane, loop.ArgAs<RangeArg>().Id, (int)lanes);
        if (!_nest.CanBeLanes(loop) || _nest.Ranges.Exists(r => r[0].DependsOn(loop)) || !Fits(new LoopNest(_nest)))
        {
            return false;
        }

        _nest.Apply(opt);
        return true;

        bool Fits(LoopNest changed)
        {
            changed.Apply(opt);
            return LaneLayout.WhyNot(changed.Kernel, _target.Workgroups, _target.LocalBytes) is null;
        }
    }

    // Lanes share a sum if its elements lie next to each other, or if there are too few sums to keep the device busy.
    private (UOp? Loop, long Lanes) LanesOfSum(UOp sum, List<UOp> common, long rows)
    {
        var order = sum.TopologicalOrder();
        UOp[] closed = [.. sum.Src[1..].ToArray().Where(r => Kind(r) == RangeKind.Reduce)];
        if (closed.Length == 0 || !_target.Has(Ops.Barrier) || _target.LocalBytes == 0)
        {
            return default;
        }

        var nearest = closed.MinBy(r => (LaneLayout.Distance(order, r) is 0 ? LinesApart : LaneLayout.Distance(order, r), -r[0].Max))!;
        var isAlong = LaneLayout.Distance(order, nearest) < LinesApart && common.TrueForAll(r => LaneLayout.Distance(order, r) is 0 or >= LinesApart);
        var preferred = _target.Workgroups!.PreferredLanes;
        var turns = nearest[0].Max;
        if (turns < preferred || !(isAlong || rows < _enough))
        {
            return default;
        }

        // Many rows: a few lanes for each. Few: as many as there is work for.
        var wanted = rows >= _enough ? preferred : Math.Min(_most, turns / 2);
        return (nearest, (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(wanted / 2 + 1, 2)));
    }

    // Lanes along memory first, until there are as many as a group should have.
    private void ChooseOutputs(List<UOp> loops, List<UOp> order)
    {
        // Stores beside each other have loops of their own.
        var work = _nest.Kernel.Src.ToArray().Max(e => SizeOf(e.Src[1..].ToArray().Where(loops.Contains)));
        var budget = Math.Clamp(work / Math.Max(1, _target.Parallelism), Math.Min(_most, _target.Workgroups!.PreferredLanes), _most);
        var isFirst = true;
        foreach (var loop in loops.OrderBy(r => LaneLayout.Distance(order, r)).ThenByDescending(r => r.ArgAs<RangeArg>().Id))
        {
            if (budget < 2 || loop[0].Max < 2)
            {
                continue;
            }

            budget /= Split(loop, isFirst ? budget : (long)BitOperations.RoundUpToPowerOf2((ulong)(budget / 2 + 1)), isFirst && (work >= _enough * 4 || _target.Images is { ArePreferred: true }));
            isFirst = false;
        }
    }

    // As many lanes as leave few of them without work in the last turn. Returns how many.
    private long Split(UOp loop, long most, bool canVectorise)
    {
        var id = loop.ArgAs<RangeArg>().Id;
        var width = canVectorise ? VectorOf(_nest, _target, loop) : 1;
        if (width > 1)
        {
            Apply(OptKind.Vector, loop, width);
            if (_nest.Find(id) is not { } rest)
            {
                return 1;
            }

            loop = rest;
        }

        var (size, preferred) = (loop[0].Max, _target.Workgroups!.PreferredLanes);
        var turns = (size + most - 1) / most;
        var lanes = (size + turns - 1) / turns;
        lanes = turns > 1 && lanes > preferred ? Math.Min(most, (lanes + preferred - 1) / preferred * preferred) : lanes;
        return lanes >= 2 && TryLanes(loop, lanes) ? lanes : 1;
    }

    /// <summary>How many lanes a vector along a loop has: 1 unless all elements are consecutive there.</summary>
    public static int VectorOf(LoopNest nest, CodeGeneratorView target, UOp loop)
    {
        var order = nest.Kernel.TopologicalOrder();
        var width = PlanSearch.MaxLanes(order, target);
        if (width < 2 || loop[0].Op != Ops.Const || loop[0].Max % width != 0 || loop[0].Max / width < 2)
        {
            return 1;
        }

        var accesses = order.FindAll(u => u.Op is Ops.Load or Ops.Store && u.DependsOn(loop));
        return accesses.Count > 0 && accesses.TrueForAll(a => Strides.Along(a[0][1], loop) is 0 or 1 && (a.Op == Ops.Store ? a.Src.Length == 2 : a.Src.Length == 1 || !a[1].DependsOn(loop))
            && target.IsMovedInVectors(a[0].DType)) ? width : 1;
    }

    private void Apply(OptKind kind, UOp loop, long amount) => _nest.Apply(new Opt(kind, loop.ArgAs<RangeArg>().Id, (int)amount));

    // Variables that may be large make products that no kernel has.
    private static long SizeOf(IEnumerable<UOp> loops) => loops.Aggregate(1L, (p, r) => (long)Int128.Min(long.MaxValue / 8, (Int128)p * r[0].Max));

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;
}
