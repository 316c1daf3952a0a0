namespace Tenon.Core.Backend;

/// <summary>
/// An instruction by which lanes together multiply small matrices: D = A·B + C, where A has M rows and K columns, B K rows and N
/// columns, C and D M rows and N columns. All sizes are powers of two. Each lane holds some elements of each matrix; which, its layout says.
/// </summary>
public sealed record TensorCore
{
    /// <summary>Unique in a target; the argument of <see cref="Ops.Wmma"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Rows of A and D.</summary>
    public required int M { get; init; }

    /// <summary>Columns of B and D.</summary>
    public required int N { get; init; }

    /// <summary>Columns of A and rows of B.</summary>
    public required int K { get; init; }

    /// <summary>The dtype of A and B. Registers and memory hold it as <see cref="DType.Stored"/>: narrow floats are bytes.</summary>
    public required DType Input { get; init; }

    /// <summary>The dtype of C, in which products are summed.</summary>
    public required DType Accumulator { get; init; }

    /// <summary>The dtype of D; that of C if not said otherwise.</summary>
    public DType Result { get => field ?? Accumulator; init; }

    /// <summary>How many bits of the fraction of A and B count, if fewer than their dtype has: such a core is used only for fast maths.</summary>
    public int? FractionBits { get; init; }

    /// <summary>How many lanes work together: neighbours along x, of one subgroup or of several, the first of which has a number that is a multiple of them.</summary>
    public required int Lanes { get; init; }

    /// <summary>Which elements of A each lane holds; rows are <see cref="CoreAxis.M"/>, columns <see cref="CoreAxis.K"/>.</summary>
    public required FragmentLayout A { get; init; }

    /// <summary>Which elements of B each lane holds; rows are <see cref="CoreAxis.K"/>, columns <see cref="CoreAxis.N"/>.</summary>
    public required FragmentLayout B { get; init; }

    /// <summary>Which elements of C and D each lane holds.</summary>
    public required FragmentLayout C { get; init; }

    /// <summary>The size along an axis.</summary>
    public int SizeOf(CoreAxis axis) => axis switch
    {
        CoreAxis.M => M,
        CoreAxis.N => N,
        _ => K,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>An axis of the matrices of a <see cref="TensorCore"/>.</summary>
public enum CoreAxis : byte
{
    /// <summary>Rows of A and D.</summary>
    M,

    /// <summary>Columns of B and D.</summary>
    N,

    /// <summary>Columns of A, rows of B.</summary>
    K,
}

/// <summary>One bit of an index along an axis.</summary>
/// <param name="Axis">Which axis.</param>
/// <param name="Bit">Which bit; 0 is the lowest.</param>
public readonly record struct CoreBit(CoreAxis Axis, int Bit);
