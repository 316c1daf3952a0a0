namespace Tenon.Core;

/// <summary>
/// What a <see cref="UOp"/> does. One enumeration serves every level: the comment of each says its sources, its argument and
/// the levels at which it is legal (T tensor, K kernel, L linear). <c>Specification</c> is the rule; this is its summary. Plugins know ops
/// by their numbers: new ones come last.
/// </summary>
public enum Ops : byte
{
    /// <summary>TKL. Keeps its sources alive: the root of a graph. Argument: <see cref="KernelArg"/> for a kernel.</summary>
    Sink,

    /// <summary>T. Storage that exists: <c>[n]</c>. Argument: <see cref="BufferArg"/>.</summary>
    Buffer,

    /// <summary>TKL. The n-th argument of a graph or kernel: <c>[n]</c> elements. Argument: <see cref="ParamArg"/>.</summary>
    Param,

    /// <summary>TK. The value of storage (source 0) after the stores that follow; in a kernel, a local array after the loops (<see cref="End"/>) of its stores, in the loops that follow.</summary>
    After,

    /// <summary>T. Sources: value. Moves it to the device that the argument names.</summary>
    Copy,

    /// <summary>T. Sources: value. Asks that the value is stored.</summary>
    Contiguous,

    /// <summary>T. Sources: value, and what a gradient of its own flows to. Stops gradients otherwise. Gone when the scheduler comes.</summary>
    Detach,

    /// <summary>T. Sources: value, then one size for each new axis.</summary>
    Reshape,

    /// <summary>T. Sources: value. Argument: <see cref="Axes"/>, output axis i is input axis Axes[i].</summary>
    Permute,

    /// <summary>T. Sources: value, then one size for each axis; axes of size 1 are repeated.</summary>
    Expand,

    /// <summary>T. Sources: value, then (before, after) for each axis; filled with zeros.</summary>
    Pad,

    /// <summary>T. Sources: value, then (begin, end) for each axis.</summary>
    Shrink,

    /// <summary>T. Sources: value. Argument: the <see cref="Axes"/> to reverse.</summary>
    Flip,

    /// <summary>
    /// T: source value; <see cref="ReduceArg"/> names the axes, which stay with size 1.
    /// K: sources value and the ranges to reduce over.
    /// </summary>
    Reduce,

    /// <summary>TKL. A literal. Argument: <see cref="Scalar"/>. A vector type repeats it.</summary>
    Const,

    /// <summary>T. Source: the size n. The integers 0, 1, … n-1 along one axis.</summary>
    Iota,

    /// <summary>TKL. A named integer that is bound at run time. Argument: <see cref="VariableArg"/>. T: optionally the literal that it is bound to.</summary>
    Variable,

    /// <summary>KL. A loop counter from 0 to source 0, exclusive. Argument: <see cref="RangeArg"/>.</summary>
    Range,

    /// <summary>L. The index of the work item, or of a group or a lane in it. Argument: <see cref="SpecialArg"/>.</summary>
    Special,

    /// <summary>KL. Sources: storage (Param or Index), offset in elements. An address.</summary>
    Index,

    /// <summary>KL. Sources: address, and optionally gate and the value if the gate is false.</summary>
    Load,

    /// <summary>T: sources storage view, value. KL: sources address, value, and optionally a gate.</summary>
    Store,

    /// <summary>K: sources a store and the ranges it is in. L: source the range whose loop ends here.</summary>
    End,

    /// <summary>L. A register variable. Source: its first value. Argument: its number.</summary>
    Accumulator,

    /// <summary>L. Sources: accumulator, new value. Its value is the accumulator's from here on.</summary>
    Assign,

    /// <summary>L. Sources: one scalar for each lane.</summary>
    Stack,

    /// <summary>L. Source: a scalar, repeated in each lane.</summary>
    Splat,

    /// <summary>
    /// L. Source: a vector. Argument: the lane; of a vector, the first of so many consecutive lanes, a multiple of them. Vectors only for
    /// targets that list <see cref="Shuffle"/>.
    /// </summary>
    Extract,

    /// <summary>TKL. Source: value. Converts it: to nearest even, towards zero to integers, wrapping between integers.</summary>
    Cast,

    /// <summary>TKL. Source: value of the same width. Keeps the bits.</summary>
    Bitcast,

    /// <summary>TKL. -x.</summary>
    Neg,

    /// <summary>TKL. Square root.</summary>
    Sqrt,

    /// <summary>TKL. 2 to the power of x.</summary>
    Exp2,

    /// <summary>TKL. Logarithm to base 2.</summary>
    Log2,

    /// <summary>TKL. Sine of radians.</summary>
    Sin,

    /// <summary>TKL. Rounds towards zero.</summary>
    Trunc,

    /// <summary>TKL. x + y.</summary>
    Add,

    /// <summary>TKL. x - y.</summary>
    Sub,

    /// <summary>TKL. x · y.</summary>
    Mul,

    /// <summary>TKL. x / y of floats, correctly rounded.</summary>
    Div,

    /// <summary>TKL. x / y of integers towards zero; 0 where y is 0; wraps for the least value over -1.</summary>
    IntDiv,

    /// <summary>TKL. x - y·IntDiv(x, y): takes the sign of x; x where y is 0.</summary>
    IntMod,

    /// <summary>TK. x / y of integers towards minus infinity; 0 where y is 0.</summary>
    FloorDiv,

    /// <summary>TK. x - y·FloorDiv(x, y): takes the sign of y; x where y is 0.</summary>
    FloorMod,

    /// <summary>TKL. The greater; NaN if either is NaN.</summary>
    Max,

    /// <summary>TKL. x &lt; y.</summary>
    CmpLt,

    /// <summary>TKL. x == y; false for NaN.</summary>
    CmpEq,

    /// <summary>TKL. x != y; true for NaN.</summary>
    CmpNe,

    /// <summary>TKL. Bitwise and.</summary>
    And,

    /// <summary>TKL. Bitwise or.</summary>
    Or,

    /// <summary>TKL. Bitwise exclusive or.</summary>
    Xor,

    /// <summary>TKL. x · 2^y, wrapping; 0 where y is negative or not below the bits (L: must not be).</summary>
    Shl,

    /// <summary>TKL. Shift right: arithmetic for signed, logical for unsigned; only copies of the sign where y is negative or not below the bits (L: must not be).</summary>
    Shr,

    /// <summary>TK. Threefry 2x32 with 20 rounds of the uint64 counter x under the uint64 key y.</summary>
    Threefry,

    /// <summary>TKL. Sources: condition, value if true, value if false.</summary>
    Where,

    /// <summary>L. x · y + z, rounded once.</summary>
    MulAcc,

    /// <summary>TK. A function of one or two floats. Argument: <see cref="MathFunction"/>.</summary>
    Math,

    /// <summary>
    /// KL. The address of an array that is private to the work item (of a workgroup: shared by its lanes). Its content is undefined
    /// when the work item begins. Argument: <see cref="LocalArg"/>.
    /// </summary>
    Local,

    /// <summary>
    /// L. Sources: two vectors of numbers. Argument: for each lane of the result, which lane it is of the first vector followed by the
    /// second (<see cref="Axes"/>). For targets that list it.
    /// </summary>
    Shuffle,

    /// <summary>
    /// L. All lanes of a group wait for each other here; what any has written to local arrays before, each sees after. For targets that
    /// list it.
    /// </summary>
    Barrier,

    /// <summary>
    /// L. Source: a scalar. Argument: a mask. The value that the lane has whose number in its subgroup differs in the bits of the mask. All
    /// lanes of the subgroup come here together. For targets that list it.
    /// </summary>
    LaneXor,

    /// <summary>
    /// KL. The product of small matrices by the tensor core that the argument names (<see cref="Backend.TensorCore"/>). L: sources what a
    /// lane holds of A, B and C, as vectors, or the address of a matrix in a local array; its value is what it holds of D. All lanes of the core
    /// come here together. K: sources an element of A, one of B, the range of the elements of D, that of the core's lanes; and, closed, those of the
    /// elements of A and B, and the ranges that are summed over. For targets that list it.
    /// </summary>
    Wmma,

    /// <summary>
    /// KL. Sources: uint32, int32, int32. The third plus the sum of four products: of the unsigned bytes of the first with the signed bytes of
    /// the second; it wraps. For targets that list it.
    /// </summary>
    Dot4,

    /// <summary>
    /// L. Sources: a <see cref="Param"/> that is an image, a column and a row. The four elements of the texel there, as float32. For targets that
    /// list it, on devices with <see cref="Backend.Capabilities.Images"/>.
    /// </summary>
    Texel,

    /// <summary>
    /// K. Sources: a value, and the ranges of a loop over results, which are its last. Argument: how it is reduced (<see cref="ReduceArg"/>). What
    /// the value is in the turns of that loop so far, reduced; in this one too.
    /// </summary>
    Scan,
}
