namespace Tenon.Core.Backend;

/// <summary>
/// How kernels may read buffers as images: four consecutive elements are a texel, texels lie row by row, and a kernel reads a whole
/// texel by its column and row (<see cref="Ops.Texel"/>). Which buffers are images, each kernel says for itself
/// (<see cref="KernelParameter.Image"/>); nobody else knows.
/// </summary>
public sealed record ImageLimits
{
    /// <summary>What the elements may be: of <see cref="DType.Float32"/> and <see cref="DType.Float16"/>.</summary>
    public required IReadOnlyList<DType> DTypes { get; init; }

    /// <summary>How many texels a row may have.</summary>
    public required long MaxWidth { get; init; }

    /// <summary>How many rows there may be.</summary>
    public long MaxHeight { get; init; } = 1;

    /// <summary>Where there are several rows, the texels of each are a multiple of this.</summary>
    public int RowTexels { get; init; } = 1;

    /// <summary>Whether a texel whose column or row is negative, or beyond the last, is zeros. Otherwise it may not be read.</summary>
    public bool HasBorder { get; init; }

    /// <summary>How many images a kernel may have.</summary>
    public int MaxImages { get; init; } = int.MaxValue;

    /// <summary>Whether what can be an image should be one. Otherwise a search may find that it should.</summary>
    public bool ArePreferred { get; init; }
}

/// <summary>The size of an image.</summary>
/// <param name="Width">Texels of a row.</param>
/// <param name="Height">Rows.</param>
public readonly record struct ImageSize(long Width, long Height)
{
    /// <summary>The elements of a texel.</summary>
    public const int TexelElements = 4;
}
