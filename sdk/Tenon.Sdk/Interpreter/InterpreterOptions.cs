using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>The device that an interpreter is.</summary>
public sealed record InterpreterOptions
{
    /// <summary>Whether work is divided among groups of lanes; otherwise each work item runs by itself.</summary>
    public bool HasWorkgroups { get; init; } = true;

    /// <summary>Lanes of a group, at most.</summary>
    public int MaxLanesPerGroup { get; init; } = 256;

    /// <summary>Lanes of a subgroup; 0 if there are none.</summary>
    public int SubgroupSize { get; init; } = 32;

    /// <summary>Bytes of local arrays that a group may have; 0 for none.</summary>
    public int LocalBytes { get; init; } = 48 << 10;

    /// <summary>Whether the compiler is told that local memory is fast; it decides by that, as for other devices.</summary>
    public bool LocalMemoryIsFast { get; init; } = true;

    /// <summary>How many lanes the compiler is told to run side by side.</summary>
    public int PreferredLanes { get; init; } = 32;

    /// <summary>Bytes of a vector; 0 for none.</summary>
    public int VectorBytes { get; init; } = 16;

    /// <summary>Buffers of a kernel, at most.</summary>
    public int MaxBuffers { get; init; } = int.MaxValue;

    /// <summary>Whether it is an error to read memory of a buffer that nothing has written.</summary>
    public bool ChecksBuffers { get; init; } = true;

    /// <summary>How kernels read buffers as images; null if they can't.</summary>
    public ImageLimits? Images { get; init; }

    /// <summary>The tensor cores that the device has.</summary>
    public IReadOnlyList<TensorCore> TensorCores { get; init; } = [];
}
