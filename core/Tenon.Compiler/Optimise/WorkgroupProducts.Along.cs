using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class WorkgroupProducts
{
    private const int MostCopies = 8;
    private static readonly int[] RowsOfLane = [8, 4, 2, 1];
    private static readonly int[] TermsOfTurn = [4, 5, 6, 3, 2];

    // Where lanes are those of a core's vectors, and local arrays would only be copies: the lanes lie along one factor, and of the other all need the
    // same, which is one load for all of them.
    private void LieAlong(long work, long enough)
    {
        var (column, row) = (_columns[0], _rows.MaxBy(r => r[0].Max)!);
        var (order, same) = (_nest.Kernel.TopologicalOrder(), _nest.Factors().First(f => f.DependsOn(row)));
        var stores = order.FindAll(u => u.Op == Ops.Store);
        int[] along = [.. _nest.CommonLoops().Where(r => !same.DependsOn(r)).OrderBy(r => r == column ? -1 : LaneLayout.Distance(stores, r)).Select(r => r.ArgAs<RangeArg>().Id)];
        var width = work >= 8 * enough ? WorkgroupHeuristic.VectorOf(_nest, _target, column) : 1;
        TryApply(OptKind.Unroll, row, Array.Find(RowsOfLane, n => n == 1 || (_nest.CanSplit(row, n) && work / n / width >= 2 * enough)));
        TryApply(OptKind.Vector, column, width);
        var left = (long)_target.Workgroups!.PreferredLanes;
        foreach (var id in along)
        {
            if (left > 1 && _nest.Find(id) is { } loop && loop[0].Op == Ops.Const)
            {
                var turns = (loop[0].Max + left - 1) / left;
                var lanes = (loop[0].Max + turns - 1) / turns;
                left = TryApply(OptKind.Lane, loop, lanes) ? left / lanes : left;
            }
        }

        WorkgroupHeuristic.ChooseGrid(_nest, _target);
        var sum = _nest.Kernel.TopologicalOrder().Find(u => u.Op == Ops.Reduce)!;
        if (sum.Src[1..].ToArray().LastOrDefault(r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce && r[0].Op == Ops.Const) is { } terms)
        {
            // Each turn of a loop stores and loads all sums.
            var size = terms[0].Max;
            TryApply(OptKind.Unroll, terms, size <= MostCopies ? size : Array.Find(TermsOfTurn, n => size % n == 0));
        }
    }

    private bool TryApply(OptKind kind, UOp loop, long amount)
    {
        var opt = new Opt(kind, loop.ArgAs<RangeArg>().Id, (int)amount);
        if (amount < 2 || new LegalOpts(_nest, _target).WhyNot(opt) is not null)
        {
            return false;
        }

        _nest.Apply(opt);
        return true;
    }
}
