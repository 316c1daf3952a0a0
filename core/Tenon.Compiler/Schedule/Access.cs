using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>A use of a tensor node: the kernel that needs it, and at which index.</summary>
internal sealed class Access
{
    private const double TileReuse = 16;

    public Access(KernelGroup group, UOp[] index, UOp? valid, Enclosing enclosing)
    {
        (Group, Index, Valid, Enclosing) = (group, index, valid, enclosing);
        foreach (var i in index)
        {
            Ranges |= group.RangesOf(i);
        }

        Ranges |= valid is null ? 0 : group.RangesOf(valid);
        Points = group.PointsOf(Ranges);
        group.Accesses.Add(this);
    }

    public KernelGroup Group { get; private set; }

    /// <summary>One index for each axis of the node, made from the kernel's ranges.</summary>
    public UOp[] Index { get; }

    /// <summary>Where the index is inside the node; null: everywhere.</summary>
    public UOp? Valid { get; }

    /// <summary>What encloses the use in its kernel.</summary>
    public Enclosing Enclosing { get; private set; }

    /// <summary>The uses of the node's sources that compute it here; null if it is loaded.</summary>
    public Access[]? Sources { get; set; }

    /// <summary>Of a reduction computed here, the ranges that it closes.</summary>
    public UOp[] ReduceRanges { get; set; } = [];

    /// <summary>The use that this one turned out to be the same as.</summary>
    public Access? Same { get; set; }

    /// <summary>This use, or the one that stands for it.</summary>
    public Access Kept => Same?.Kept ?? this;

    /// <summary>The value in the kernel, once it is built.</summary>
    public UOp? Value
    {
        get => Same is null ? field : Same.Value;
        set;
    }

    /// <summary>The ranges that index and condition depend on, as bits by number.</summary>
    public ulong Ranges { get; private set; }

    /// <summary>At how many points the value is used.</summary>
    public double Points { get; }

    /// <summary>How often the value is computed if it is computed here: a register tile reuses what its outer axes share.</summary>
    public double Evaluations => Enclosing == Enclosing.Nothing ? Points : Points * Math.Max(1, Group.Points / Points / TileReuse);

    /// <summary>The same use in another place.</summary>
    public void Join(Enclosing other) => Enclosing = Enclosing == other ? other : Enclosing == Enclosing.Nothing || other == Enclosing.Nothing ? Enclosing.Nothing : Enclosing.Reduction;

    /// <summary>Makes the use one of the group that its group has become part of, where it has other bits for its own ranges.</summary>
    public void MoveTo(KernelGroup group, int added)
    {
        var own = Ranges & ~Group.Output;
        (Ranges, Group) = ((Ranges & Group.Output) | own << added, group);
    }

    public bool IsSame(KernelGroup group, UOp[] index, UOp? valid) => Group == group && Valid == valid && Index.AsSpan().SequenceEqual(index);
}

/// <summary>What is between a use and the result of its kernel.</summary>
internal enum Enclosing
{
    /// <summary>No reduction.</summary>
    Nothing,

    /// <summary>A reduction that takes the value as it is, or a sum that takes zero where it is not valid.</summary>
    Sum,

    /// <summary>A reduction of something that is computed from the value.</summary>
    Reduction,
}
