namespace Tenon.Web;

/// <summary>What an export has written.</summary>
public sealed record WebExportReport
{
    /// <summary>The folder.</summary>
    public required string Folder { get; init; }

    /// <summary>How many different kernels there are.</summary>
    public required int Kernels { get; init; }

    /// <summary>How many kernels and copies a run has.</summary>
    public required int Steps { get; init; }

    /// <summary>Bytes of the weights, which a browser fetches.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Bytes of the memory that temporaries share.</summary>
    public required long ArenaBytes { get; init; }

    /// <summary>Limits of WebGPU that the model needs more of than every device has.</summary>
    public required IReadOnlyDictionary<string, long> BeyondDefaults { get; init; }
}
