using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Wgsl;

/// <summary>What an implementation of WebGPU offers to shaders. The defaults are those that every one has.</summary>
public sealed record WgslLimits
{
    /// <summary>Storage buffers that a shader may use.</summary>
    public int StorageBuffers { get; init; } = 8;

    /// <summary>Bytes of the largest storage binding; larger buffers are bound in several windows.</summary>
    public long BindingBytes { get; init; } = 128 << 20;

    /// <summary>Bytes of the largest buffer.</summary>
    public long BufferBytes { get; init; } = 256 << 20;

    /// <summary>Bytes of workgroup memory.</summary>
    public int WorkgroupBytes { get; init; } = 16 << 10;

    /// <summary>Invocations of a workgroup.</summary>
    public int Invocations { get; init; } = 256;

    /// <summary>Invocations of a workgroup along x, y and z.</summary>
    public GridSize WorkgroupSize { get; init; } = new(256, 256, 64);

    /// <summary>Workgroups along each dimension.</summary>
    public int Workgroups { get; init; } = 65535;

    /// <summary>Invocations of a subgroup, where there are subgroups and all have the same size; else 0.</summary>
    public int SubgroupSize { get; init; }

    /// <summary>How many invocations run side by side: workgroups are multiples of it where they can be.</summary>
    public int PreferredLanes { get; init; } = 64;

    /// <summary>How many times so many keep the device busy.</summary>
    public int Parallelism { get; init; } = 4096;

    /// <summary>Whether workgroup memory is one of its own; not where an implementation computes on the processors.</summary>
    public bool HasFastWorkgroupMemory { get; init; } = true;

    /// <summary>Whether there is the type f16.</summary>
    public bool HasFloat16 { get; init; }

    /// <summary>Bytes to which the start of a binding is aligned.</summary>
    public int OffsetAlignment { get; init; } = 256;

    /// <summary>What a device of these limits has.</summary>
    public Capabilities Capabilities => new()
    {
        DTypes = DType.Native.Where(d => d != DType.Float64).ToDictionary(d => d, d => DTypeSupport.Storage | DTypeSupport.Arithmetic),
        Parallelism = Parallelism,
        MaxBuffers = StorageBuffers,
        MaxBufferBytes = BufferBytes,
        LocalBytes = WorkgroupBytes,
        Alignment = OffsetAlignment,
        Workgroups = new WorkgroupLimits
        {
            MaxGroups = new GridSize(Workgroups, Workgroups, Workgroups),
            MaxLanes = WorkgroupSize,
            MaxLanesPerGroup = Invocations,
            SubgroupSize = SubgroupSize,
            PreferredLanes = PreferredLanes,
            LocalMemoryIsFast = HasFastWorkgroupMemory,
        },
    };

    /// <summary>
    /// What <see cref="WgslRenderer"/> takes.
    /// </summary>
    public CodeGeneratorTarget Target => new()
    {
        ExtraOps = new OpSet(Ops.Local, Ops.Barrier) | CodeGeneratorTarget.VectorOps | (SubgroupSize > 0 ? new OpSet(Ops.LaneXor) : default),
        DTypes = new Dictionary<DType, DTypeSupport>
        {
            [DType.Bool] = DTypeSupport.Arithmetic | DTypeSupport.Vector,
            [DType.Int32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector,
            [DType.UInt32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector,
            [DType.Float32] = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector,
            [DType.Float16] = HasFloat16 ? DTypeSupport.Storage | DTypeSupport.Arithmetic : DTypeSupport.None,
        },
        VectorBytes = 16,
        WordBytes = 4,
        IsIeee = false,
        Fingerprint = $"wgsl-{BindingBytes}-{OffsetAlignment}-{(HasFloat16 ? "f16" : "f32")}-{SubgroupSize}",
    };
}
