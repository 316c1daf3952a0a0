using System.Numerics;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>
/// Estimates the cycles of a kernel on a device with groups of lanes: what its cores issue, the lines of memory that neighbouring lanes
/// touch together, conflicts in local memory, barriers, and how much of the wait for memory is hidden by the groups that a core holds at once.
/// </summary>
internal sealed class GroupCost
{
    private const int LineBytes = 64;
    private const int Banks = 32;
    private const int BankBytes = 4;

    // Of a core, in lanes, bytes and registers: the figures that most devices are near to.
    private const int ResidentSubgroups = 48;
    private const int Registers = 64 << 10;
    private const int SubgroupsIssued = 4;
    private const double LineCycles = 2;
    private const double SharedBytesPerCycle = 32;
    private const double MemoryBytesPerCycle = 12;
    private const double MemoryLatency = 400;
    private const double LocalLatency = 25;
    private const double BarrierCycles = 30;

    // Where a core runs the lanes of a group: the caches are near, and what every lane keeps across a barrier is stored and loaded.
    private const double CacheLatency = 8;
    private const double KeptValueCycles = 2;
    private const double MostCode = 2000;

    private readonly List<UOp> _order;
    private readonly UOp[] _ranges;
    private readonly CodeGeneratorView _target;
    private readonly WorkgroupLimits _limits;
    private readonly Scopes _scopes;
    private readonly ulong _filled;
    private readonly HashSet<UOp> _fused = new(ReferenceEqualityComparer.Instance);
    private readonly List<LaneDigit> _lanes;
    private readonly double _groups;
    private readonly long _count;
    private double _issued;
    private double _lines;
    private double _code;
    private double _shared;
    private readonly Dictionary<ulong, double> _waits = [];
    private readonly Dictionary<UOp, double> _touched = new(ReferenceEqualityComparer.Instance);

    private GroupCost(List<UOp> order, UOp[] ranges, CodeGeneratorView target)
    {
        (_order, _ranges, _target, _limits) = (order, ranges, target, target.Workgroups!);
        _scopes = new Scopes(order, ranges);
        var layout = LaneLayout.Of(order, _limits);
        _count = layout.Count;
        _lanes = [.. order.Where(LaneLayout.IsLane).Select(layout.DigitOf).Distinct().OrderBy(d => d.Place)];
        foreach (var fill in order.Where(u => u.Op == Ops.After).SelectMany(u => u.Src[1..].ToArray()).Where(u => u.Op == Ops.End))
        {
            _filled |= Bits(fill.Src[1..].ToArray().Where(r => Kind(r) == RangeKind.Loop));
        }

        foreach (var sum in order.Where(u => u.Op == Ops.Reduce && target.Has(Ops.MulAcc)))
        {
            _fused.Add(sum[0]);
        }

        _groups = Product(r => Kind(r) == RangeKind.Global);
    }

    /// <summary>Cycles of a launch, times the cores; infinite if the code would be too long.</summary>
    public static double Of(List<UOp> order, UOp[] ranges, CodeGeneratorView target) => new GroupCost(order, ranges, target).Estimate();

    private double Estimate()
    {
        var (subgroups, registers, local) = (Math.Ceiling((double)_count / _limits.PreferredLanes), 16.0, 0.0);
        foreach (var u in _order)
        {
            if (u.Op == Ops.Local)
            {
                local += u.DType.BytesOf(u.ArgAs<LocalArg>().Size);
            }
            else if (u.Op is Ops.Load or Ops.Store)
            {
                Access(u);
            }
            else if (u.Op is Ops.Reduce or Ops.Wmma || (OpSet.Elementwise.Contains(u.Op) && u.DType != DType.Index && u.Ranges.Length > 0))
            {
                Compute(u);
            }

            if (u.Op == Ops.Reduce)
            {
                registers += 1.5 * Copies(_scopes.Values(u)) * Widths(_scopes.Values(u)) * Math.Max(1, u.DType.Bytes / BankBytes);
            }
        }

        if (_code > MostCode)
        {
            return double.PositiveInfinity;
        }

        var (fast, barriers) = (_limits.LocalMemoryIsFast, Barriers());
        var busy = Math.Max(subgroups * _issued / (fast ? SubgroupsIssued : 1), subgroups * _lines) + (fast ? 0 : barriers * subgroups * registers * KeptValueCycles);
        var wait = _waits.Values.Sum() + (barriers * BarrierCycles);
        var fitting = fast ? Math.Max(1, Math.Floor(Math.Min(ResidentSubgroups / subgroups, Math.Min(Registers / (registers * _count), local > 0 ? 2 * _target.LocalBytes / local : double.PositiveInfinity)))) : 1;

        // Registers that there aren't are memory.
        busy *= fast && registers * _count > Registers ? registers * _count / Registers * 2 : 1;
        var perCore = Math.Ceiling(_groups / _target.Parallelism);
        var together = Math.Min(fitting, perCore);
        var cycles = perCore / together * Math.Max(together * busy, wait);
        var moved = _touched.Sum(t => Math.Min(t.Value, t.Key.DType.BytesOf(t.Key.ArgAs<ParamArg>().Size)));
        return Math.Max(cycles, Math.Max(_shared / SharedBytesPerCycle, moved / MemoryBytesPerCycle) / _target.Parallelism) * _target.Parallelism;
    }

    private void Compute(UOp u)
    {
        var (around, inside) = (_scopes.Around(u), _scopes.Inside(u));
        var unit = u.Op switch { Ops.Div or Ops.Sqrt => 8, Ops.IntDiv or Ops.IntMod => 16, Ops.Wmma => 8, Ops.Mul when _fused.Contains(u) => 0, _ => 1.0 };
        var copies = Copies(inside) * Widths(inside);
        _code += copies;
        _issued += Turns(around) * copies * unit;
        if (u.Op == Ops.Reduce)
        {
            // Shares of a sum are combined in steps, and each turn of the loop costs as much as a few additions.
            _issued += 2 * Turns(around) + u.Src[1..].ToArray().Where(LaneLayout.IsLane).Sum(r => 8 * Math.Log2(r[0].Max) * Copies(_scopes.Values(u)) * Turns(around & ~Bits(u.Src[1..].ToArray())));
        }
    }

    private void Access(UOp u)
    {
        var (around, inside, memory, index) = (_scopes.Around(u), _scopes.Inside(u), u[0].Memory, u[0][1]);
        var (bytes, turns) = ((double)u[0].DType.Bytes, Turns(around));
        var width = 1.0;
        var pieces = Copies(inside);
        foreach (var r in In(inside, RangeKind.Vector))
        {
            var whole = Strides.Along(index, r) is 0 or 1;
            (width, pieces) = whole ? (r[0].Max, pieces) : (1, pieces * r[0].Max);
        }

        _code += pieces;
        _issued += turns * pieces;
        var neighbours = Neighbours(around, index);
        if (memory.Op == Ops.Param)
        {
            _lines += turns * pieces * Lines(neighbours, bytes, width) * LineCycles;
            var elements = Product(r => Kind(r) != RangeKind.Global && index.DependsOn(r));
            var line = neighbours.Count > 0 && neighbours[0].Stride * bytes > LineBytes ? LineBytes / bytes / width : 1;
            _touched[memory] = _touched.GetValueOrDefault(memory) + elements * bytes * _groups;
            _shared += Math.Min(elements, memory.ArgAs<ParamArg>().Size) * bytes * Math.Max(1, line) * _groups;
            Wait(around, u.Op == Ops.Load ? _limits.LocalMemoryIsFast ? MemoryLatency : CacheLatency : 0);
        }
        else
        {
            _lines += turns * pieces * (_limits.LocalMemoryIsFast ? Conflicts(neighbours, bytes, width) : Lines(neighbours, bytes, width) * LineCycles);
            Wait(around, u.Op == Ops.Load ? _limits.LocalMemoryIsFast ? LocalLatency : CacheLatency : 0);
        }
    }

    // Loads in the same loops wait together.
    private void Wait(ulong around, double cycles) => _waits[around] = Math.Max(_waits.GetValueOrDefault(around), cycles * Turns(around));

    // What changes from lane to lane of a subgroup, and how far apart in memory that is: of what fills an array, its loops, the innermost first.
    private List<(long Count, long Stride)> Neighbours(ulong around, UOp index)
    {
        var (left, steps) = ((long)_limits.PreferredLanes, new List<(long, long)>());
        var ranges = (around & _filled) != 0 ? In(around & _filled).Reverse() : _lanes.Select(d => d.Ranges.Find(index.DependsOn) ?? d.Ranges[0]);
        foreach (var r in ranges)
        {
            var count = Math.Min(left, r[0].Max);
            if (count > 1)
            {
                steps.Add((count, Strides.Along(index, r) is { } stride ? Math.Abs(stride) : long.MaxValue));
                left /= count;
            }
        }

        return steps;
    }

    // How many lines a subgroup touches in one access.
    private static double Lines(List<(long Count, long Stride)> neighbours, double bytes, double width)
    {
        var (run, lines) = (bytes * width, 1.0);
        foreach (var (count, stride) in neighbours.Where(n => n.Stride > 0).OrderBy(n => n.Stride))
        {
            if (stride * bytes <= Math.Max(run, LineBytes / 2))
            {
                run += (count - 1) * stride * bytes;
            }
            else
            {
                lines *= count;
            }
        }

        return lines * Math.Ceiling(run / LineBytes);
    }

    // How often the fullest bank is read: lanes that read the same word read it once.
    private static double Conflicts(List<(long Count, long Stride)> neighbours, double bytes, double width)
    {
        var (words, conflicts) = (Math.Max(1, bytes * width / BankBytes), 1.0);
        foreach (var (count, stride) in neighbours.Where(n => n.Stride > 0))
        {
            var step = stride == long.MaxValue ? 1 : (long)Math.Max(1, stride * bytes / BankBytes);
            var spread = Banks / (long)BigInteger.GreatestCommonDivisor(step, Banks);
            conflicts *= Math.Max(1, (double)count * Math.Max(1, words / step) / Math.Max(1, spread * Math.Max(1, words)));
        }

        return Math.Max(words, conflicts * words);
    }

    // Before and after each filling of an array, in the loops around it.
    private double Barriers() => _count == 1 ? 0 : _order.Where(static u => u.Op == Ops.After).Sum(u => 2 * Turns(Bits(u.Ranges.ToArray()) & ~_filled));

    // What each lane does of loops: filling is shared by all.
    private double Turns(ulong around)
    {
        var (turns, shared) = (1.0, 1.0);
        foreach (var r in In(around))
        {
            if (Kind(r) is RangeKind.Loop or RangeKind.Reduce)
            {
                if ((_filled & Bits([r])) != 0)
                {
                    shared *= r[0].Max;
                }
                else
                {
                    turns *= r[0].Max;
                }
            }
        }

        return turns * Math.Ceiling(shared / _count);
    }

    private double Copies(ulong inside) => In(inside, RangeKind.Unroll).Aggregate(1.0, (p, r) => p * r[0].Max);

    private double Widths(ulong inside) => In(inside, RangeKind.Vector).Aggregate(1.0, (p, r) => p * r[0].Max);

    private double Product(Func<UOp, bool> which) => _ranges.Where(which).Aggregate(1.0, (p, r) => p * r[0].Max);

    private ulong Bits(IEnumerable<UOp> ranges) => ranges.Aggregate(0UL, (bits, r) => Array.IndexOf(_ranges, r) is >= 0 and var i ? bits | 1UL << i : bits);

    private IEnumerable<UOp> In(ulong bits, RangeKind kind) => In(bits).Where(r => Kind(r) == kind);

    private IEnumerable<UOp> In(ulong bits) => _ranges.Where((_, i) => (bits >> i & 1) != 0);

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;
}
