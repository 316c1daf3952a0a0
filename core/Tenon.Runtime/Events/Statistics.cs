using System.Diagnostics;

namespace Tenon.Runtime;

/// <summary>What a runtime has done since it was made. Safe to read at any time.</summary>
public sealed class Statistics
{
    private readonly DeviceRegistry _devices;
    private long _realizes;
    private long _scheduleHits;
    private long _scheduleMisses;
    private long _schedulesFromDisk;
    private long _launched;
    private long _copies;
    private long _compiled;
    private long _diskHits;
    private long _scheduleTicks;
    private long _compileTicks;
    private long _runTicks;

    internal Statistics(DeviceRegistry devices) => _devices = devices;

    /// <summary>Graphs realised.</summary>
    public long Realizes => Interlocked.Read(ref _realizes);

    /// <summary>Graphs whose schedule was known.</summary>
    public long ScheduleHits => Interlocked.Read(ref _scheduleHits);

    /// <summary>Graphs whose schedule was not known: it was made, or found on disk.</summary>
    public long ScheduleMisses => Interlocked.Read(ref _scheduleMisses);

    /// <summary>Those of <see cref="ScheduleMisses"/> whose schedule was found on disk.</summary>
    public long SchedulesFromDisk => Interlocked.Read(ref _schedulesFromDisk);

    /// <summary>Kernels launched.</summary>
    public long KernelsLaunched => Interlocked.Read(ref _launched);

    /// <summary>Copies between devices.</summary>
    public long Copies => Interlocked.Read(ref _copies);

    /// <summary>Different kernels made ready: compiled, or found on disk.</summary>
    public long KernelsCompiled => Interlocked.Read(ref _compiled);

    /// <summary>Those of <see cref="KernelsCompiled"/> that were found on disk.</summary>
    public long DiskCacheHits => Interlocked.Read(ref _diskHits);

    /// <summary>Seconds spent on scheduling, or on finding schedules on disk.</summary>
    public double ScheduleSeconds => Seconds(ref _scheduleTicks);

    /// <summary>Seconds that callers have waited for kernels to be compiled and loaded.</summary>
    public double CompileSeconds => Seconds(ref _compileTicks);

    /// <summary>Seconds that callers have spent on queueing work and on waiting for devices.</summary>
    public double RunSeconds => Seconds(ref _runTicks);

    /// <summary>The memory of all open devices.</summary>
    public MemoryStatistics Memory => _devices.OpenDevices.Aggregate(default(MemoryStatistics), (sum, d) => sum + d.Memory.Statistics);

    /// <summary>Bytes held by buffers that live, on all open devices.</summary>
    public long BytesInUse => Memory.BytesInUse;

    /// <summary>Buffers that live, on all open devices.</summary>
    public int LiveBuffers => Memory.Buffers;

    internal void CountRealize(bool scheduleKnown)
    {
        Interlocked.Increment(ref _realizes);
        Interlocked.Increment(ref scheduleKnown ? ref _scheduleHits : ref _scheduleMisses);
        if (RuntimeEvents.Schedules.Enabled)
        {
            RuntimeEvents.Schedules.Add(1, new KeyValuePair<string, object?>("tenon.known", scheduleKnown));
        }
    }

    internal void CountScheduleFromDisk(long start)
    {
        Interlocked.Increment(ref _schedulesFromDisk);
        AddScheduleTime(start);
    }

    internal void CountRun(long launched, long copies)
    {
        Interlocked.Add(ref _launched, launched);
        Interlocked.Add(ref _copies, copies);
    }

    internal void CountKernel(bool fromDisk)
    {
        Interlocked.Increment(ref _compiled);
        Interlocked.Add(ref _diskHits, fromDisk ? 1 : 0);
        RuntimeEvents.Kernels.Add(1, new KeyValuePair<string, object?>("tenon.from", fromDisk ? "disk" : "compiler"));
    }

    internal void AddScheduleTime(long start) => Interlocked.Add(ref _scheduleTicks, Stopwatch.GetTimestamp() - start);

    internal void AddCompileTime(long start) => Interlocked.Add(ref _compileTicks, Stopwatch.GetTimestamp() - start);

    internal void AddRunTime(long start) => Interlocked.Add(ref _runTicks, Stopwatch.GetTimestamp() - start);

    private static double Seconds(ref long ticks) => (double)Interlocked.Read(ref ticks) / Stopwatch.Frequency;
}
