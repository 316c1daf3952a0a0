using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>A use of a tensor node: the kernel that needs it, and at which index.</summary>
internal sealed class Access(KernelGroup group, UOp[] index, UOp? valid, bool inReduce)
{
    public KernelGroup Group { get; } = group;

    /// <summary>One index for each axis of the node, made from the kernel's ranges.</summary>
    public UOp[] Index { get; } = index;

    /// <summary>Where the index is inside the node; null: everywhere.</summary>
    public UOp? Valid { get; } = valid;

    /// <summary>Whether a reduction of the same kernel encloses the use.</summary>
    public bool InReduce { get; } = inReduce;

    /// <summary>The uses of the node's sources that compute it here; null if it is loaded.</summary>
    public Access[]? Sources { get; set; }

    /// <summary>Of a reduction computed here, the ranges that it closes.</summary>
    public UOp[] ReduceRanges { get; set; } = [];

    /// <summary>The value in the kernel, once it is built.</summary>
    public UOp? Value { get; set; }

    /// <summary>The ranges that index and condition depend on.</summary>
    public HashSet<UOp> Ranges { get; } = CollectRanges(index, valid);

    /// <summary>At how many points the value is used.</summary>
    public double Points => Ranges.Aggregate(1.0, (p, r) => p * r[0].Max);

    /// <summary>How often the value is computed if it is computed here: a register tile reuses what its outer axes share.</summary>
    public double Evaluations => InReduce ? Points * Math.Max(1, Group.Points / Points / TileReuse) : Points;

    private const double TileReuse = 16;

    public bool IsSame(KernelGroup group, UOp[] index, UOp? valid) => Group == group && Valid == valid && Index.AsSpan().SequenceEqual(index);

    private static HashSet<UOp> CollectRanges(UOp[] index, UOp? valid)
    {
        var set = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        foreach (var i in index)
        {
            set.UnionWith(i.Ranges.ToArray());
        }

        if (valid is not null)
        {
            set.UnionWith(valid.Ranges.ToArray());
        }

        return set;
    }
}
