using System.Numerics;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Estimates the cycles of a kernel for a <see cref="LoopPlan"/>: each value is computed once for each turn of the loops
/// around it, and costs what its instructions do.
/// </summary>
internal sealed partial class KernelCost
{
    private const double Simple = 0.5;
    private const double LaneMove = 0.7;
    private const double NearLane = Simple + LaneMove;
    private const double OtherLine = 0.5;
    private const double OtherPage = 1.5;

    // Copies that lie pages apart are streams of their own, for which there are few places in the caches. Where each element is read once, so are
    // those on other lines: what is fetched ahead is what lies next to each other.
    private const double OtherStream = 0.05;

    // A line from memory takes longer if whole lines are loaded in a row, for they come before what is fetched ahead, and longer still if rows are
    // read side by side.
    private const double FarLines = 1.5;
    private const double FarRows = 3;
    private const double ComputedLane = 4 + LaneMove;

    // What is added to a sum that is done: the next sums don't wait for it.
    private const double BesideSums = 0.4;

    // A line of what a loop reads again after more than the first level of the cache holds.
    private const double FarLine = 1.7;

    // To copy an element into a local array: in vectors, through squares that are transposed, or by itself.
    private const double PackedInVectors = 0.4;
    private const double PackedByItself = 1;
    private const double Shuffle = 1;
    private const double WideStore = 1;
    private const double NarrowStore = 1.5;
    private const double Branch = 2;
    private const double LoopTurn = 1;

    private const double MaxBody = 1000;
    private const int LineBytes = 64;
    private const int PageBytes = 4096;

    // Cycles until a multiply-add can be added to.
    private const double Latency = 4;
    private readonly Work[] _work;
    private readonly List<(ulong Loops, List<Work> Work)> _reductions = [];
    private readonly UOp[] _ranges;
    private readonly long[] _sizes;
    private readonly int _loads;
    private readonly CodeGeneratorView _target;

    /// <param name="order">The kernel.</param>
    /// <param name="ranges">Its ranges, outer loops first.</param>
    /// <param name="target">What it is for.</param>
    /// <param name="packable">What a local array may hold, so that its lanes are consecutive wherever they lie in memory.</param>
    /// <param name="constants">Parameters whose elements lie in the order in which they are used, whatever that is.</param>
    public KernelCost(List<UOp> order, UOp[] ranges, CodeGeneratorView target, List<UOp>? packable = null, IReadOnlySet<int>? constants = null)
    {
        (_target, _ranges, _sizes) = (target, ranges, new long[ranges.Length]);
        for (var i = 0; i < ranges.Length; i++)
        {
            _sizes[i] = ranges[i][0].Max;
        }

        var scopes = new Scopes(order, ranges);
        var counted = WithoutGates(order);
        var work = new List<Work>();
        var fused = new NodeSet();
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var u = order[i];
            if (u.Op == Ops.Reduce && u.ArgAs<ReduceArg>().Op == Ops.Add && (u[0].Op == Ops.Dot4 || (u[0].Op == Ops.Mul && u[0].DType.IsFloat && target.Has(Ops.MulAcc))))
            {
                fused.Add(u[0]);
            }

            if (IsWork(u) && counted.Contains(u))
            {
                long?[] strides = u.Op is Ops.Load or Ops.Store ? Strides.Along(u[0][1], ranges) : [];
                var isKept = constants?.Count > 0 && u.Op == Ops.Load && u[0][0] is { Op: Ops.Param } p && constants.Contains(p.ArgAs<ParamArg>().Slot);
                work.Add(new Work(u, scopes.Values(u), scopes.Around(u), scopes.Inside(u), strides, fused.Contains(u), packable?.Contains(u) == true, isKept) { Windows = u.Op == Ops.Load ? WindowsOf(strides) : [] });
            }
        }

        work.Reverse();
        _work = [.. work];
        _loads = work.Count(w => w.Node.Op == Ops.Load);
        foreach (var w in work)
        {
            if (w.Node.Op == Ops.Reduce)
            {
                AddReduction(w);
            }
        }
    }

    /// <summary>Whether no value would need the lanes of two loops at once.</summary>
    public bool CanAdd(int range, ulong vectors) => Array.TrueForAll(_work, w => (w.Inside >> range & 1) == 0 || (w.Inside & vectors) == 0);

    /// <summary>Whether copies of two loops share what they load: a tile of both then loads less than its parts.</summary>
    public bool CanShare(int a, int b) =>
        Array.Exists(_work, w => w.Node.Op == Ops.Load && (w.Around >> a & w.Around >> b & 1) != 0 && ((w.Inside >> a ^ w.Inside >> b) & 1) != 0);

    /// <summary>Whether two loops are loops of their own beside each other: nothing is in both.</summary>
    public bool FollowEachOther(int a, int b) =>
        a != b && Array.Exists(_work, w => (w.Around >> a & 1) != 0) && Array.Exists(_work, w => (w.Around >> b & 1) != 0) && !Array.Exists(_work, w => (w.Around >> a & w.Around >> b & 1) != 0);

    /// <summary>Cycles; infinite if more than a limit or if the code would be too long.</summary>
    public double Of(LoopPlan plan, double limit = double.PositiveInfinity, double maxBody = MaxBody)
    {
        var total = 0.0;
        var instructions = 0.0;
        foreach (var w in _work)
        {
            var v = plan.VectorIn(w.Inside);
            var unit = Unit(w, plan, v) * (v >= 0 && plan.CopiesIn(w.Around & ~w.Inside) == 1 ? Distinct(w, plan) : 1);
            total += Runs(w.Around, w.Inside, plan) * unit;
            total += v >= 0 && !w.IsKept && IsPacked(w, v) ? Elements(w) * (_target.CanTranspose(w.Node.DType) ? PackedInVectors : PackedByItself) : 0;
            instructions += plan.CopiesIn(w.Inside) * Math.Max(1, unit / Simple);
            if (w.Node.Op is Ops.Reduce or Ops.Store)
            {
                total += Runs(w.Around, 0, plan) * LoopTurn;
            }

            if (w.Node.Op == Ops.Reduce)
            {
                // The lanes are combined at the end.
                var folds = v >= 0 && (w.Values >> v & 1) == 0 ? LaneMove * (_target.Has(Ops.Shuffle) ? 2 * BitOperations.Log2((uint)plan.Lanes[v]) : plan.Lanes[v]) : 0;
                total += Runs(w.Around & ~w.Reduced, w.Values, plan) * (folds + Simple * plan.CopiesIn(w.Reduced));
            }

            if (total > limit || instructions > maxBody)
            {
                return double.PositiveInfinity;
            }
        }

        // Long bodies take long to compile and fall out of the instruction cache.
        return total * (1 + instructions / 20_000);
    }

    // All but what only says whether something is loaded: a gate costs what its load does more than another. Most of it is the same for many loads, and
    // is computed outside of the innermost loops.
    private static NodeSet WithoutGates(List<UOp> order)
    {
        var counted = new NodeSet();
        counted.Add(order[^1]);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var u = order[i];
            for (var s = 0; s < u.Src.Length && counted.Contains(u); s++)
            {
                if (u.Op != Ops.Load || s != 1)
                {
                    counted.Add(u[s]);
                }
            }
        }

        return counted;
    }

    // Loops whose steps are less than another loop is long.
    private (int Step, int Within)[] WindowsOf(long?[] strides)
    {
        var windows = new List<(int, int)>();
        for (var step = 0; step < strides.Length; step++)
        {
            for (var within = step + 1; within < strides.Length; within++)
            {
                if (strides[step] is { } far and not 0 && strides[within] is { } near and not 0 && far % near == 0 && far / near is > 0 and var apart && apart < _sizes[within])
                {
                    windows.Add((step, within));
                }
            }
        }

        return [.. windows];
    }

    // Reductions over the same loops run together.
    private void AddReduction(Work w)
    {
        foreach (var (loops, together) in _reductions)
        {
            if (loops == w.Reduced)
            {
                together.Add(w);
                return;
            }
        }

        _reductions.Add((w.Reduced, [w]));
    }

    private static bool IsWork(UOp u) => u.Op is Ops.Load or Ops.Store or Ops.Reduce or Ops.Scan || (OpSet.Elementwise.Contains(u.Op) && u.DType != DType.Index && u.Ranges.Length > 0);

    // Turns of the loops around a value, times the copies of it in each.
    private double Runs(ulong around, ulong inside, LoopPlan plan)
    {
        var runs = 1.0;
        for (; around != 0; around &= around - 1)
        {
            var i = BitOperations.TrailingZeroCount(around);
            long chunk = plan.Lanes[i] * plan.Copies[i];
            var turns = (_sizes[i] + chunk - 1) / chunk;
            runs *= (inside >> i & 1) != 0 ? turns * plan.Copies[i] : turns;
        }

        return runs;
    }

    // Of the copies of a vector that is loaded, how many differ: windows that lie next to each other have elements in common. If others of a
    // register tile use it too, it is loaded again, since what comes between needs the registers.
    private static double Distinct(Work w, LoopPlan plan)
    {
        var part = 1.0;
        foreach (var (step, within) in w.Windows)
        {
            var (steps, elements) = (plan.Copies[step], plan.Copies[within]);
            var (far, near) = (w.Strides[step]!.Value * plan.Lanes[step], w.Strides[within]!.Value * plan.Lanes[within]);
            if (steps > 1 && far % near == 0 && far / near < elements)
            {
                part *= ((steps - 1) * (far / near) + elements) / ((double)steps * elements);
            }
        }

        return part;
    }

    private double Unit(Work w, LoopPlan plan, int v)
    {
        var u = w.Node;
        var lanes = v < 0 ? 1 : plan.Lanes[v];
        switch (u.Op)
        {
            case Ops.Load when v >= 0 && IsPacked(w, v):
                return Simple + Far(w) * lanes * u.DType.Bytes / LineBytes;
            case Ops.Load when v >= 0 && u.Src.Length == 3 && w.Strides[v] == 1 && u[1].DependsOn(_ranges[v]) && _target.HasMaskedLoad(u.DType):
                return LoadedVector(w, plan, v, lanes) + 2 * Simple;
            case Ops.Load when v >= 0 && u.Src.Length == 3 && _target.PicksFromVectors(u, _ranges[v], w.Strides[v]):
                return Picked(w.Strides[v]!.Value) + (u[1].DependsOn(_ranges[v]) ? 2 * Simple * Math.Abs(w.Strides[v]!.Value) : Branch);
            case Ops.Load when u.Src.Length == 3:
                return v < 0 || (w.Strides[v] == 1 && !u[1].DependsOn(_ranges[v]) && _target.IsMovedInVectors(u.DType)) ? Simple + Branch : lanes * (Lane(w, plan, v) + 2 * Branch);
            case Ops.Load:
                return v < 0 ? Simple : w.Strides[v] == 1 && _target.IsMovedInVectors(u.DType)
                    ? LoadedVector(w, plan, v, lanes)
                    : lanes * (IsBesideSums(w) ? Math.Min(BesideSums, Lane(w, plan, v)) : Lane(w, plan, v));
            case Ops.Store:
                return v < 0 ? NarrowStore
                    : w.Strides[v] == 1 && _target.IsMovedInVectors(u[1].DType) ? WideStore + (_reductions.Count == 0 && Scattered(w, plan, v, LineBytes) > 1 ? OtherStream : 0)
                    : CopiesAcross(w, plan) is > 1 and var rows ? Transposition.Cost(rows, lanes, WideStore)
                    : lanes * (Lane(w, plan, v) + NarrowStore);
            case Ops.Reduce:
                return Math.Max(v < 0 || _target.IsVector(u.DType) ? Simple : lanes * Simple, Latency / Chains(w, plan));
            case Ops.Scan when v >= 0 && u.Src[1..].Contains(_ranges[v]):
                return _target.CanTranspose(u.DType) ? BitOperations.Log2((uint)lanes) * (Shuffle + Simple) + 2 * LaneMove + 2 * Simple : lanes * (LaneMove + Latency);
            case Ops.Scan:
                return (v < 0 || _target.IsVector(u.DType) ? 1 : lanes) * Latency;
            default:
                var cost = w.IsFused ? 0 : u.Op switch { Ops.Div or Ops.Sqrt when v < 0 => 3, Ops.Div or Ops.Sqrt => 6, Ops.IntDiv or Ops.IntMod => 10, _ => Simple };
                return v < 0 || (_target.IsVector(u.DType) && _target.IsVector(u[0].DType))
                    || (u.Op == Ops.Cast && _target.IsMovedInVectors(u.DType) && _target.IsMovedInVectors(u[0].DType)) ? cost : lanes * (cost + LaneMove);
        }
    }

    private double LoadedVector(Work w, LoopPlan plan, int v, int lanes) => Simple + Far(w) * lanes * w.Node.DType.Bytes / LineBytes + Streams(w, plan, v, lanes);

    // Whether it is loaded at most once for each result of every sum, when that is done.
    private bool IsBesideSums(Work w) =>
        _reductions.Count > 0 && _reductions.TrueForAll(r => (w.Around & r.Loops) == 0 && r.Work.TrueForAll(s => (w.Inside & ~s.Values) == 0));

    private double Far(Work w) =>
        _target.L1CacheBytes > 0 && (w.Around & ~w.Inside) != 0 && Elements(w) * w.Node.DType.Bytes > _target.L1CacheBytes ? FarLine : 0;

    // Written out along a loop of consecutive elements, so that vectors of another loop can be stored by columns.
    private int CopiesAcross(Work w, LoopPlan plan) =>
        _target.CanTranspose(w.Node[1].DType) && Array.FindIndex(w.Strides, s => s == 1) is >= 0 and var cross && plan.Lanes[cross] == 1 ? plan.Copies[cross] : 1;

    private static bool IsPacked(Work w, int lanes) => w.IsKept || (w.IsPackable && w.Strides[lanes] != 1);

    private double Elements(Work w)
    {
        var elements = 1.0;
        for (var loops = w.Inside; loops != 0; loops &= loops - 1)
        {
            elements *= _sizes[BitOperations.TrailingZeroCount(loops)];
        }

        return elements;
    }

    // What it costs a load besides that others are on other lines.
    private double Streams(Work w, LoopPlan plan, int v, int lanes)
    {
        var isReadOnce = (w.Around & ~w.Inside) == 0;
        var other = Scattered(w, plan, v, isReadOnce && _reductions.Count == 0 ? LineBytes : PageBytes) > 1 ? OtherStream : 0;
        if (!isReadOnce || _target.LastCacheBytes == 0 || w.Node[0][0] is not { Op: Ops.Param } from || from.DType.BytesOf(from.ArgAs<ParamArg>().Size) <= _target.LastCacheBytes)
        {
            return other;
        }

        var (streams, bytes) = (Scattered(w, plan, v, LineBytes), (double)lanes * w.Node.DType.Bytes);
        return other + (streams > 1 ? FarRows : _loads == 1 && bytes >= LineBytes ? FarLines : 0) * bytes / LineBytes;
    }

    // How many copies lie so many bytes apart.
    private long Scattered(Work w, LoopPlan plan, int v, int bytes)
    {
        var copies = 1L;
        for (var i = 0; i < w.Strides.Length; i++)
        {
            if (i != v && plan.Copies[i] > 1 && (w.Inside >> i & 1) != 0 && _ranges[i].ArgAs<RangeArg>().Kind == RangeKind.Loop
                && w.Strides[i] is { } stride && Math.Abs(stride) * w.Node[0].DType.Bytes >= bytes)
            {
                copies *= plan.Copies[i];
            }
        }

        return copies;
    }

    // Vectors of what lies between the lanes, of which each is in two lines, and shuffles that pick from two of them.
    private static double Picked(long stride) => Math.Abs(stride) * (Simple + Shuffle);

    // One lane of an access that is not consecutive.
    private double Lane(Work w, LoopPlan plan, int v)
    {
        if (w.Strides[v] is not { } stride)
        {
            return _sizes[v] % (plan.Lanes[v] * plan.Copies[v]) == 0 ? NearLane : ComputedLane;
        }

        if (w.Node.Op == Ops.Load && w.Node.Src.Length == 1 && _target.PicksFromVectors(w.Node, _ranges[v], stride))
        {
            return Picked(stride) / plan.Lanes[v];
        }

        var bytes = Math.Abs(stride) * w.Node[0].DType.Bytes;
        return NearLane + (bytes < LineBytes ? 0 : bytes < PageBytes ? OtherLine : OtherPage);
    }

    /// <param name="Node">The value.</param>
    /// <param name="Values">Loops that it depends on.</param>
    /// <param name="Around">Loops that it is computed in.</param>
    /// <param name="Inside">Loops that the work depends on: of a reduction, those of what it reduces.</param>
    /// <param name="Strides">Of an access, along each loop.</param>
    /// <param name="IsFused">Whether it is part of the reduction that uses it.</param>
    /// <param name="IsPackable">Whether a local array may hold it.</param>
    /// <param name="IsKept">Whether it lies in the order of its use.</param>
    private sealed record Work(UOp Node, ulong Values, ulong Around, ulong Inside, long?[] Strides, bool IsFused, bool IsPackable, bool IsKept)
    {
        public ulong Reduced { get; } = Inside & ~Values;

        /// <summary>Of a load, the pairs of a loop over windows and one over the elements of a window, where windows may overlap.</summary>
        public (int Step, int Within)[] Windows { get; init; } = [];
    }
}
