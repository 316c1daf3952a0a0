namespace Tenon.Compiler;

/// <summary>A way to change the loops of a kernel.</summary>
public enum OptKind
{
    /// <summary>The inner part of a loop becomes the lanes of a vector.</summary>
    Vector,

    /// <summary>The inner part of a loop is written out; of an output loop this makes a register tile.</summary>
    Unroll,

    /// <summary>An output loop becomes a dimension of the grid. Of a loop of symbolic length, parts of equal length do.</summary>
    Global,

    /// <summary>An output loop becomes the innermost of its kind.</summary>
    Innermost,
}

/// <summary>One change of the loops of a kernel.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Range">The number of the range to change.</param>
/// <param name="Amount">Into how many the loop is split; the number of parts of a symbolic loop of the grid; else unused.</param>
public sealed record Opt(OptKind Kind, int Range, int Amount = 0);
