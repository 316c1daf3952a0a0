using Tenon.Core;

namespace Tenon;

/// <summary>
/// One part of an index such as <c>x[1..3, ^1, Tensor.Ellipsis, Tensor.NewAxis]</c>: a position (drops the axis), a range (with an
/// optional step), an ellipsis (the axes that are not named), a new axis, or a tensor that picks. Made from <see cref="int"/>, <see cref="Index"/> and
/// <see cref="System.Range"/> by itself; a position may be a <see cref="Variable"/> or a <see cref="SymInt"/>, and
/// <see cref="Range(SymInt, SymInt)"/> gives ranges between such.
/// </summary>
public readonly struct TensorIndex
{
    private readonly End _begin;
    private readonly End _end;

    private TensorIndex(TensorIndexKind kind, End begin = default, End end = default, long step = 1)
    {
        Kind = kind;
        (_begin, _end) = (begin, end);
        Step = step;
    }

    internal static TensorIndex Ellipsis { get; } = new(TensorIndexKind.Ellipsis);

    internal static TensorIndex NewAxis { get; } = new(TensorIndexKind.NewAxis);

    internal TensorIndexKind Kind { get; }

    internal long Step { get; }

    /// <summary>The tensor that picks.</summary>
    internal Tensor? Picks { get; private init; }

    /// <summary>How many axes of the tensor the part stands for.</summary>
    internal int Axes => Kind switch
    {
        TensorIndexKind.Position or TensorIndexKind.Range => 1,
        TensorIndexKind.Tensor => Picks!.DType.IsBool ? Picks.Rank : 1,
        _ => 0,
    };

    /// <summary>A position; negative ones count from the end.</summary>
    public static implicit operator TensorIndex(int position) => (Index)(position < 0 ? ^-position : position);

    /// <summary>A position.</summary>
    public static implicit operator TensorIndex(Index position) => new(TensorIndexKind.Position, position);

    /// <summary>A position, counted from the front.</summary>
    public static implicit operator TensorIndex(SymInt position) => new(TensorIndexKind.Position, new End(position, false));

    /// <summary>A position, counted from the front.</summary>
    public static implicit operator TensorIndex(Variable position) => (SymInt)position;

    /// <summary>A range.</summary>
    public static implicit operator TensorIndex(Range range) => new(TensorIndexKind.Range, range.Start, range.End);

    /// <summary>Integers that pick elements of an axis, or a mask over as many axes as it has.</summary>
    public static implicit operator TensorIndex(Tensor picks) => new(TensorIndexKind.Tensor) { Picks = picks };

    /// <summary>Positions that pick elements of an axis.</summary>
    public static implicit operator TensorIndex(int[] positions) => (Tensor)positions;

    /// <summary>A mask over an axis.</summary>
    public static implicit operator TensorIndex(bool[] mask) => (Tensor)mask;

    /// <summary>A range from one position to another, exclusive, both counted from the front.</summary>
    public static TensorIndex Range(SymInt from, SymInt to) => new(TensorIndexKind.Range, new End(from, false), new End(to, false));

    /// <summary>Every <paramref name="step"/>-th element of a range; a negative step goes through it backwards.</summary>
    /// <exception cref="TenonException">The step is 0, or it is not of a range.</exception>
    public static TensorIndex Every(int step, TensorIndex? range = null)
    {
        var whole = range ?? System.Range.All;
        return step != 0 && whole.Kind == TensorIndexKind.Range
            ? new(TensorIndexKind.Range, whole._begin, whole._end, step)
            : throw new TenonException("TEN3040", $"An index of {whole} with a step of {step}. Expected a range, and a step that is not 0.");
    }

    /// <summary>The index as it is written.</summary>
    public override string ToString() => Kind switch
    {
        TensorIndexKind.Position => $"{_begin}",
        TensorIndexKind.Range => $"{_begin}..{_end}",
        TensorIndexKind.Tensor => $"{Picks!.DType} {Picks.Shape}",
        var kind => $"{kind}",
    };

    /// <summary>Where a position or range of an axis begins, and where it ends, exclusive. They may lie outside.</summary>
    internal (SymInt Begin, SymInt End) BoundsIn(SymInt size)
    {
        var begin = _begin.In(size);
        return (begin, Kind == TensorIndexKind.Position ? begin + 1 : _end.In(size));
    }

    private readonly record struct End(SymInt Value, bool IsFromEnd)
    {
        public static implicit operator End(Index index) => new(index.Value, index.IsFromEnd);

        public SymInt In(SymInt size) => IsFromEnd ? size - Value : Value;

        public override string ToString() => IsFromEnd ? $"^{Value}" : $"{Value}";
    }
}

/// <summary>What a part of an index does.</summary>
internal enum TensorIndexKind : byte
{
    Position,
    Range,
    Ellipsis,
    NewAxis,
    Tensor,
}
