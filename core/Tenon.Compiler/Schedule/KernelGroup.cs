using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>The nodes that become one kernel, while they are being chosen.</summary>
internal sealed class KernelGroup(int number, string device)
{
    private readonly List<HashSet<UOp>> _scopes = [];
    private int _nextRange;

    public int Number { get; } = number;

    public string Device { get; } = device;

    /// <summary>The ranges over the elements of the first output.</summary>
    public UOp[] OutputRanges { get; private set; } = [];

    /// <summary>The stored values that this kernel computes.</summary>
    public List<StoredValue> Outputs { get; } = [];

    /// <summary>The kernels whose outputs this one loads, and those that must have read what it overwrites.</summary>
    public HashSet<KernelGroup> DependsOn { get; } = [];

    /// <summary>Of a copy between devices: the slot that is read.</summary>
    public int? CopySource { get; set; }

    /// <summary>How many points the loops of the kernel have at most.</summary>
    public double Points { get; private set; } = 1;

    public UOp NewRange(UOp size, RangeKind kind) => UOp.Range(size, _nextRange++, kind);

    /// <summary>Gives the kernel its output ranges: one for each axis that is longer than 1.</summary>
    public UOp[] OpenOutput(Shape shape)
    {
        var index = new UOp[shape.Rank];
        for (var i = 0; i < index.Length; i++)
        {
            index[i] = shape.Dim(i).IsInteger(1) ? UOp.Index(0) : NewRange(shape.Dim(i), RangeKind.Loop);
        }

        OutputRanges = [.. index.Where(r => r.Op == Ops.Range)];
        Points = shape.MaxElements;
        return index;
    }

    public UOp[] OpenReduce(UOp node, UOp[] index, out UOp[] ranges)
    {
        var source = (UOp[])index.Clone();
        var opened = new List<UOp>();
        foreach (var axis in node.ArgAs<ReduceArg>().Axes.Span)
        {
            var size = node[0].Shape.Dim(axis);
            if (!size.IsInteger(1))
            {
                opened.Add(source[axis] = NewRange(size, RangeKind.Reduce));
            }
        }

        ranges = [.. opened];
        Points = Math.Max(Points, ranges.Aggregate(index.SelectMany(i => i.Ranges.ToArray()).Distinct().Aggregate(1.0, (p, r) => p * r[0].Max), (p, r) => p * r[0].Max));
        return source;
    }

    /// <summary>
    /// Whether loops can be ordered so that this set of output ranges is outermost, given the sets asked for before; if so
    /// they are asked for from now on.
    /// </summary>
    public bool TryAddScope(HashSet<UOp> scope)
    {
        if (!_scopes.TrueForAll(s => s.IsSubsetOf(scope) || scope.IsSubsetOf(s)))
        {
            return false;
        }

        _scopes.Add(scope);
        return true;
    }

    /// <summary>Output ranges with those of the smallest scopes first: the order of the loops.</summary>
    public UOp[] LoopOrder() => [.. OutputRanges.OrderByDescending(r => _scopes.Count(s => s.Contains(r)))];

    /// <summary>Whether this kernel must wait for <paramref name="other"/>.</summary>
    public bool Reaches(KernelGroup other)
    {
        var seen = new HashSet<KernelGroup>();
        var stack = new Stack<KernelGroup>([this]);
        while (stack.TryPop(out var g))
        {
            if (g == other)
            {
                return true;
            }

            foreach (var d in g.DependsOn)
            {
                if (seen.Add(d))
                {
                    stack.Push(d);
                }
            }
        }

        return false;
    }
}

/// <summary>A value that gets storage.</summary>
/// <param name="Node">The tensor node.</param>
/// <param name="Slot">Its storage.</param>
/// <param name="Home">The use at which its kernel computes and stores it.</param>
internal sealed record StoredValue(UOp Node, int Slot, Access Home)
{
    /// <summary>The place in the slot of the element that the home's index names.</summary>
    public UOp Offset { get; } = Node.Op == Ops.After ? StorageState.OffsetOf(Node[1][0], Home.Index) : MovementIndex.Flatten(Node.Shape, Home.Index);
}
