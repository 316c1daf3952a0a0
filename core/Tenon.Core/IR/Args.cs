namespace Tenon.Core;

/// <summary>The argument of a <see cref="Ops.Buffer"/>: which storage, how many elements, on which device.</summary>
/// <param name="Id">Unique in the process; a new state of the same memory has a new number.</param>
/// <param name="Size">Elements.</param>
/// <param name="Device">Canonical device name, such as <c>CPU</c> or <c>CPU:1</c>.</param>
public sealed record BufferArg(long Id, long Size, string Device);

/// <summary>The argument of a <see cref="Ops.Param"/>.</summary>
/// <param name="Slot">Which argument of the graph or kernel.</param>
/// <param name="Size">Elements.</param>
/// <param name="Device">The device, at tensor level; null in a kernel, which runs on any.</param>
public sealed record ParamArg(int Slot, long Size, string? Device = null);

/// <summary>The argument of a <see cref="Ops.Local"/>.</summary>
/// <param name="Number">Unique in its kernel.</param>
/// <param name="Size">Elements.</param>
/// <param name="Offset">In a linear program, where it begins in the bytes of all local arrays; a multiple of 64.</param>
public sealed record LocalArg(int Number, long Size, long Offset = 0);

/// <summary>The argument of a <see cref="Ops.Reduce"/>.</summary>
/// <param name="Op">Add, Mul or Max.</param>
/// <param name="Axes">The axes at tensor level; empty in a kernel, where the ranges are sources.</param>
public sealed record ReduceArg(Ops Op, Axes Axes);

/// <summary>The argument of a <see cref="Ops.Variable"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Min">The least value that it may be bound to.</param>
/// <param name="Max">The greatest value that it may be bound to.</param>
public sealed record VariableArg(string Name, long Min, long Max);

/// <summary>What becomes of the loop of a <see cref="Ops.Range"/>.</summary>
public enum RangeKind : byte
{
    /// <summary>A loop.</summary>
    Loop,

    /// <summary>A dimension of the grid: each index is independent work.</summary>
    Global,

    /// <summary>A loop that a <see cref="Ops.Reduce"/> closes.</summary>
    Reduce,

    /// <summary>Written out: one copy of the code for each index, all in registers.</summary>
    Unroll,

    /// <summary>The lanes of a vector.</summary>
    Vector,

    /// <summary>A dimension of a group: its indices run side by side in the lanes of the group, which share local arrays.</summary>
    Lane,
}

/// <summary>The argument of a <see cref="Ops.Range"/>. The number orders ranges: outer loops first.</summary>
/// <param name="Id">Unique in its kernel.</param>
/// <param name="Kind">What becomes of the loop.</param>
public sealed record RangeArg(int Id, RangeKind Kind);

/// <summary>What a <see cref="Ops.Special"/> counts.</summary>
public enum SpecialKind : byte
{
    /// <summary>Groups; a work item is a group of one lane.</summary>
    Group,

    /// <summary>The lanes of a group.</summary>
    Lane,

    /// <summary>The bytes between the beginning of the first word of a buffer, whose slot is the dimension, and its first element.</summary>
    Start,
}

/// <summary>The argument of a <see cref="Ops.Special"/>.</summary>
/// <param name="Name">The name in source: <c>gid</c>, or <c>gid0</c> to <c>gid2</c> and <c>lid0</c> to <c>lid2</c> by dimension; <c>start0</c> and so on by slot.</param>
/// <param name="Size">How many there are.</param>
public sealed record SpecialArg(string Name, long Size)
{
    /// <summary>What is counted.</summary>
    public SpecialKind Kind { get; init; }

    /// <summary>Along which dimension: 0 is x, whose neighbours run side by side. Of a start, which slot.</summary>
    public int Dimension { get; init; }
}

/// <summary>
/// The argument of the <see cref="Ops.Sink"/> of a kernel; also of a graph to be scheduled, if it asks for fast maths.
/// </summary>
/// <param name="Name">A name for people; programs with the same content have the same name.</param>
/// <param name="FastMath">Whether <see cref="FastMathRules"/> apply.</param>
public sealed record KernelArg(string Name, bool FastMath = false)
{
    /// <summary>Whether the kernel's loops are as they are to be: it is only written out.</summary>
    public bool IsArranged { get; init; }

    /// <summary>The slots of the parameters that are to be read as images, where that can be done.</summary>
    public Axes Images { get; init; } = Axes.None;
}

/// <summary>An immutable list of axes that compares by content.</summary>
public sealed class Axes : IEquatable<Axes>
{
    private readonly int[] _axes;

    /// <summary>The given axes.</summary>
    public Axes(params ReadOnlySpan<int> axes) => _axes = axes.ToArray();

    /// <summary>No axes.</summary>
    public static Axes None { get; } = new();

    /// <summary>How many there are.</summary>
    public int Count => _axes.Length;

    /// <summary>The i-th axis.</summary>
    public int this[int i] => _axes[i];

    /// <summary>The axes.</summary>
    public ReadOnlySpan<int> Span => _axes;

    /// <summary>Whether the axis is in the list.</summary>
    public bool Contains(int axis) => Array.IndexOf(_axes, axis) >= 0;

    /// <inheritdoc/>
    public bool Equals(Axes? other) => other is not null && Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Axes);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var axis in _axes)
        {
            hash.Add(axis);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _axes)}]";
}
