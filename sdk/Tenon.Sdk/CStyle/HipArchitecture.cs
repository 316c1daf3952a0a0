using Tenon.Core.Backend;
using Tenon.Sdk.TensorCores;

namespace Tenon.Sdk.CStyle;

/// <summary>What the devices of an AMD architecture have.</summary>
/// <param name="Name">As compilers call it: <c>gfx1100</c>.</param>
/// <param name="SubgroupSize">Lanes of a wave.</param>
/// <param name="LocalKibibytes">Memory that a group may share.</param>
/// <param name="ComputeUnits">How many a common device has.</param>
public sealed record HipArchitecture(string Name, int SubgroupSize, int LocalKibibytes, int ComputeUnits)
{
    private static readonly ArchitectureList<HipArchitecture> Known = new(
        "HIP",
        new("gfx1100", 32, 64, 96),
        new("gfx906", 64, 64, 60),
        new("gfx908", 64, 64, 120),
        new("gfx90a", 64, 64, 104),
        new("gfx942", 64, 64, 304),
        new("gfx950", 64, 160, 256),
        new("gfx1030", 32, 64, 80),
        new("gfx1101", 32, 64, 60),
        new("gfx1102", 32, 64, 32),
        new("gfx1103", 32, 64, 12),
        new("gfx1150", 32, 64, 16),
        new("gfx1151", 32, 64, 40),
        new("gfx1200", 32, 64, 32),
        new("gfx1201", 32, 64, 64));

    /// <summary>Those that are known, the usual one first.</summary>
    public static IReadOnlyList<HipArchitecture> All => Known.All;

    /// <summary>The tensor cores: of gfx950 those that it shares with gfx942.</summary>
    public IReadOnlyList<TensorCore> TensorCores => [.. TensorCoreList.For(Name).Where(c => Name != "gfx950" || c.K == (c.Input.Bits == 8 ? 32 : 16))];

    /// <summary>Limits of a device of it.</summary>
    public Capabilities Capabilities => new()
    {
        DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector),
        Parallelism = ComputeUnits,
        LocalBytes = LocalKibibytes << 10,
        Alignment = 256,
        MaxBuffers = 448,
        Workgroups = new WorkgroupLimits
        {
            MaxGroups = new GridSize(int.MaxValue, ushort.MaxValue, ushort.MaxValue),
            MaxLanes = new GridSize(1024, 1024, 1024),
            MaxLanesPerGroup = 1024,
            SubgroupSize = SubgroupSize,
            PreferredLanes = SubgroupSize,
        },
    };

    /// <summary>The architecture of that name.</summary>
    /// <exception cref="BackendException">It isn't known; the message lists those that are.</exception>
    public static HipArchitecture Find(string name) => Known.Find(name, a => a.Name);
}
