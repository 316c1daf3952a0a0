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

    /// <summary>A loop becomes two: one over blocks, and within it one over a block, which is the innermost of its kind.</summary>
    Tile,

    /// <summary>
    /// A factor of what is summed is computed once for all loops within the named one, into a local array in the order in which it
    /// is used: packing. The amount is the number of the factor; see <see cref="LoopNest.Factors"/>.
    /// </summary>
    Stage,

    /// <summary>
    /// A loop that is summed over becomes the outermost of all: the sums so far are kept in a local array. What is summed can then be read
    /// in the order in which it lies in memory.
    /// </summary>
    Accumulate,

    /// <summary>
    /// The inner part of a loop becomes lanes of the group, which run side by side. Those of a loop that is summed over have a
    /// share of the sum each, which are combined at the end.
    /// </summary>
    Lane,

    /// <summary>
    /// A sum of products of matrices is computed by a tensor core, over blocks of the loop and of one loop over results for each factor. The
    /// amount is the number of the core in the target's list; what doesn't fill a block is filled with zeros.
    /// </summary>
    TensorCore,

    /// <summary>
    /// A parameter is read as an image, where all that is loaded from it turns out to be texels. The amount is its slot; there is no range.
    /// </summary>
    Image,
}

/// <summary>One change of the loops of a kernel.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Range">The number of the range to change; -1 for all of a work item, or for none.</param>
/// <param name="Amount">Into how many the loop is split; the number of parts of a symbolic loop of the grid; else as the kind says.</param>
public sealed record Opt(OptKind Kind, int Range, int Amount = 0);
