using System.Numerics;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>The nodes that become one kernel, while they are being chosen. Sets of its ranges are bits by their numbers.</summary>
internal sealed partial class KernelGroup(int number, string device, int level = -1)
{
    /// <summary>Bits of a set of ranges.</summary>
    public const int MaxRanges = 64;

    private readonly List<ulong> _scopes = [];
    private readonly List<UOp> _ranges = [];
    private readonly List<KernelGroup> _dependsOn = [];
    private readonly List<KernelGroup> _dependents = [];

    /// <summary>The place in the order in which groups are made: in a plan, after those that read what it makes.</summary>
    public int Number { get; private set; } = number;

    public string Device { get; } = device;

    /// <summary>The ranges over the elements of the first output.</summary>
    public UOp[] OutputRanges { get; private set; } = [];

    /// <summary>The stored values that this kernel computes.</summary>
    public List<StoredValue> Outputs { get; } = [];

    /// <summary>The uses in this kernel.</summary>
    public List<Access> Accesses { get; } = [];

    /// <summary>The kernels whose outputs this one loads, and those that must have read what it overwrites.</summary>
    public IReadOnlyList<KernelGroup> DependsOn => _dependsOn;

    /// <summary>The kernels that wait for this one.</summary>
    public IReadOnlyList<KernelGroup> Dependents => _dependents;

    /// <summary>More than that of each kernel that this one waits for; -1 until it is known.</summary>
    public int Level { get; private set; } = level;

    /// <summary>Of a copy between devices: the slot that is read.</summary>
    public int? CopySource { get; set; }

    /// <summary>Whether this is a copy between devices, and not a kernel.</summary>
    public bool IsCopy { get; init; }

    /// <summary>Kernels of other parts are not merged with it, and store nothing in it, so that it doesn't need too many buffers.</summary>
    public int Part { get; init; }

    /// <summary>Whether another group has taken all of this one.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>Whether this group has taken others.</summary>
    public bool HasMerged { get; private set; }

    /// <summary>How many points the loops of the kernel have at most.</summary>
    public double Points { get; private set; } = 1;

    /// <summary>Whether it does nothing but one loop over its results: no reduction so far, and nothing over fewer axes.</summary>
    public bool IsPlain => Points <= PointsOf(Output) && _scopes.TrueForAll(s => s == Output);

    /// <summary>The output ranges as bits.</summary>
    public ulong Output => OutputRanges.Length == 0 ? 0 : ulong.MaxValue >> (MaxRanges - OutputRanges.Length);

    /// <summary>The sets of output ranges that are outermost in turn.</summary>
    public IReadOnlyList<ulong> Scopes => _scopes;

    /// <summary>The ranges that an index depends on.</summary>
    public ulong RangesOf(UOp index)
    {
        var bits = 0UL;
        foreach (var range in index.Ranges)
        {
            var id = range.ArgAs<RangeArg>().Id;
            bits |= 1UL << (id < MaxRanges ? id : _ranges.LastIndexOf(range));
        }

        return bits;
    }

    public double PointsOf(ulong ranges)
    {
        var points = 1.0;
        for (; ranges != 0; ranges &= ranges - 1)
        {
            points *= _ranges[BitOperations.TrailingZeroCount(ranges)][0].Max;
        }

        return points;
    }

    public bool HasRoomFor(int ranges) => _ranges.Count + ranges <= MaxRanges;

    /// <summary>Gives the kernel its output ranges: one for each axis that is longer than 1.</summary>
    public UOp[] OpenOutput(Shape shape)
    {
        var index = new UOp[shape.Rank];
        for (var i = 0; i < index.Length; i++)
        {
            index[i] = shape.Dim(i).IsInteger(1) ? UOp.Index(0) : NewRange(UOp.Range(shape.Dim(i), _ranges.Count, RangeKind.Loop));
        }

        OutputRanges = [.. _ranges];
        Points = shape.MaxElements;
        return index;
    }

    /// <summary>The place of the output ranges in a value of the same elements; null if it has others.</summary>
    public UOp[]? Find(Shape shape)
    {
        var index = new UOp[shape.Rank];
        var next = 0;
        for (var i = 0; i < index.Length; i++)
        {
            if (shape.Dim(i).IsInteger(1))
            {
                index[i] = UOp.Index(0);
            }
            else if (next < OutputRanges.Length && OutputRanges[next][0] == shape.Dim(i))
            {
                index[i] = OutputRanges[next++];
            }
            else
            {
                return null;
            }
        }

        return next == OutputRanges.Length ? index : null;
    }

    /// <summary>Opens the loops of a reduction; returns the index of what it reduces.</summary>
    /// <param name="node">The reduction.</param>
    /// <param name="index">Where it is used.</param>
    /// <param name="nextRange">The numbers of reduced ranges differ between all kernels, so that kernels can merge.</param>
    /// <param name="ranges">The new ranges.</param>
    public UOp[] OpenReduce(UOp node, UOp[] index, ref int nextRange, out UOp[] ranges)
    {
        var source = (UOp[])index.Clone();
        var first = _ranges.Count;
        var bits = 0UL;
        foreach (var axis in node.ArgAs<ReduceArg>().Axes.Span)
        {
            var size = node[0].Shape.Dim(axis);
            if (!size.IsInteger(1))
            {
                source[axis] = NewRange(UOp.Range(size, MaxRanges + nextRange++, RangeKind.Reduce));
            }
        }

        ranges = [.. _ranges[first..]];
        foreach (var i in source)
        {
            bits |= RangesOf(i);
        }

        Points = Math.Max(Points, PointsOf(bits));
        return source;
    }

    /// <summary>
    /// Whether loops can be ordered so that this set of output ranges is outermost, given the sets asked for before; if so
    /// they are asked for from now on.
    /// </summary>
    public bool TryAddScope(ulong scope)
    {
        foreach (var s in _scopes)
        {
            if (s == scope)
            {
                return true;
            }

            if ((s & ~scope) != 0 && (scope & ~s) != 0)
            {
                return false;
            }
        }

        _scopes.Add(scope);
        return true;
    }

    /// <summary>
    /// Whether this kernel and one that was made later can be one, the outer loops of the one being the loops of the other.
    /// Neither waits for the other if one of them can take the other's place in the order in which they were made.
    /// </summary>
    public bool CanMerge(KernelGroup later, int parallelism, double smallWork)
    {
        var (wide, narrow) = OutputRanges.Length >= later.OutputRanges.Length ? (this, later) : (later, this);
        if (IsCopy || later.IsCopy || Part != later.Part || Device != later.Device || !wide.OutputRanges.AsSpan().StartsWith(narrow.OutputRanges)
            || !wide.HasRoomFor(narrow._ranges.Count - narrow.OutputRanges.Length) || (!CanMove(later.Number) && !later.CanMove(Number)))
        {
            return false;
        }

        var isSmall = Math.Max(Points, later.Points) <= smallWork;
        return Fits(narrow.Output) && narrow._scopes.TrueForAll(Fits);

        bool Fits(ulong scope) =>
            (isSmall || scope == wide.Output || PointsOf(scope) >= parallelism) && wide._scopes.TrueForAll(s => (s & ~scope) == 0 || (scope & ~s) == 0);
    }

    /// <summary>Takes everything of a group that was made later.</summary>
    public void Merge(KernelGroup later)
    {
        Number = later.CanMove(Number) ? Number : later.Number;
        var outputs = OutputRanges.Length >= later.OutputRanges.Length ? OutputRanges : later.OutputRanges;
        TryAddScope(Output);
        TryAddScope(later.Output);
        later._scopes.ForEach(s => TryAddScope(s));
        var reduced = _ranges[OutputRanges.Length..];
        Accesses.ForEach(a => a.MoveTo(this, outputs.Length - OutputRanges.Length));
        later.Accesses.ForEach(a => a.MoveTo(this, outputs.Length - later.OutputRanges.Length + reduced.Count));
        _ranges.Clear();
        _ranges.AddRange([.. outputs, .. reduced, .. later._ranges[later.OutputRanges.Length..]]);
        OutputRanges = outputs;
        Accesses.AddRange(later.Accesses);
        Outputs.AddRange(later.Outputs);
        Points = Math.Max(Points, later.Points);
        foreach (var d in later._dependsOn)
        {
            d._dependents.Remove(later);
            WaitFor(d);
        }

        foreach (var d in later._dependents)
        {
            d._dependsOn.Remove(later);
            d.WaitFor(this);
        }

        (later.IsMerged, HasMerged) = (true, true);
    }

    /// <summary>Output ranges with those of the smallest scopes first: the order of the loops.</summary>
    public UOp[] LoopOrder()
    {
        var order = (UOp[])OutputRanges.Clone();
        var depths = new int[order.Length];
        for (var i = 0; i < depths.Length; i++)
        {
            foreach (var s in _scopes)
            {
                depths[i] -= (int)(s >> i & 1);
            }

            depths[i] = depths[i] * MaxRanges + i;
        }

        Array.Sort(depths, order);
        return order;
    }

    private UOp NewRange(UOp range)
    {
        if (_ranges.Count == MaxRanges)
        {
            // Each is longer than 1: there is no memory for as many axes.
            throw new InvalidOperationException($"A kernel of more than {MaxRanges} loops.");
        }

        _ranges.Add(range);
        return range;
    }
}
