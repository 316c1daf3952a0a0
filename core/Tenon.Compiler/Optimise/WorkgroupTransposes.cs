using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Copies between orders of the axes, for groups of lanes: a square of elements goes through local memory, so that neighbouring lanes read
/// neighbours, and write neighbours too.
/// </summary>
internal static class WorkgroupTransposes
{
    private const int Side = 32;
    private const int RowsAtOnce = 8;
    private const int LineBytes = 64;

    /// <summary>Changes the loops of such a kernel; false if it is another, and is as it was.</summary>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target)
    {
        var (order, loops, limits) = (nest.Kernel.TopologicalOrder(), nest.CommonLoops(), target.Workgroups!);
        if (!limits.LocalMemoryIsFast || !target.Has(Ops.Barrier) || limits.MaxLanesPerGroup < Side * RowsAtOnce || limits.MaxLanes.X < Side || limits.MaxLanes.Y < RowsAtOnce
            || nest.Kernel.Src.Length != 1 || order.Exists(u => u.Op == Ops.Reduce) || loops.Count != nest.OutputLoops.Count() || !loops.TrueForAll(r => r[0].Op == Ops.Const && nest.CanBeLanes(r)))
        {
            return false;
        }

        var store = order.Find(u => u.Op == Ops.Store)!;
        var column = loops.Find(r => IsAlong(store, r));
        var crossing = column is null ? [] : order.FindAll(u => u is { Op: Ops.Load, Src.Length: 1 } && u[0][0].Op == Ops.Param && Strides.Along(u[0][1], column) * u.DType.Bytes is >= LineBytes or <= -LineBytes);
        var row = loops.Find(r => r != column && crossing.Exists(u => IsAlong(u, r)));
        if (row is null || crossing.Where(u => IsAlong(u, row)).Sum(u => u.DType.BytesOf(Side * (Side + 1))) > target.LocalBytes || crossing.Exists(nest.ReadsOverwritten))
        {
            return false;
        }

        // A square, some rows of it at once. The lanes of rows come first: then they are the rows of the array too.
        var (rowId, columnId) = (row.ArgAs<RangeArg>().Id, column!.ArgAs<RangeArg>().Id);
        var lane = nest.Apply(new Opt(OptKind.Lane, rowId, RowsAtOnce));
        nest.Apply(new Opt(OptKind.Lane, columnId, Side));
        var turns = row[0].Max > Side ? nest.Apply(new Opt(OptKind.Tile, rowId, Side / RowsAtOnce)) : rowId;
        foreach (var loop in nest.CommonLoops().Select(r => r.ArgAs<RangeArg>().Id).Where(id => id != turns).ToList())
        {
            nest.Apply(new Opt(OptKind.Global, loop));
        }

        while (nest.Factors().FindIndex(f => f[0][0].Op == Ops.Param && IsAlong(f, nest.Find(lane)!, isLane: true)) is >= 0 and var factor && new Opt(OptKind.Stage, -1, factor) is var stage && new LegalOpts(nest, target).WhyNot(stage) is null)
        {
            nest.Apply(stage);
        }

        return true;
    }

    // Whether elements along a loop are consecutive, in whole squares.
    private static bool IsAlong(UOp access, UOp loop, bool isLane = false) => (isLane || loop[0].Max % Side == 0) && Strides.Along(access[0][1], loop) == 1;
}
