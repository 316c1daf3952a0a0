namespace Tenon.Compiler;

/// <summary>How far a search goes.</summary>
public sealed record SearchOptions
{
    /// <summary>How many candidates each step starts from.</summary>
    public int Width { get; init; } = 4;

    /// <summary>How many candidates of a step are compiled and timed: the best by estimate.</summary>
    public int TimedPerStep { get; init; } = 12;

    /// <summary>The most steps from each start.</summary>
    public int MaxSteps { get; init; } = 24;

    /// <summary>The time for one kernel.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Candidates that take this many times as long as the best aren't timed further.</summary>
    public double Slower { get; init; } = 3;

    /// <summary>How long a candidate may take to be compiled, or to run a few times, before it is given up.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What the budget and the deadline go by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether candidates run in a process of their own, where that is possible.</summary>
    public bool UseWorker { get; init; } = true;

    /// <summary>How much faster than the heuristic a candidate must be to take its place.</summary>
    public double Gain { get; init; } = 1.02;

    /// <summary>How many threads lower and compile candidates.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
