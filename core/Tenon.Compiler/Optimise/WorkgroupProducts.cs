using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Sums of products whose factors other results use again — products of matrices, convolutions — for groups of lanes: each lane
/// computes a tile of results in registers, a group a square of tiles, and the blocks of the factors that a group needs next are copied
/// to local memory once for all of them.
/// </summary>
/// <remarks>
/// Processors that run few lanes side by side run those of a group one after the other: what a lane keeps across a barrier is stored and
/// loaded again, so tiles and blocks are larger, and groups smaller.
/// </remarks>
internal sealed class WorkgroupProducts
{
    private const int ManyLanes = 32;
    private const int LeastTerms = 8;
    private const int MostTerms = 64;
    private const int CopiesOfSum = 4;
    private static readonly (int Rows, int Columns)[] Tiles = [(8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2), (1, 1)];
    private static readonly int[] RowsOfLane = [8, 4, 2, 1];
    private static readonly int[] TermsOfTurn = [4, 5, 6, 3, 2];
    private static readonly int[] Blocks = [64, 32, 16, 8, 48, 40, 24, 20, 12, 10, 14, 4, 2];
    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly UOp _row;
    private readonly UOp _column;
    private readonly bool _hasManyLanes;

    private WorkgroupProducts(LoopNest nest, CodeGeneratorView target, UOp row, UOp column)
    {
        (_nest, _target, _row, _column) = (nest, target, row, column);
        _hasManyLanes = target.Workgroups!.PreferredLanes >= ManyLanes;
    }

    /// <summary>Changes the loops of such a kernel; false if it is another, and is as it was.</summary>
    /// <param name="nest">The kernel.</param>
    /// <param name="target">For what it is.</param>
    /// <param name="most">Lanes of a group.</param>
    /// <param name="enough">Lanes that keep the device busy.</param>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target, long most, long enough)
    {
        var (order, loops) = (nest.Kernel.TopologicalOrder(), nest.CommonLoops());
        if (order.FindAll(u => u.Op == Ops.Reduce) is not [var sum] || nest.Factors() is not [var a, var b] || loops.Count != nest.OutputLoops.Count() || !loops.TrueForAll(nest.CanBeLanes))
        {
            return false;
        }

        var only = loops.FindAll(r => a.DependsOn(r) != b.DependsOn(r) && r[0].Op == Ops.Const && r[0].Max > 1);
        var column = only.MinBy(r => LaneLayout.Distance(order.Where(u => u.Op == Ops.Store), r));
        var row = column is null ? null : only.FindAll(r => a.DependsOn(r) != a.DependsOn(column)).MaxBy(r => r[0].Max);
        var work = loops.Aggregate(1L, (p, r) => p * r[0].Max);
        var terms = sum.Src[1..].ToArray().Aggregate(1L, (p, r) => p * r[0].Max);
        if (row is null || (work < enough && terms > most) || row[0].Max * column![0].Max < 16)
        {
            return false;
        }

        new WorkgroupProducts(nest, target, row, column).Apply(work, most, enough);
        return true;
    }

    private void Apply(long work, long most, long enough)
    {
        if (!_target.Workgroups!.LocalMemoryIsFast)
        {
            Spread(work, enough);
            return;
        }

        var (rows, columns) = Tiles.Skip(_hasManyLanes ? 2 : 0).First(t => t == (1, 1) || (_nest.CanSplit(_row, Math.Max(2, t.Rows)) && _nest.CanSplit(_column, t.Columns) && work / t.Rows / t.Columns >= 2 * enough));
        var width = WorkgroupHeuristic.VectorOf(_nest, _target, _column);
        TileOf(_row, rows, 1);
        TileOf(_column, width > 1 && columns > 1 ? Math.Max(columns, width) : columns, columns > 1 ? width : 1);

        // As square as there are lanes for.
        most = Math.Min(most, _hasManyLanes ? 256 : 64);
        var side = (long)Math.Sqrt(most);
        var (r, c) = (Left(_row), Left(_column));
        var across = Math.Min(c, r < side ? most / Math.Max(1, r) : side);
        var down = Math.Min(r, most / Math.Max(1, across));
        Lanes(_column, across);
        Lanes(_row, down);
        WorkgroupHeuristic.ChooseGrid(_nest, _target);
        if (_target.LocalBytes > 0 && _target.Has(Ops.Barrier) && across * down >= ManyLanes)
        {
            Share(rows * down + columns * across);
        }
    }

    // Where lanes are those of a core's vectors, and local arrays would only be copies: the lanes lie along one factor, and of the other all need the
    // same, which is one load for all of them.
    private void Spread(long work, long enough)
    {
        var (order, common) = (_nest.Kernel.TopologicalOrder(), _nest.CommonLoops());
        var (stores, same) = (order.FindAll(u => u.Op == Ops.Store), _nest.Factors().First(f => f.DependsOn(_row)));
        int[] along = [.. common.Where(r => !same.DependsOn(r)).OrderBy(r => r == _column ? -1 : LaneLayout.Distance(stores, r)).Select(r => r.ArgAs<RangeArg>().Id)];
        var width = work >= 8 * enough ? WorkgroupHeuristic.VectorOf(_nest, _target, _column) : 1;
        TileOf(_row, Array.Find(RowsOfLane, n => n == 1 || (_nest.CanSplit(_row, n) && work / n / width >= 2 * enough)), 1);
        TileOf(_column, width, width);
        var left = (long)_target.Workgroups!.PreferredLanes;
        foreach (var loop in along)
        {
            var size = left > 1 && _nest.Find(loop) is { } rest && rest[0].Op == Ops.Const ? rest[0].Max : 1;
            var turns = (size + left - 1) / left;
            if (TryApply(OptKind.Lane, loop, (size + turns - 1) / turns))
            {
                left /= (size + turns - 1) / turns;
            }
        }

        WorkgroupHeuristic.ChooseGrid(_nest, _target);
        var sum = _nest.Kernel.TopologicalOrder().Find(u => u.Op == Ops.Reduce)!;
        if (sum.Src[1..].ToArray().LastOrDefault(r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce && r[0].Op == Ops.Const) is { } terms)
        {
            // Each turn of a loop stores and loads all sums.
            var size = terms[0].Max;
            TryApply(OptKind.Unroll, terms.ArgAs<RangeArg>().Id, size <= 2 * CopiesOfSum ? size : Array.Find(TermsOfTurn, n => size % n == 0));
        }
    }

    private bool TryApply(OptKind kind, int loop, long amount)
    {
        var opt = new Opt(kind, loop, (int)amount);
        if (amount < 2 || new LegalOpts(_nest, _target).WhyNot(opt) is not null)
        {
            return false;
        }

        _nest.Apply(opt);
        return true;
    }

    // Both factors, block by block of what is summed. A block has some turns of the first loop, and all of those within it.
    private void Share(long results)
    {
        var sum = _nest.Kernel.TopologicalOrder().Find(u => u.Op == Ops.Reduce)!;
        var loops = sum.Src[1..].ToArray().Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce).ToList();
        if (loops.Count == 0 || loops.Exists(r => r[0].Op != Ops.Const))
        {
            return;
        }

        var within = loops.Skip(1).Aggregate(1L, (p, r) => p * r[0].Max);
        var (size, id) = (loops[0][0].Max, loops[0].ArgAs<RangeArg>().Id);
        var most = Math.Min(_target.LocalBytes / (results * _nest.Factors().Max(f => f.DType.Bytes)), MostTerms);
        var isWhole = size * within <= most;
        var block = isWhole ? 0 : Array.Find(Blocks, n => size % n == 0 && size > n && n * within >= LeastTerms && n * within <= most && (n <= 16 || !_hasManyLanes));
        if (!isWhole && block == 0 && (within < LeastTerms || within > most))
        {
            return;
        }

        var inner = block > 0 ? Apply(OptKind.Tile, id, block) : -1;
        var outer = isWhole ? -1 : id;
        foreach (var factor in new[] { 0, 1 })
        {
            var stage = new Opt(OptKind.Stage, outer, factor);
            if (new LegalOpts(_nest, _target).WhyNot(stage) is null)
            {
                _nest.Apply(stage);
            }
        }

        var copied = inner >= 0 ? inner : loops[^1].ArgAs<RangeArg>().Id;
        if (new Opt(OptKind.Unroll, copied, CopiesOfSum) is var copies && new LegalOpts(_nest, _target).WhyNot(copies) is null)
        {
            _nest.Apply(copies);
        }
    }

    private void TileOf(UOp loop, int copies, int width)
    {
        var id = loop.ArgAs<RangeArg>().Id;
        if (copies > width)
        {
            id = Apply(OptKind.Unroll, id, copies);
        }

        if (width > 1)
        {
            Apply(OptKind.Vector, id, width);
        }
    }

    private long Left(UOp loop) => _nest.Find(loop.ArgAs<RangeArg>().Id) is { } rest && rest.ArgAs<RangeArg>().Kind == RangeKind.Loop ? rest[0].Max : 1;

    private void Lanes(UOp loop, long count)
    {
        if (count > 1 && Left(loop) >= count)
        {
            Apply(OptKind.Lane, loop.ArgAs<RangeArg>().Id, (int)count);
        }
    }

    private int Apply(OptKind kind, int loop, int amount) => _nest.Apply(new Opt(kind, loop, amount));
}
