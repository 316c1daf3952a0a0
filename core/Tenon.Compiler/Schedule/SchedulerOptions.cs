namespace Tenon.Compiler;

/// <summary>What the scheduler must know of the machine.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Independent pieces of work that keep the device busy.</summary>
    public int Parallelism { get; init; } = 1;
}
