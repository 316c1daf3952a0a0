using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>What the scheduler must know of the machine.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Independent pieces of work that keep the device busy.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Lanes that keep the device busy, where groups of lanes share what they load; not more than the pieces of work where they don't.</summary>
    public long Lanes { get; init; } = 1;

    /// <summary>The dtypes of which vectors can be loaded under a mask: padding costs little where it is read, then.</summary>
    public IReadOnlyCollection<DType> MaskedLoads { get; init; } = [];

    /// <summary>Buffers that a kernel may use.</summary>
    public int MaxBuffers { get; init; } = int.MaxValue;

    /// <summary>Whether the graph is checked against its specification after the rules have changed it; what is given always is.</summary>
    public bool CheckSteps { get; init; } = IndexChecker.IsOnByDefault;

    /// <summary>Whether <see cref="Schedule.Decisions"/> is filled.</summary>
    public bool RecordDecisions { get; init; }

    /// <summary>The <see cref="MaskedLoads"/> of what a code generator takes.</summary>
    public static IReadOnlyCollection<DType> MaskedLoadsOf(CodeGeneratorTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.VectorBytes >= 16 ? [.. target.DTypes.Where(static d => d.Value.HasFlag(DTypeSupport.Vector | DTypeSupport.MaskedLoad)).Select(static d => d.Key)] : [];
    }

    /// <summary>The <see cref="Lanes"/> of a device.</summary>
    public static long LanesOf(Capabilities device)
    {
        // Several groups for each core, so that one computes while others wait. Some devices don't know how many cores they have.
        const int SubgroupsPerCore = 4;
        const long Most = 32 << 10;
        ArgumentNullException.ThrowIfNull(device);
        return device.Workgroups is { LocalMemoryIsFast: true, MaxLanesPerGroup: > 1 } groups ? Math.Min(Most, (long)device.Parallelism * groups.PreferredLanes * SubgroupsPerCore) : 1;
    }
}
