using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>A kernel to search for.</summary>
/// <param name="Kernel">The sink of a scheduled call.</param>
/// <param name="Device">The canonical name of the device that it runs on.</param>
/// <param name="Calls">How often it is run.</param>
public sealed record TuningTask(UOp Kernel, string Device, int Calls)
{
    /// <summary>The kernel's name.</summary>
    public string Name => Kernel.ArgAs<KernelArg>().Name;
}

/// <summary>How the search for a kernel went.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Device">The device.</param>
/// <param name="Calls">How often it is run.</param>
/// <param name="Result">What was found; null if there was no search.</param>
/// <param name="Error">Why there was no search; null if there was one.</param>
public sealed record TunedTask(string Kernel, string Device, int Calls, SearchResult? Result, string? Error = null);

/// <summary>How a search goes.</summary>
/// <param name="Index">The number of the kernel that is searched for, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Task">The kernel.</param>
/// <param name="Tried">Candidates of it so far.</param>
/// <param name="Timed">Those of them that were timed.</param>
/// <param name="HeuristicSeconds">Of a launch of what the heuristic chose; null if it isn't known.</param>
/// <param name="BestSeconds">Of the best so far.</param>
/// <param name="ElapsedSeconds">Since the search for the kernel began.</param>
public sealed record TuningProgress(int Index, int Count, TuningTask Task, int Tried, int Timed, double? HeuristicSeconds, double? BestSeconds, double ElapsedSeconds);

/// <summary>What <see cref="Tuner.Run"/> has done.</summary>
/// <param name="Kernels">Each kernel, those that take the most time first.</param>
/// <param name="IsIsolated">Whether candidates ran in a process of their own.</param>
/// <param name="IsInterrupted">Whether it was stopped.</param>
public sealed record TuningReport(IReadOnlyList<TunedTask> Kernels, bool IsIsolated, bool IsInterrupted)
{
    /// <summary>Seconds of all calls with what the heuristic chose, of the kernels that were searched for.</summary>
    public double HeuristicSeconds => Kernels.Sum(k => k.Calls * (k.Result?.HeuristicSeconds ?? k.Result?.Seconds ?? 0));

    /// <summary>Seconds of all calls with the best that was found.</summary>
    public double Seconds => Kernels.Sum(k => k.Calls * (k.Result?.Seconds ?? 0));

    /// <summary>How many times as fast all of it is.</summary>
    public double Speedup => Seconds > 0 ? HeuristicSeconds / Seconds : 1;

    /// <summary>Candidates.</summary>
    public int Tried => Kernels.Sum(k => k.Result?.Tried ?? 0);

    /// <summary>Candidates that were timed and not rejected.</summary>
    public int Timed => Kernels.Sum(k => k.Result?.Timed ?? 0);

    /// <summary>Candidates that were rejected, by reason.</summary>
    public IReadOnlyDictionary<RejectReason, int> Rejected => Kernels.SelectMany(k => k.Result?.Rejected ?? new Dictionary<RejectReason, int>())
        .GroupBy(r => r.Key).OrderByDescending(g => g.Sum(r => r.Value)).ToDictionary(g => g.Key, g => g.Sum(r => r.Value));
}
