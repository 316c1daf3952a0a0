namespace Tenon.Models;

/// <summary>The sizes of a <see cref="Llama"/>.</summary>
/// <remarks>Those of Llama 3: Grattafiori et al., arXiv:2407.21783, table 3.</remarks>
public sealed record LlamaOptions
{
    /// <summary>Llama 3.2 of 1 billion parameters.</summary>
    public static LlamaOptions Llama1B { get; } = new() { Dimensions = 2048, HiddenDimensions = 8192, Layers = 16, Heads = 32 };

    /// <summary>Llama 3 of 8 billion parameters.</summary>
    public static LlamaOptions Llama8B { get; } = new() { Dimensions = 4096, HiddenDimensions = 14336, Layers = 32, Heads = 32 };

    /// <summary>Llama 3 of 70 billion parameters.</summary>
    public static LlamaOptions Llama70B { get; } = new() { Dimensions = 8192, HiddenDimensions = 28672, Layers = 80, Heads = 64 };

    /// <summary>Llama 3.1 of 405 billion parameters.</summary>
    public static LlamaOptions Llama405B { get; } = new() { Dimensions = 16384, HiddenDimensions = 53248, Layers = 126, Heads = 128 };

    /// <summary>Different tokens.</summary>
    public int Vocabulary { get; init; } = 128256;

    /// <summary>The size of a token's vector.</summary>
    public required int Dimensions { get; init; }

    /// <summary>The size between the two layers of a block's feed-forward part.</summary>
    public required int HiddenDimensions { get; init; }

    /// <summary>Blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of queries in each block.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values in each block; queries share them evenly.</summary>
    public int KeyValueHeads { get; init; } = 8;

    /// <summary>Keeps the divisions of norms finite.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>The base of the wavelengths of positions.</summary>
    public double RopeTheta { get; init; } = 500000;

    /// <summary>Positions.</summary>
    public int Context { get; init; } = 8192;

    /// <summary>The type of the parameters.</summary>
    public DType DType { get; init; } = DType.Float32;
}
