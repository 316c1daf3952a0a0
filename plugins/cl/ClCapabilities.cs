using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.CStyle;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl;

/// <summary>What the compiler is told of a device.</summary>
internal static class ClCapabilities
{
    // Of a kernel's variables, eight bytes each; a buffer takes its address and its offset.
    private const int VariableBytes = 128;
    private const int BufferBytes = 16;

    // OpenCL names no limit but that of its integers; drivers have those of their hardware along y and z.
    private const int MaxGroups = int.MaxValue;
    private const int MaxOuterGroups = 65535;

    // OpenCL tells only of the last level; these are what cores have at least.
    private const long ProcessorL1 = 32 << 10;
    private const long ProcessorL2 = 512 << 10;

    // Where a device doesn't say.
    private const int UsualLanes = 32;

    /// <summary>The capabilities.</summary>
    public static Capabilities Of(ClDeviceInfo d, ClImageUse images) => new()
    {
        DTypes = DType.Native.Where(t => t != DType.Float64 || d.HasDouble).ToDictionary(t => t, _ => DTypeSupport.Storage),
        Parallelism = d.ComputeUnits,
        MaxBuffers = (int)((d.MaxParameterBytes - VariableBytes) / BufferBytes),
        MaxBufferBytes = d.MaxAllocationBytes,
        Alignment = Math.Max(1, d.AlignmentBits / 8),
        LocalBytes = d.LocalBytes,
        Images = d.Images?.Limits(images),
        L1CacheBytes = d.IsProcessor ? ProcessorL1 : 0,
        L2CacheBytes = d.IsProcessor ? Math.Min(ProcessorL2, Math.Max(d.CacheBytes, ProcessorL1)) : d.CacheBytes,
        L3CacheBytes = d.IsProcessor ? d.CacheBytes : 0,
        Workgroups = new WorkgroupLimits
        {
            MaxGroups = new GridSize(MaxGroups, MaxOuterGroups, MaxOuterGroups),
            MaxLanes = new GridSize(d.MaxLanes[0], d.MaxLanes[1], d.MaxLanes[2]),
            MaxLanesPerGroup = (int)Math.Min(d.MaxGroupLanes, int.MaxValue),
            SubgroupSize = d.Shuffle == OpenCLShuffle.None ? 0 : d.SubgroupSize,
            PreferredLanes = d.PreferredLanes > 0 ? d.PreferredLanes : UsualLanes,
            LocalMemoryIsFast = d.HasOwnLocalMemory && !d.IsProcessor,
        },
    };
}
