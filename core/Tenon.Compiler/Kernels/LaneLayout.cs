using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>
/// Which lane of a group has which indices of the kernel's <see cref="RangeKind.Lane"/> ranges. The number of the lane is read as a
/// number of several digits, one for each range. Ranges that nothing depends on together share digits; and where the ranges of one part of
/// the kernel have nothing in common with those of another, each part reads the number in its own way.
/// </summary>
internal sealed class LaneLayout
{
    private const int LineBytes = 64;
    private readonly List<UOp> _ranges;
    private readonly bool[,] _together;
    private readonly List<List<LaneDigit>> _parts = [];

    private LaneLayout(List<UOp> order)
    {
        _ranges = order.FindAll(IsLane);
        _together = new bool[_ranges.Count, _ranges.Count];
        foreach (var u in order)
        {
            FindTogether(u);
        }

        // The lanes of a tensor core are neighbours.
        var ofCores = order.FindAll(static u => u.Op == Ops.Wmma).ConvertAll(static u => u[3]);
        foreach (var range in _ranges.OrderBy(r => !ofCores.Contains(r)).ThenBy(r => Distance(order, r)).ThenByDescending(r => r.ArgAs<RangeArg>().Id))
        {
            Add(range);
        }

        foreach (var part in _parts)
        {
            var place = 1L;
            foreach (var digit in part)
            {
                (digit.Place, place) = (place, checked(place * digit.Size));
            }
        }
    }

    /// <summary>How many lanes a group has.</summary>
    public long Count { get; private set; } = 1;

    /// <summary>How many along each dimension.</summary>
    public GridSize Shape { get; private set; } = new(1);

    /// <summary>The number of the running lane.</summary>
    public UOp Number { get; private set; } = UOp.Index(0);

    /// <summary>The layout of a kernel's lanes.</summary>
    /// <exception cref="TenonException">The device doesn't allow as many.</exception>
    public static LaneLayout Of(List<UOp> order, WorkgroupLimits? limits) =>
        new LaneLayout(order) is var layout && layout.WhyNot(limits) is { } reason ? throw new TenonException("TEN1061", $"A group can't have these lanes: {reason}.") : layout;

    /// <summary>Why a kernel's lanes can't be had, or not the local arrays that they need; null if they can.</summary>
    public static string? WhyNot(UOp kernel, WorkgroupLimits? limits, long localBytes)
    {
        var order = kernel.TopologicalOrder();
        var layout = new LaneLayout(order);
        if (layout.WhyNot(limits) is { } reason)
        {
            return reason;
        }

        var bytes = order.Sum(u => u.Op switch
        {
            Ops.Local => (double)u.DType.BytesOf(u.ArgAs<LocalArg>().Size),
            Ops.Reduce when Array.Exists(u.Src[1..].ToArray(), IsLane) => LaneSums.BytesOf(u, layout),
            _ => 0,
        });
        return bytes > localBytes ? $"it needs {bytes:0} bytes of local memory, of {localBytes}" : null;
    }

    /// <summary>The digit that says the index along a range.</summary>
    public LaneDigit DigitOf(UOp range) => _parts.SelectMany(p => p).First(d => d.Ranges.Contains(range));

    /// <summary>A digit of the running lane's number. Lanes that a part has no need of do again what others do.</summary>
    public UOp Value(LaneDigit digit) => IndexMath.FloorMod(IndexMath.FloorDiv(Number, UOp.Index(digit.Place)), UOp.Index(digit.Size));

    /// <summary>How many lanes the part of a digit needs.</summary>
    public long CountOf(LaneDigit digit) => SizeOf(PartOf(digit));

    /// <summary>The index along a range; of lanes past its end, the last.</summary>
    public UOp IndexOf(UOp range) => IndexMath.Min(Value(DigitOf(range)), UOp.Index(range[0].Max - 1));

    /// <summary>Whether the running lane is within the length of a range.</summary>
    public UOp IsInside(UOp range) => IndexMath.Less(Value(DigitOf(range)), range[0]);

    /// <summary>Whether the running lane is the one of all those with the same indices along some ranges that stores what they have computed.</summary>
    public UOp Stores(UOp[] ranges)
    {
        var digits = ranges.Length == 0 ? [] : PartOf(DigitOf(ranges[0]));
        return digits.Count == 0 ? IndexMath.Less(Number, UOp.Index(1)) : digits.Aggregate(
            IndexMath.Less(Number, UOp.Index(SizeOf(digits))), (all, d) => IndexMath.And(all, Array.Find(ranges, d.Ranges.Contains) is { } range ? IsInside(range) : IndexMath.Less(Value(d), UOp.Index(1))));
    }

    public static bool IsLane(UOp u) => u.Op == Ops.Range && u.ArgAs<RangeArg>().Kind == RangeKind.Lane;

    private string? WhyNot(WorkgroupLimits? limits)
    {
        if (_ranges.Count == 0)
        {
            return null;
        }

        if (limits is null)
        {
            return "the device has no groups of lanes";
        }

        var largest = _parts.MaxBy(SizeOf)!;
        Count = SizeOf(largest);
        var fits = largest.Count <= 3 && largest.Index().All(d => d.Item.Size <= limits.MaxLanes[d.Index]);
        var shape = fits ? new GridSize(largest[0].Size, largest.ElementAtOrDefault(1)?.Size ?? 1, largest.ElementAtOrDefault(2)?.Size ?? 1) : GridShape.Exact(Count, limits.MaxLanes);
        if (Count > limits.MaxLanesPerGroup || shape is null)
        {
            return $"there are {Count} of them, in {string.Join(" x ", largest.Select(d => d.Size))}; the device allows {limits.MaxLanesPerGroup}, in {limits.MaxLanes}";
        }

        Shape = shape.Value;
        Number = GridShape.Number(Shape, SpecialKind.Lane);
        return null;
    }

    private static long SizeOf(List<LaneDigit> part) => part[^1].Place * part[^1].Size;

    private List<LaneDigit> PartOf(LaneDigit digit) => _parts.First(p => p.Contains(digit));

    private void FindTogether(UOp u)
    {
        var open = u.Op is Ops.End or Ops.Reduce ? [.. u[0].Ranges, .. u.Src[1..]] : u.Ranges;
        foreach (var a in open)
        {
            foreach (var b in open)
            {
                if (a != b && IsLane(a) && IsLane(b))
                {
                    _together[_ranges.IndexOf(a), _ranges.IndexOf(b)] = true;
                }
            }
        }
    }

    // Ranges that something depends on together are in one part.
    private void Add(UOp range)
    {
        var part = new List<LaneDigit>();
        foreach (var other in _parts.FindAll(p => p.Exists(d => d.Ranges.Exists(r => IsConnected(r, range)))))
        {
            part.AddRange(other);
            _parts.Remove(other);
        }

        var digit = part.Find(d => d.Ranges.TrueForAll(r => !_together[_ranges.IndexOf(r), _ranges.IndexOf(range)]));
        if (digit is null)
        {
            part.Add(digit = new LaneDigit());
        }

        digit.Ranges.Add(range);
        _parts.Add(part);
    }

    private bool IsConnected(UOp a, UOp b)
    {
        var seen = new HashSet<int>();
        var open = new Stack<int>([_ranges.IndexOf(a)]);
        while (open.TryPop(out var i))
        {
            if (seen.Add(i))
            {
                for (var j = 0; j < _ranges.Count; j++)
                {
                    if (_together[i, j])
                    {
                        open.Push(j);
                    }
                }
            }
        }

        return seen.Contains(_ranges.IndexOf(b));
    }

    // Neighbours along it are so many bytes apart, in all accesses together: neighbouring lanes should touch neighbouring bytes.
    public static long Distance(IEnumerable<UOp> order, UOp range)
    {
        var distance = 0L;
        foreach (var access in order.Where(u => u.Op is Ops.Load or Ops.Store && u[0][0].Op == Ops.Param && u[0][1].DependsOn(range)))
        {
            var stride = 0L;
            foreach (var (term, factor) in LinearForm.Of(access[0][1]).Terms)
            {
                stride += term.DependsOn(range) ? Math.Min(Math.Abs(factor), LineBytes) : 0;
            }

            distance += Math.Min(stride * access[0].DType.Bytes, LineBytes);
        }

        return distance;
    }
}

/// <summary>A digit of the number of a lane.</summary>
internal sealed class LaneDigit
{
    /// <summary>The ranges whose index it is.</summary>
    public List<UOp> Ranges { get; } = [];

    /// <summary>What it counts: the product of the sizes of those before it.</summary>
    public long Place { get; set; } = 1;

    /// <summary>How many values it has.</summary>
    public long Size => Ranges.Max(r => r[0].Max);
}
