using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Blocks a kernel whose sums multiply factors that other results use again — products of matrices, convolutions — for the
/// caches: what a block of results needs stays in the second level, and is packed into local arrays where it lies scattered.
/// </summary>
/// <remarks>
/// The factor with the lanes is the panel, any other a coefficient. Rows are the loops that change only coefficients, columns
/// those that change only the panel, and both change with the loops of a batch. A work item takes some rows and, block of columns
/// by block of columns, runs over all its rows: the block of the panel is read from memory once for all of them.
/// </remarks>
internal sealed class Blocking
{
    // Elements are copied one at a time at worst, in about two cycles; what they are used for must take many more.
    private const long MinReuse = 8;

    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly List<UOp> _factors;
    private readonly int _panel;

    private Blocking(LoopNest nest, CodeGeneratorView target, List<UOp> factors)
    {
        (_nest, _target, _factors) = (nest, target, factors);
        _panel = factors.FindIndex(f => f.Ranges.ToArray().Any(r => Kind(r) == RangeKind.Vector));
    }

    /// <summary>Blocks a kernel and chooses its grid; false if it has nothing to block, and is as it was.</summary>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target)
    {
        if (target.LocalBytes == 0 || target.L2CacheBytes == 0 || nest.Kernel.TopologicalOrder().Count(u => u.Op == Ops.Reduce) != 1)
        {
            return false;
        }

        var factors = nest.Factors();
        var loops = nest.CommonLoops();
        return factors.Count == 2
            && loops.Count == nest.OutputLoops.Count()
            && nest.Ranges.TrueForAll(r => r[0].Op == Ops.Const)
            && new Blocking(nest, target, factors) is { _panel: >= 0 } blocking
            && blocking.TryApply(loops);
    }

    private bool TryApply(List<UOp> loops)
    {
        var (panel, coefficients) = (_factors[_panel], _factors[1 - _panel]);
        var rows = loops.FindAll(r => !panel.DependsOn(r));
        var columns = loops.FindAll(r => !coefficients.DependsOn(r));
        if (rows.Count != 1 || columns.Count == 0 || rows.Exists(columns.Contains) || IsCached(panel) || IsOverlapping(panel))
        {
            return false;
        }

        var (row, column) = (rows[0], columns[^1]);
        var batch = loops.Except(rows).Except(columns).ToList();
        var rowsOfItem = RowsOfItem(row, coefficients, batch);
        var panelBytes = BytesOf(panel, r => !loops.Contains(r));
        var columnsOfBlock = Math.Clamp(_target.L2CacheBytes / 2 / panelBytes, 1, column[0].Max);
        if (rowsOfItem < MinReuse || panelBytes > _target.L2CacheBytes)
        {
            return false;
        }

        var (rowId, columnId) = (row.ArgAs<RangeArg>().Id, column.ArgAs<RangeArg>().Id);
        batch.ForEach(r => _nest.Apply(new Opt(OptKind.Global, r.ArgAs<RangeArg>().Id)));
        if (rowsOfItem < row[0].Max)
        {
            _nest.Apply(new Opt(OptKind.Tile, rowId, (int)rowsOfItem));
            _nest.Apply(new Opt(OptKind.Global, rowId));
        }
        else
        {
            _nest.Apply(new Opt(OptKind.Innermost, rowId));
        }

        if (columnsOfBlock is > 1 && columnsOfBlock < column[0].Max)
        {
            _nest.Apply(new Opt(OptKind.Tile, columnId, (int)columnsOfBlock));
        }

        _nest.Apply(new Opt(OptKind.Stage, columnId, _panel));
        if (BytesOf(coefficients, r => !loops.Contains(r)) > _target.L1CacheBytes * 3 / 4)
        {
            _nest.Apply(new Opt(OptKind.Stage, -1, 1 - _panel));
        }

        return true;
    }

    // Equal work items, enough for all threads, and no more coefficients in one than the cache that threads share has room for.
    private long RowsOfItem(UOp row, UOp coefficients, List<UOp> batch)
    {
        const int ItemsPerThread = 2;
        var threads = _target.Parallelism;
        var items = batch.Aggregate(1L, (p, r) => p * r[0].Max);
        var fitting = Math.Max(_target.L3CacheBytes, _target.L2CacheBytes) / (2 * Math.Max(2, threads)) / BytesOf(coefficients, r => Kind(r) != RangeKind.Loop);
        var wanted = threads == 1 ? 1 : (threads * ItemsPerThread + items - 1) / items;
        var parts = Math.Max(wanted, Ceiling(row[0].Max, Math.Max(MinReuse, fitting)));
        parts = items % threads == 0 ? parts : Ceiling(parts, threads) * threads;
        return Ceiling(row[0].Max, parts);
    }

    private static long Ceiling(long a, long b) => (a + b - 1) / b;

    // All of it stays in the second level of the cache wherever it lies.
    private bool IsCached(UOp panel) => BytesOf(panel, _ => true) <= _target.L2CacheBytes;

    // Windows: an array would hold what is loaded once several times.
    private static bool IsOverlapping(UOp panel) => panel.TopologicalOrder().Exists(u =>
        u.Op == Ops.Load && u.Ranges.ToArray().Aggregate(1.0, (p, r) => p * r[0].Max) > 1.5 * (u[0][1].Max - u[0][1].Min + 1));

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;

    private static long BytesOf(UOp factor, Func<UOp, bool> within) =>
        factor.DType.BytesOf(factor.Ranges.ToArray().Where(within).Aggregate(1L, (p, r) => p * r[0].Max));
}
