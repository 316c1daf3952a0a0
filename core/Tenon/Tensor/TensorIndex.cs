namespace Tenon;

/// <summary>
/// One part of an index such as <c>x[1..3, ^1, Tensor.Ellipsis, Tensor.NewAxis]</c>: a position (drops the axis), a range (with an
/// optional step), an ellipsis (the axes that are not named) or a new axis. Made from <see cref="int"/>, <see cref="Index"/> and
/// <see cref="Range"/> by itself.
/// </summary>
public readonly struct TensorIndex
{
    private TensorIndex(TensorIndexKind kind, Range range, long step = 1)
    {
        Kind = kind;
        Range = range;
        Step = step;
    }

    internal static TensorIndex Ellipsis { get; } = new(TensorIndexKind.Ellipsis, default);

    internal static TensorIndex NewAxis { get; } = new(TensorIndexKind.NewAxis, default);

    internal TensorIndexKind Kind { get; }

    internal Range Range { get; }

    internal long Step { get; }

    /// <summary>A position; negative ones count from the end.</summary>
    public static implicit operator TensorIndex(int position) => (Index)(position < 0 ? ^-position : position);

    /// <summary>A position.</summary>
    public static implicit operator TensorIndex(Index position) => new(TensorIndexKind.Position, position..position);

    /// <summary>A range.</summary>
    public static implicit operator TensorIndex(Range range) => new(TensorIndexKind.Range, range);

    /// <summary>Every <paramref name="step"/>-th element of a range; a negative step goes through it backwards.</summary>
    /// <exception cref="TenonException">The step is 0.</exception>
    public static TensorIndex Every(int step, Range? range = null) =>
        step != 0
            ? new(TensorIndexKind.Range, range ?? Range.All, step)
            : throw new TenonException("TEN3040", "An index with a step of 0. Expected a step that is not 0.");
}

/// <summary>What a part of an index does.</summary>
internal enum TensorIndexKind : byte
{
    Position,
    Range,
    Ellipsis,
    NewAxis,
}
