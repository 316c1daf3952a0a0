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
    private const int LeastVectorBytes = 16;

    // Lines that are a multiple of so many bytes apart fall into one set or two, where a way of the cache has the size of a page.
    private const long SetsBytes = 2048;

    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly List<UOp> _factors;
    private readonly int _panel;

    private Blocking(LoopNest nest, CodeGeneratorView target, List<UOp> factors)
    {
        (_nest, _target, _factors) = (nest, target, factors);
        _panel = factors.FindIndex(f => !IsConsecutive(f));
        _panel = _panel >= 0 ? _panel : factors.FindIndex(f => f.Ranges.ToArray().Any(r => Kind(r) == RangeKind.Vector));
    }

    private UOp Panel => _factors[_panel];

    private UOp Coefficients => _factors[1 - _panel];

    /// <summary>The two factors of a kernel whose loops can be blocked; none of another.</summary>
    public static List<UOp> FactorsOf(LoopNest nest, CodeGeneratorView target) => SummedBy(nest, target) is { Count: 2 } factors ? factors : [];

    /// <summary>What is multiplied, or else reduced, by a kernel that reduces once, all of whose loops are of literal length; none of another.</summary>
    public static List<UOp> SummedBy(LoopNest nest, CodeGeneratorView target)
    {
        if (target.LocalBytes == 0 || target.L2CacheBytes == 0
            || nest.Order.Count(u => u.Op == Ops.Reduce) != 1
            || !nest.Ranges.TrueForAll(r => r[0].Op == Ops.Const)
            || nest.CommonLoops().Count != nest.OutputLoops.Count())
        {
            return [];
        }

        return nest.Factors();
    }

    /// <summary>Whether an array may hold a factor: it is used often, and is not a window, of which the array would hold each element several times.</summary>
    public static bool CanStage(UOp factor, IEnumerable<UOp> outputLoops) => IsReused(factor, outputLoops) && !IsWindow(factor);

    /// <summary>Whether each element of a factor is used by so many results.</summary>
    public static bool IsReused(UOp factor, IEnumerable<UOp> outputLoops, long times = MinReuse) =>
        outputLoops.Where(r => !factor.DependsOn(r)).Aggregate(1L, (p, r) => p * r[0].Max) >= times;

    private static bool IsWindow(UOp factor) =>
        factor.TopologicalOrder().Exists(u => u.Op == Ops.Load && u.Ranges.ToArray().Aggregate(1.0, (p, r) => p * r[0].Max) > 1.5 * (u[0][1].Max - u[0][1].Min + 1));

    /// <summary>Blocks a kernel and chooses its grid; false if it has nothing to block, and is as it was.</summary>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target) =>
        FactorsOf(nest, target) is { Count: 2 } factors && new Blocking(nest, target, factors) is { _panel: >= 0 } blocking && blocking.TryApply(nest.CommonLoops());

    private bool TryApply(List<UOp> loops)
    {
        var rows = loops.FindAll(r => !Panel.DependsOn(r));
        var columns = loops.FindAll(r => !Coefficients.DependsOn(r));
        var panelBytes = BytesOf(Panel, r => !loops.Contains(r));
        var isComputed = _nest.Order.Exists(static u => u.Op == Ops.Dot4);
        var (keepsPanel, keepsCoefficients) = (_nest.IsKept(Panel), _nest.IsKept(Coefficients));
        var packsPanel = !IsConsecutive(Panel) || (isComputed && !keepsPanel && !IsWindow(Panel)) || (IsReused(Panel, rows) && BytesOf(Panel, _ => true) > _target.L2CacheBytes);
        var packsCoefficients = IsReused(Coefficients, columns, MinReuse / 2) && !IsWindow(Coefficients) && ((isComputed && !keepsCoefficients) || (BytesOf(Coefficients, r => !loops.Contains(r)) > _target.L1CacheBytes * 3 / 4 && Collides(Coefficients, loops)));
        if (rows.Count == 0 || (columns.Count == 0 && !packsPanel) || rows.Exists(columns.Contains)
            || (packsPanel ? panelBytes > _target.L2CacheBytes || IsWindow(Panel) : !packsCoefficients))
        {
            return false;
        }

        // What is kept is in order already; it is walked through in the same way.
        var blocks = packsPanel && packsCoefficients && !keepsPanel && !keepsCoefficients ? SumBlocks(panelBytes) : 1;
        (var column, blocks) = ChooseItems([.. loops.Except(rows).Except(columns)], rows, columns, packsPanel && !keepsPanel, packsCoefficients && !keepsCoefficients, blocks);
        if (packsPanel)
        {
            // Coefficients that stay in the second level are run through for a single column: nothing of its panel is far away then.
            if (BytesOf(Coefficients, r => Kind(r) != RangeKind.Global) > _target.L2CacheBytes
                && _nest.Find(column) is { } block && block[0].Op == Ops.Const && Math.Max(1, _target.L2CacheBytes / 2 * blocks / panelBytes) is > 1 and var columnsOfBlock && columnsOfBlock < block[0].Max)
            {
                _nest.Apply(new Opt(OptKind.Tile, column, (int)columnsOfBlock));
            }

            var within = -1;
            if (blocks > 1)
            {
                (within, column) = Accumulate(blocks, column);
            }

            if (!keepsPanel)
            {
                Stage(column, _panel);
            }

            if (packsCoefficients && !keepsCoefficients)
            {
                Stage(within, 1 - _panel);
            }

            return true;
        }

        if (_nest.Find(column) is { } inner && Kind(inner) == RangeKind.Loop)
        {
            // All of the panel is in the cache: what it is multiplied with stays nearer.
            Apply(OptKind.Innermost, inner);
        }

        if (!keepsCoefficients)
        {
            Stage(-1, 1 - _panel);
        }

        return true;
    }

    // In how many blocks a sum is taken: in several, if else of the panel only a few columns stay in the second level, for each of which all
    // coefficients come from farther away.
    private int SumBlocks(long panelBytes)
    {
        const int LeastColumns = 4;
        if (_nest.Ranges.FindAll(static r => Kind(r) == RangeKind.Reduce) is not [var sum])
        {
            return 1;
        }

        var blocks = (int)(panelBytes * LeastColumns * 2 / _target.L2CacheBytes);
        return blocks < 2 ? 1 : Enumerable.Range(blocks, blocks).FirstOrDefault(n => sum[0].Max % n == 0, 1);
    }

    // The sums of all results of a work item are taken block by block. Returns the numbers of the loop over blocks, and of that over columns.
    private (int Blocks, int Column) Accumulate(int blocks, int column)
    {
        var place = Columns().FindIndex(r => r.ArgAs<RangeArg>().Id == column);
        var sum = _nest.Ranges.Find(static r => Kind(r) == RangeKind.Reduce)!;
        Apply(OptKind.Tile, sum, (int)(sum[0].Max / blocks));
        Apply(OptKind.Accumulate, sum);

        // There are new loops now, in the order of those before.
        return (Loops().Find(r => _nest.Factors()[1 - _panel].DependsOn(r))!.ArgAs<RangeArg>().Id, place < 0 ? column : Columns()[place].ArgAs<RangeArg>().Id);

        List<UOp> Columns() => Loops().FindAll(r => !_nest.Factors()[1 - _panel].DependsOn(r));

        List<UOp> Loops() => [.. _nest.Factors()[_panel].Ranges.ToArray().Where(static r => Kind(r) == RangeKind.Loop).OrderBy(static r => r.ArgAs<RangeArg>().Id)];
    }

    // Equal work items, enough for all threads: those of a batch, or of rows, for each of which the panel is packed again, or of
    // columns, if then less is packed. And no more coefficients in one than the cache that threads share has room for, nor sums, if they are
    // taken in blocks: else there is one block. Returns the number of the innermost loop over columns, -1 if there is none, and how many
    // blocks there are.
    private (int Column, int Blocks) ChooseItems(List<UOp> batch, List<UOp> rows, List<UOp> columns, bool packsPanel, bool packsCoefficients, int blocks)
    {
        const int ItemsPerThread = 2;
        var threads = _target.Parallelism;
        var items = batch.Aggregate(1L, (p, r) => p * r[0].Max);
        batch.ForEach(r => Apply(OptKind.Global, r));
        var isSplit = threads > 1 && items < threads * ItemsPerThread;
        var column = columns.Count == 0 ? -1 : columns[^1].ArgAs<RangeArg>().Id;
        if (isSplit && columns.Count > 0 && columns[0][0].Max >= Ceiling(threads * ItemsPerThread, items) && (!packsCoefficients || BytesOf(Coefficients, _ => true) < BytesOf(Panel, _ => true)))
        {
            var turns = columns[0][0].Max;
            var amount = Share(items, turns, turns, packsCoefficients, threads);
            var inner = Split(columns[0], amount);
            (column, items, isSplit) = (columns.Count == 1 ? inner : column, items * Ceiling(turns, amount), false);
        }

        var (row, rest) = (rows[0], rows.Skip(1).Aggregate(1L, (p, r) => p * r[0].Max));
        var room = _target.LastCacheBytes / Math.Max(2, threads);
        var fitting = Fitting(blocks);
        if (blocks > 1 && fitting < MinReuse)
        {
            (blocks, fitting) = (1, Fitting(1));
        }

        Split(row, Share(items, row[0].Max, packsCoefficients ? Math.Min(row[0].Max, Math.Max(Ceiling(MinReuse, rest), fitting)) : row[0].Max, packsPanel || !isSplit, threads));
        rows.Skip(1).ToList().ForEach(r => Apply(OptKind.Innermost, r));
        return (column, blocks);

        long Fitting(int blocks)
        {
            var coefficients = room / 2 / BytesOf(Coefficients, r => Kind(r) != RangeKind.Loop) * blocks / rest;
            var sum = _nest.Order.Find(static u => u.Op == Ops.Reduce)!;
            return blocks == 1 ? coefficients : Math.Min(coefficients, room / BytesOf(sum, r => Kind(r) != RangeKind.Global && r != row));
        }
    }

    // How many turns of a loop become a work item, at most so many, if there are so many items without: the thread that has most to do shall
    // have little. An item costs about a turn more, if something is packed for it; else it may be small, so that threads can take it from each other.
    internal static long Share(long items, long turns, long most, bool packs, int threads)
    {
        const int ItemsPerThread = 16;
        var (best, least) = (most, long.MaxValue);
        var fewest = Ceiling(turns, most);
        for (var wanted = fewest; wanted <= Math.Min(turns, Math.Max(fewest, threads * ItemsPerThread / items)); wanted++)
        {
            var (amount, longest) = (Ceiling(turns, wanted), 0L);
            var parts = Ceiling(turns, amount);
            for (var i = 0; i < threads; i++)
            {
                var (begin, end) = (items * parts * i / threads, items * parts * (i + 1) / threads);
                longest = Math.Max(longest, Before(end) - Before(begin) + (packs ? end - begin : 0));
            }

            (best, least) = longest < least || (longest == least && !packs) ? (amount, longest) : (best, least);

            long Before(long item) => item / parts * turns + Math.Min(turns, item % parts * amount);
        }

        return best;
    }

    // A loop becomes a dimension of the grid over blocks, and a loop within all that there are now. Returns the number of that; -1 if
    // blocks are single turns.
    private int Split(UOp loop, long amount)
    {
        if (amount >= loop[0].Max)
        {
            return Apply(OptKind.Innermost, loop);
        }

        var inner = amount == 1 ? -1 : Apply(OptKind.Tile, loop, (int)amount);
        Apply(OptKind.Global, loop);
        return inner;
    }

    // The copy is vectors along memory. Where the array has other elements next to each other, squares of them are transposed.
    private void Stage(int within, int factor)
    {
        // Two arrays at most.
        var spanned = LoopNest.StagedRanges(_nest.Factors()[factor], within);
        if (BytesOf(_nest.Factors()[factor], spanned.Contains) > _target.LocalBytes / 2)
        {
            return;
        }

        _nest.Apply(new Opt(OptKind.Stage, within, factor));
        var copy = _nest.Order.Where(u => u.Op == Ops.End && u[0][0][0].Op == Ops.Local).MaxBy(u => u[0][0][0].ArgAs<LocalArg>().Number)!;
        var (to, value, loops) = (copy[0][0][1], copy[0][1], copy.Src[1..].ToArray());
        if (value.Op == Ops.Load && _target.IsVector(value.DType) && !loops.Any(r => Kind(r) == RangeKind.Vector)
            && Array.Find(loops, r => Kind(r) == RangeKind.Loop && Strides.Along(value[0][1], r) == 1) is { } along)
        {
            var next = Array.Find(loops, r => Kind(r) == RangeKind.Unroll && Strides.Along(to, r) == 1);
            var lanes = (long)_target.VectorBytes / value.DType.Bytes;
            lanes = Strides.Along(to, along) == 1 ? lanes : next is null || !_target.CanTranspose(value.DType) ? 1 : Math.Min(lanes, Transposition.Rows(next[0].Max, (int)lanes));
            while (lanes > along[0].Max)
            {
                lanes /= 2;
            }

            if (lanes * value.DType.Bytes >= LeastVectorBytes && _nest.CanSplit(along, (int)lanes))
            {
                Apply(OptKind.Vector, along, (int)lanes);
            }
        }
    }

    private int Apply(OptKind kind, UOp loop, int amount = 0) => _nest.Apply(new Opt(kind, loop.ArgAs<RangeArg>().Id, amount));

    // Whether what a tile reads lies in few sets of the first level of the cache, which then holds little of it.
    private static bool Collides(UOp factor, List<UOp> loops) => factor.TopologicalOrder().Exists(u => u.Op == Ops.Load
        && u.Ranges.ToArray().Any(r => !loops.Contains(r) && (Strides.Along(u[0][1], r) is not { } stride || (stride != 0 && stride * u.DType.Bytes % SetsBytes == 0))));

    private static bool IsConsecutive(UOp panel) => panel.TopologicalOrder().TrueForAll(u =>
        u.Op != Ops.Load || u.Ranges.ToArray().FirstOrDefault(r => Kind(r) == RangeKind.Vector) is not { } lanes || Strides.Along(u[0][1], lanes) == 1);

    private static long Ceiling(long a, long b) => (a + b - 1) / b;

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;

    private static long BytesOf(UOp factor, Func<UOp, bool> within) =>
        factor.DType.BytesOf(factor.Ranges.ToArray().Where(within).Aggregate(1L, (p, r) => p * r[0].Max));
}
