using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>What the scheduler must know of the machine.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Independent pieces of work that keep the device busy.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Buffers that a kernel may use.</summary>
    public int MaxBuffers { get; init; } = int.MaxValue;

    /// <summary>Whether the graph is checked against its specification after the rules have changed it; what is given always is.</summary>
    public bool CheckSteps { get; init; } = IndexChecker.IsOnByDefault;

    /// <summary>Whether <see cref="Schedule.Decisions"/> is filled.</summary>
    public bool RecordDecisions { get; init; }
}
