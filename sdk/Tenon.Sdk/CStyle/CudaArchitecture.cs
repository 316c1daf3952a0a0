using Tenon.Core.Backend;
using Tenon.Sdk.TensorCores;

namespace Tenon.Sdk.CStyle;

/// <summary>What the devices of a CUDA compute capability have.</summary>
/// <param name="Name">As compilers call it: <c>sm_90</c>.</param>
/// <param name="LocalKibibytes">Shared memory that a block may have if it asks for it.</param>
/// <param name="Multiprocessors">How many a common device has.</param>
public sealed record CudaArchitecture(string Name, int LocalKibibytes, int Multiprocessors)
{
    private static readonly ArchitectureList<CudaArchitecture> Known = new(
        "CUDA",
        new("sm_90", 227, 132),
        new("sm_70", 96, 80),
        new("sm_72", 96, 8),
        new("sm_75", 64, 40),
        new("sm_80", 163, 108),
        new("sm_86", 99, 84),
        new("sm_87", 163, 16),
        new("sm_89", 99, 128),
        new("sm_90a", 227, 132),
        new("sm_100", 227, 148),
        new("sm_103", 227, 148),
        new("sm_120", 99, 170),
        new("sm_121", 99, 48));

    /// <summary>Those that are known, the usual one first.</summary>
    public static IReadOnlyList<CudaArchitecture> All => Known.All;

    /// <summary>Whether it computes with bfloat16.</summary>
    public bool HasBFloat16 => Name is not ("sm_70" or "sm_72" or "sm_75");

    /// <summary>The tensor cores whose operands are in registers.</summary>
    public IReadOnlyList<TensorCore> TensorCores => [.. TensorCoreList.For(Name).Where(c => !c.A.IsLocal && !c.B.IsLocal)];

    /// <summary>Limits of a device of it.</summary>
    public Capabilities Capabilities => new()
    {
        DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector),
        Parallelism = Multiprocessors,
        LocalBytes = LocalKibibytes << 10,
        Alignment = 256,

        // Parameters are 4 KiB.
        MaxBuffers = 448,
        Workgroups = new WorkgroupLimits
        {
            MaxGroups = new GridSize(int.MaxValue, ushort.MaxValue, ushort.MaxValue),
            MaxLanes = new GridSize(1024, 1024, 64),
            MaxLanesPerGroup = 1024,
            SubgroupSize = 32,
        },
    };

    /// <summary>The architecture of that name.</summary>
    /// <exception cref="BackendException">It isn't known; the message lists those that are.</exception>
    public static CudaArchitecture Find(string name) => Known.Find(name, a => a.Name);
}
