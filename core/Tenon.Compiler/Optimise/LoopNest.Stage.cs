using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
    /// <summary>
    /// What is loaded to be multiplied in a sum, or else to be reduced: each is a value of its own that depends on some of the
    /// loops, and that a local array can hold. In order of the graph.
    /// </summary>
    public List<UOp> Factors()
    {
        if (_factors is not null)
        {
            return _factors;
        }

        var factors = new List<UOp>();
        // Without sums, what lanes load for each other.
        if (Ranges.Exists(LaneLayout.IsLane) && !Order.Exists(static u => u.Op == Ops.Reduce))
        {
            return _factors = LoadsOfValues(Order);
        }

        foreach (var reduce in Order)
        {
            if (reduce.Op != Ops.Reduce)
            {
                continue;
            }

            var sums = reduce.ArgAs<ReduceArg>().Op == Ops.Add;
            foreach (var factor in sums && reduce[0].Op is Ops.Mul or Ops.Dot4 ? reduce[0].Src[..2] : reduce.Src[..1])
            {
                if (!factors.Contains(factor) && ReadsMemory(factor))
                {
                    factors.Add(factor);
                }
            }
        }

        return _factors = factors;
    }

    /// <summary>The loops that a staged factor's array spans: those within a loop that the factor depends on. What is summed is within loops over results.</summary>
    public static UOp[] StagedRanges(UOp factor, int within)
    {
        var inSum = Array.Exists(factor.Ranges.ToArray(), r => r.ArgAs<RangeArg>() == new RangeArg(within, RangeKind.Reduce));
        return [.. factor.Ranges.ToArray().Where(r => r.ArgAs<RangeArg>() is var arg && arg.Kind switch
        {
            RangeKind.Global => false,
            RangeKind.Loop => !inSum && arg.Id > within,
            RangeKind.Reduce => !inSum || arg.Id > within,
            _ => true,
        })];
    }

    /// <summary>Whether a factor changes within a loop, and the loops around the array's are ones that it can be filled in.</summary>
    public static bool CanStage(UOp factor, int within) =>
        StagedRanges(factor, within) is { Length: > 0 } spanned && factor.Ranges.ToArray().All(r => spanned.Contains(r) || r.ArgAs<RangeArg>().Kind is RangeKind.Global or RangeKind.Loop or RangeKind.Reduce);

    // What is loaded to say what to access is no value that an array could stand in for.
    private static List<UOp> LoadsOfValues(List<UOp> order)
    {
        var inIndices = new NodeSet();
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var u = order[i];
            var inIndex = inIndices.Contains(u) ? u.Src : u.Op switch { Ops.Index or Ops.Load => u.Src[1..], Ops.Store => u.Src[2..], _ => [] };
            foreach (var s in inIndex)
            {
                inIndices.Add(s);
            }
        }

        return order.FindAll(u => u is { Op: Ops.Load, Src.Length: 1 } && u[0][0].Op == Ops.Param && !inIndices.Contains(u));
    }

    private static bool ReadsMemory(UOp factor) =>
        factor.TopologicalOrder(static u => u.Op != Ops.After) is var order
        && order.Exists(static u => u.Op == Ops.Load) && !order.Exists(static u => u.Op == Ops.Reduce);

    // factor(r) → local[r], after local[r'] = factor(r') in loops r' of its own.
    private void Stage(Opt opt)
    {
        var factors = Factors();
        if (opt.Amount < 0 || opt.Amount >= factors.Count)
        {
            throw new TenonException("TEN1050", $"{opt} names a factor that the kernel doesn't have. It has {factors.Count}.");
        }

        var factor = factors[opt.Amount];
        var index = factor.Op == Ops.Load ? factor[0][1] : null;
        var summed = SummedWith(factor);
        var axes = StagedAxes(StagedRanges(factor, opt.Range), index, summed);
        var spanned = axes.SelectMany(a => a).ToArray();
        if (factor.TopologicalOrder().Exists(u => u.Op == Ops.After) || !CanStage(factor, opt.Range))
        {
            throw new TenonException("TEN1051", $"{opt} would stage a factor that doesn't change within that loop, or that is staged already.");
        }

        var (rows, padding) = Padding(factor, index, axes);
        var local = UOp.New(Ops.Local, factor.DType, [], new LocalArg(_nextLocal++, SizeOf(spanned) + (padding * SizeOf([.. axes.Take(rows).SelectMany(a => a)]))));
        var (store, loops) = Fill(local, factor, index, axes, rows, padding, axis => summed.Contains(axis[0]) && axis[0].ArgAs<RangeArg>().Kind != RangeKind.Vector ? RangeKind.Loop : CopyKind(index, axis[^1]));
        var filled = UOp.New(Ops.After, local.DType, [local, End(store, loops)]);
        Substitute(factor, Load(filled, Offset(spanned, axes.Take(rows).Sum(a => a.Length), padding)));
    }

    // What puts a factor into storage with these axes, in loops of its own: those that take the longest steps in memory are outermost.
    private (UOp Store, UOp[] Loops) Fill(UOp storage, UOp factor, UOp? index, List<UOp[]> axes, int rows, long padding, Func<UOp[], RangeKind> kindOf)
    {
        var (loops, copies) = (new UOp[axes.Count], new NodeMap<UOp>());
        foreach (var axis in axes.OrderByDescending(a => Step(index, a[^1])))
        {
            var loop = loops[axes.IndexOf(axis)] = UOp.Range(axis.Length == 1 ? axis[0][0].Substitute(copies) : UOp.Index(SizeOf(axis)), _nextRange++, kindOf(axis));
            var rest = loop;
            for (var i = axis.Length - 1; i >= 0; i--)
            {
                copies[axis[i]] = i == 0 ? rest : IndexMath.FloorMod(rest, axis[i][0]);
                rest = i == 0 ? rest : IndexMath.FloorDiv(rest, axis[i][0]);
            }
        }

        return (UOp.New(Ops.Store, DType.Void, [At(storage, loops, rows, padding), factor.Substitute(copies)]), loops);
    }

    // The axes of the array, the last consecutive: loops, then what is summed over, of which copies that are written out come within all its
    // loops — several that run through memory as one are one axis —, then lanes of the group, then copies of results, then lanes of vectors.
    private static List<UOp[]> StagedAxes(UOp[] ranges, UOp? index, HashSet<UOp> summed)
    {
        var axes = new List<UOp[]>();
        var inOrder = ranges.OrderBy(Group).ThenBy(r => Group(r) == 1 && r.ArgAs<RangeArg>().Kind == RangeKind.Unroll);
        foreach (var r in inOrder.ThenByDescending(r => Group(r) == 1 ? Step(index, r) : 0).ThenBy(r => r.ArgAs<RangeArg>().Id))
        {
            if (axes.Count > 0 && Group(r) == 1 && Group(axes[^1][^1]) == 1 && Step(index, r) is > 0 and < long.MaxValue && r[0].Op == Ops.Const && Step(index, axes[^1][^1]) == Step(index, r) * r[0].Max)
            {
                axes[^1] = [.. axes[^1], r];
            }
            else
            {
                axes.Add([r]);
            }
        }

        return axes;

        int Group(UOp r) => r.ArgAs<RangeArg>().Kind switch
        {
            RangeKind.Vector => 4,
            _ when summed.Contains(r) => 1,
            RangeKind.Lane => 2,
            RangeKind.Unroll => 3,
            _ => 0,
        };
    }

    // Lanes that fill an array copy neighbours in memory. Where these don't come to lie next to each other, they should be in different banks
    // of the local memory: rows of odd length see to that. Vectors stay whole.
    private static (int Rows, long Padding) Padding(UOp factor, UOp? index, List<UOp[]> axes)
    {
        const int BankBytes = 4;
        var rows = 1 + axes.IndexOf(axes.MinBy(a => Step(index, a[^1]))!);
        var row = axes.Skip(rows).SelectMany(a => a).ToArray();
        var isShared = axes.Exists(a => Array.Exists(a, LaneLayout.IsLane));
        return !isShared || row.Length == 0 || SizeOf(row) * factor.DType.Bytes % (2 * BankBytes) != 0 ? (0, 0)
            : (rows, Array.Find(row, r => r.ArgAs<RangeArg>().Kind == RangeKind.Vector) is { } lanes ? lanes[0].Max : Math.Max(1, BankBytes / factor.DType.Bytes));
    }

    private HashSet<UOp> SummedWith(UOp factor) =>
        [.. Order.Where(u => u.Op == Ops.Reduce && u.TopologicalOrder().Contains(factor)).SelectMany(u => u.Src[1..].ToArray())];

    private static RangeKind CopyKind(UOp? index, UOp range) => range.ArgAs<RangeArg>().Kind switch
    {
        RangeKind.Vector when index is null || Step(index, range) == 1 => RangeKind.Vector,
        RangeKind.Vector => RangeKind.Unroll,
        RangeKind.Unroll when index is null || Step(index, range) != 1 => RangeKind.Unroll,
        _ => RangeKind.Loop,
    };

    private static long Step(UOp? index, UOp range) => index is not null && Strides.Along(index, range) is { } stride ? Math.Abs(stride) : long.MaxValue;

    private static long SizeOf(UOp[] ranges) => ranges.Aggregate(1L, (p, r) => p * r[0].Max);

    private static UOp At(UOp storage, UOp[] ranges, int rows = 0, long padding = 0) => UOp.New(Ops.Index, storage.DType, [storage, Offset(ranges, rows, padding)]);

    // After the first ranges, which say the row, come so many elements that are never used.
    private static UOp Offset(UOp[] ranges, int rows = 0, long padding = 0)
    {
        var offset = UOp.Index(0);
        var row = UOp.Index(0);
        foreach (var (i, r) in ranges.Index())
        {
            offset = IndexMath.Add(IndexMath.Mul(offset, UOp.Index(r[0].Max)), r);
            row = i == rows - 1 ? offset : row;
        }

        return IndexMath.Add(offset, IndexMath.Mul(row, UOp.Index(padding)));
    }

    // What fills the array keeps the factor as it is.
    private void Substitute(UOp factor, UOp loaded)
    {
        var done = new NodeMap<UOp> { [factor] = loaded };
        foreach (var u in Kernel.TopologicalOrder(u => u != factor))
        {
            if (u != factor)
            {
                done[u] = u.MapSources(done);
            }
        }

        Kernel = GraphRewrite.Apply(done[Kernel], Simplifier.Rules, stage: "lower/optimise/stage");
    }
}
