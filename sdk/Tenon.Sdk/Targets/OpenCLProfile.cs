using Tenon.Core.Backend;
using Tenon.Sdk.CStyle;

namespace Tenon.Sdk.Targets;

/// <summary>OpenCL devices as they commonly are.</summary>
/// <param name="Name">What distinguishes it.</param>
/// <param name="Features">What it offers beyond OpenCL 1.2.</param>
public sealed record OpenCLProfile(string Name, OpenCLFeatures Features)
{
    private static readonly ArchitectureList<OpenCLProfile> Known = new(
        "OPENCL",
        new("fp64", new OpenCLFeatures { HasDouble = true, HasExactDivision = true, HasMulAcc = true, Fingerprint = "fp64" }),
        new("fp16", new OpenCLFeatures { HasHalf = true, HasExactDivision = true, HasMulAcc = true, Shuffle = OpenCLShuffle.Khronos, Fingerprint = "fp16" }),
        new("images", new OpenCLFeatures { HasHalf = true, HasExactDivision = true, HasMulAcc = true, Images = OpenCLImages.Planes, Fingerprint = "images" }),
        new("embedded", new OpenCLFeatures { Fingerprint = "embedded" }));

    /// <summary>Those that are known, the usual one first.</summary>
    public static IReadOnlyList<OpenCLProfile> All => Known.All;

    /// <summary>Limits of a device of it.</summary>
    public Capabilities Capabilities => new()
    {
        DTypes = DType.Native.Where(d => d != DType.Float64 || Features.HasDouble).ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector),
        Parallelism = 16,
        LocalBytes = 32 << 10,
        Alignment = 128,

        // The least that a device must take are 1024 bytes of arguments, of 16 each.
        MaxBuffers = 60,
        Images = Features.Images == OpenCLImages.None ? null : new ImageLimits { DTypes = [DType.Float32, DType.Float16], MaxWidth = 16384, MaxHeight = 16384, RowTexels = 64, HasBorder = Features.Images == OpenCLImages.Planes, ArePreferred = true },
        Workgroups = new WorkgroupLimits
        {
            MaxGroups = new GridSize(int.MaxValue, int.MaxValue, int.MaxValue),
            MaxLanes = new GridSize(256, 256, 256),
            MaxLanesPerGroup = 256,
            SubgroupSize = Features.Shuffle == OpenCLShuffle.None ? 0 : 32,
        },
    };

    /// <summary>The profile of that name.</summary>
    /// <exception cref="BackendException">It isn't known; the message lists those that are.</exception>
    public static OpenCLProfile Find(string name) => Known.Find(name, p => p.Name);
}
