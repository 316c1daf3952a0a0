namespace Tenon.Compiler;

/// <summary>What the scheduler must know of the machine.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Independent pieces of work that keep the device busy.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Whether <see cref="Schedule.Decisions"/> is filled.</summary>
    public bool RecordDecisions { get; init; }
}
