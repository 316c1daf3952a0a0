using Tenon.Core.Backend;
using Tenon.Sdk.TensorCores;

namespace Tenon.Sdk.CStyle;

/// <summary>What the devices of a family of Metal have.</summary>
/// <param name="Name">As Metal calls it: <c>apple7</c>.</param>
/// <param name="Cores">How many a common device has.</param>
public sealed record MetalFamily(string Name, int Cores)
{
    private static readonly ArchitectureList<MetalFamily> Known = new("METAL", new("apple7", 8), new("apple8", 10), new("apple9", 10), new("apple10", 10), new("mac2", 60));

    /// <summary>Those that are known, the usual one first.</summary>
    public static IReadOnlyList<MetalFamily> All => Known.All;

    /// <summary>The products of matrices that a simdgroup holds.</summary>
    public IReadOnlyList<TensorCore> TensorCores => Name == "mac2" ? [] : AppleCores.All;

    /// <summary>Limits of a device of it.</summary>
    public Capabilities Capabilities => new()
    {
        DTypes = DType.Native.Where(d => d != DType.Float64).ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector),
        Parallelism = Cores,
        LocalBytes = 32 << 10,
        Alignment = 256,

        // Of 31, one is for variables.
        MaxBuffers = 30,
        Workgroups = new WorkgroupLimits
        {
            MaxGroups = new GridSize(int.MaxValue, int.MaxValue, int.MaxValue),
            MaxLanes = new GridSize(1024, 1024, 1024),
            MaxLanesPerGroup = 1024,
            SubgroupSize = Name == "mac2" ? 0 : 32,
        },
    };

    /// <summary>The family of that name.</summary>
    /// <exception cref="BackendException">It isn't known; the message lists those that are.</exception>
    public static MetalFamily Find(string name) => Known.Find(name, a => a.Name);
}
