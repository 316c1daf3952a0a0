using Tenon.Core.Backend;
using Tenon.Sdk.Wgsl;

namespace Tenon.Sdk.Targets;

/// <summary>Implementations of WebGPU as they commonly are.</summary>
/// <param name="Name">What distinguishes it.</param>
/// <param name="Limits">What it offers.</param>
public sealed record WgslProfile(string Name, WgslLimits Limits)
{
    private static readonly ArchitectureList<WgslProfile> Known = new(
        "WGSL",
        new("base", new WgslLimits()),
        new("f16", new WgslLimits { HasFloat16 = true, SubgroupSize = 32, StorageBuffers = 10, WorkgroupBytes = 32 << 10, Invocations = 1024, WorkgroupSize = new GridSize(1024, 1024, 64) }));

    /// <summary>Those that are known, the usual one first.</summary>
    public static IReadOnlyList<WgslProfile> All => Known.All;

    /// <summary>The profile of that name.</summary>
    /// <exception cref="BackendException">It isn't known; the message lists those that are.</exception>
    public static WgslProfile Find(string name) => Known.Find(name, p => p.Name);
}
