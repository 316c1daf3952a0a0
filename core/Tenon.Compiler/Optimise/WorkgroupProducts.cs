using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Sums of products whose factors other results use again — products of matrices, convolutions — for groups of lanes: each lane
/// computes a tile of results in registers, a group a square of tiles, and the blocks of the factors that a group needs next are copied
/// to local memory once for all of them, where that is nearer.
/// </summary>
/// <remarks>
/// Rows are the loops that change only one factor, columns those that change only the other, in whose direction results lie in memory. Either may be
/// several small loops: the tile takes copies of one of them, and lanes are spread over all.
/// </remarks>
internal sealed class WorkgroupProducts
{
    private const int LeastResults = 16;
    private const int LeastTerms = 8;
    private const int MostTerms = 64;
    private const int CopiesOfSum = 4;
    private const int LanesOfCore = 64;
    private const double MostWaste = 1.25;
    private static readonly (int Rows, int Columns)[] Tiles = [(4, 8), (4, 4), (2, 4), (2, 2), (1, 2), (1, 1)];
    private static readonly int[] Blocks = [16, 8, 12, 10, 14, 4, 2];
    private readonly LoopNest _nest;
    private readonly CodeGeneratorView _target;
    private readonly List<UOp> _rows;
    private readonly List<UOp> _columns;

    private WorkgroupProducts(LoopNest nest, CodeGeneratorView target, List<UOp> rows, List<UOp> columns) =>
        (_nest, _target, _rows, _columns) = (nest, target, rows, columns);

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

        var only = loops.Where(r => a.DependsOn(r) != b.DependsOn(r) && r[0].Op == Ops.Const && r[0].Max > 1)
            .OrderBy(r => LaneLayout.Distance(order.Where(u => u.Op == Ops.Store), r)).ThenByDescending(r => r[0].Max).ToList();
        var columns = only.FindAll(r => a.DependsOn(r) == a.DependsOn(only[0]));
        var rows = only.Except(columns).ToList();
        var work = SizeOf(loops);
        if (rows.Count == 0 || (work < enough && SizeOf(sum.Src[1..].ToArray()) > most) || SizeOf(only) < LeastResults)
        {
            return false;
        }

        new WorkgroupProducts(nest, target, rows, columns).Apply(work, most, enough);
        return true;
    }

    private void Apply(long work, long most, long enough)
    {
        var width = WorkgroupHeuristic.VectorOf(_nest, _target, _columns[0]);
        var (rows, columns) = Tiles.First(t => t == (1, 1) || (Part(_rows, t.Rows) is not null && Part(_columns, t.Columns) is not null && work / t.Rows / t.Columns >= 2 * enough));
        rows = Tile(Part(_rows, rows), 1);
        columns = width > 1 && columns > 1 ? Tile((_columns[0], Math.Max(columns, width)), width) : Tile(Part(_columns, columns), 1);

        // As square as there are lanes for.
        most = Math.Min(most, _target.Workgroups!.LocalMemoryIsFast ? most : LanesOfCore);
        var side = (long)Math.Sqrt(most);
        var (r, c) = (Left(_rows), Left(_columns));
        var across = Spread(_columns, Math.Min(c, r < side ? most / Math.Max(1, r) : side));
        var down = Spread(_rows, Math.Min(r, most / across));
        WorkgroupHeuristic.ChooseGrid(_nest, _target);
        if (_target.Workgroups.LocalMemoryIsFast && _target.LocalBytes > 0 && _target.Has(Ops.Barrier) && across * down >= _target.Workgroups.PreferredLanes)
        {
            Share((rows * down) + (columns * across));
        }
    }

    // Which loop is split for a tile, and by how much: so that the last turn repeats little. The loop along memory is left to the lanes if another will do.
    private (UOp Loop, int Amount)? Part(List<UOp> side, int wanted)
    {
        (UOp Loop, int Amount)? best = null;
        var least = MostWaste;
        for (var i = side.Count - 1; i >= 0 && wanted > 1; i--)
        {
            foreach (var amount in new[] { wanted, wanted + 1, wanted - 1 })
            {
                if (amount > 1 && _nest.CanSplit(side[i], amount) && (double)((side[i][0].Max + amount - 1) / amount * amount) / side[i][0].Max is var waste && waste < least)
                {
                    (best, least) = ((side[i], amount), waste);
                }
            }
        }

        return wanted == 1 ? (side[0], 1) : best;
    }

    private int Tile((UOp Loop, int Amount)? part, int width)
    {
        var (loop, amount) = part!.Value;
        var id = loop.ArgAs<RangeArg>().Id;
        if (amount > width)
        {
            id = Apply(OptKind.Unroll, id, amount);
        }

        if (width > 1)
        {
            Apply(OptKind.Vector, id, width);
        }

        return amount;
    }

    // Lanes over the loops of a side, those along memory first. Returns how many.
    private long Spread(List<UOp> side, long most)
    {
        var lanes = 1L;
        foreach (var loop in side)
        {
            var (left, count) = (Left([loop]), Math.Min(Left([loop]), most / lanes));
            if (count < 2)
            {
                continue;
            }

            // As many as leave few of them without work in the last turn.
            var turns = (left + count - 1) / count;
            count = turns * count > left * MostWaste ? (left + turns - 1) / turns : count;
            Apply(OptKind.Lane, loop.ArgAs<RangeArg>().Id, (int)count);
            lanes *= count;
        }

        return lanes;
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

        var within = SizeOf(loops.Skip(1));
        var (size, id) = (loops[0][0].Max, loops[0].ArgAs<RangeArg>().Id);
        var most = Math.Min(_target.LocalBytes / (results * _nest.Factors().Max(f => f.DType.Bytes)), MostTerms);
        var isWhole = size * within <= most;
        var block = isWhole ? 0 : Array.Find(Blocks, n => size % n == 0 && size > n && n * within >= LeastTerms && n * within <= most);
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

    // How many turns are left for lanes and groups.
    private long Left(List<UOp> side) =>
        SizeOf(side.Select(r => _nest.Find(r.ArgAs<RangeArg>().Id)).OfType<UOp>().Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Loop));

    private int Apply(OptKind kind, int loop, int amount) => _nest.Apply(new Opt(kind, loop, amount));

    private static long SizeOf(IEnumerable<UOp> loops) => loops.Aggregate(1L, (p, r) => checked(p * r[0].Max));
}
