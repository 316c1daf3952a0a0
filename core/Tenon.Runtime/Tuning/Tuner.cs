using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Searches for faster loops of the kernels of a program, and keeps what it finds for the next time that they are compiled.</summary>
/// <param name="runtime">What compiles and runs them.</param>
public sealed class Tuner(TenonRuntime runtime)
{
    // With less time nothing is found.
    private static readonly TimeSpan LeastBudget = TimeSpan.FromSeconds(0.5);

    /// <summary>How far the search of each kernel goes; <see cref="SearchOptions.Budget"/> is the most time for one.</summary>
    public SearchOptions Options { get; init; } = new() { Budget = TimeSpan.FromSeconds(30) };

    /// <summary>The time for all kernels. Those that take the most time get the most of it.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets each candidate as a line of JSON, and then each kernel; null for none.</summary>
    public TextWriter? Log { get; init; }

    /// <summary>The kernels that a program makes ready, those of all schedules, in order.</summary>
    /// <param name="program">Realises or prepares tensors.</param>
    public IReadOnlyList<TuningTask> Record(Action program)
    {
        var (calls, order, gate) = (new Dictionary<(UOp Kernel, string Device), int>(), new List<(UOp Kernel, string Device)>(), new Lock());
        var before = runtime.Tuning.Observer;
        runtime.Tuning.Observer = kernels =>
        {
            lock (gate)
            {
                foreach (var (kernel, device) in kernels)
                {
                    if (!calls.TryAdd((kernel, device.Name), 1))
                    {
                        calls[(kernel, device.Name)]++;
                        continue;
                    }

                    order.Add((kernel, device.Name));
                }
            }
        };
        try
        {
            program();
        }
        finally
        {
            runtime.Tuning.Observer = before;
        }

        return [.. order.Select(k => new TuningTask(k.Kernel, k.Device, calls[k]))];
    }

    /// <summary>Searches for kernels, one after the other. What is found is kept at once.</summary>
    /// <param name="tasks">The kernels.</param>
    /// <param name="progress">Hears how it goes.</param>
    /// <param name="finished">Hears of each kernel that is done.</param>
    /// <param name="cancel">Stops it; what was found until then is kept.</param>
    public TuningReport Run(IReadOnlyList<TuningTask> tasks, Action<TuningProgress>? progress = null, Action<TunedTask>? finished = null, CancellationToken cancel = default)
    {
        var (start, log, done) = (Stopwatch.GetTimestamp(), Log is null ? null : new SearchLog(Log), new List<TunedTask>());
        var queue = tasks.Select(t => (Task: t, Weight: Math.Sqrt(t.Calls * EstimateOf(t)))).OrderByDescending(t => t.Weight).ToList();
        var weight = queue.Sum(t => t.Weight);
        for (var i = 0; i < queue.Count; i++)
        {
            var (task, share) = queue[i];
            var left = (Budget - Stopwatch.GetElapsedTime(start)) * (weight > 0 ? share / weight : 1);
            weight -= share;
            var budget = left < Options.Budget ? left : Options.Budget;
            var tuned = cancel.IsCancellationRequested ? new TunedTask(task.Name, task.Device, task.Calls, null, "stopped")
                : budget < LeastBudget ? new TunedTask(task.Name, task.Device, task.Calls, null, "its part of the time is too little to search")
                : Search(task, Options with { Budget = budget }, i, queue.Count, log, progress, cancel);
            done.Add(tuned);
            log?.Write(tuned);
            finished?.Invoke(tuned);
        }

        return new TuningReport(done, runtime.Tuning.IsIsolated, cancel.IsCancellationRequested);
    }

    /// <summary>Writes what is known of kernels to one file, which can be shipped with a program; see <see cref="TuningSettings.Files"/>.</summary>
    /// <param name="path">The file; what it holds of other kernels stays.</param>
    /// <param name="tasks">The kernels.</param>
    /// <returns>How many kernels of these it holds.</returns>
    /// <exception cref="TenonException">It can't be written, or is a file of another kind.</exception>
    public int Export(string path, IEnumerable<TuningTask> tasks)
    {
        var kernels = (File.Exists(path) ? TuningFile.Read(path) : []).ToDictionary(k => k.Key);
        var count = 0;
        foreach (var known in tasks.Select(t => runtime.Tuning.Find(t.Kernel, runtime.Devices.Open(t.Device))).OfType<TunedKernel>())
        {
            kernels[known.Key] = known;
            count++;
        }

        TuningFile.Write(path, kernels.Values);
        return count;
    }

    private TunedTask Search(TuningTask task, SearchOptions options, int index, int count, SearchLog? log, Action<TuningProgress>? progress, CancellationToken cancel)
    {
        var (start, tried, timed) = (Stopwatch.GetTimestamp(), 0, 0);
        double? heuristic = null, best = null;
        progress?.Invoke(new TuningProgress(index, count, task, 0, 0, null, null, 0));
        try
        {
            return new TunedTask(task.Name, task.Device, task.Calls, runtime.Tuning.Search(task.Kernel, runtime.Devices.Open(task.Device), options, Report, cancel).Result);
        }
        catch (TenonException e)
        {
            return new TunedTask(task.Name, task.Device, task.Calls, null, e.Message);
        }

        void Report(SearchCandidate candidate)
        {
            log?.Write(task.Name, task.Device, candidate);
            tried++;
            if (candidate.IsTimed)
            {
                timed++;
                heuristic = candidate.Number == 0 ? candidate.Seconds : heuristic;
                best = best is null || candidate.Seconds < best ? candidate.Seconds : best;
            }

            progress?.Invoke(new TuningProgress(index, count, task, tried, timed, heuristic, best, Stopwatch.GetElapsedTime(start).TotalSeconds));
        }
    }

    private double EstimateOf(TuningTask task)
    {
        try
        {
            var device = runtime.Devices.Open(task.Device);
            return BeamSearch.Estimate(task.Kernel, device.Capabilities, device.Generator.Target);
        }
        catch (TenonException)
        {
            // The search says what is wrong with it.
            return 0;
        }
    }
}
