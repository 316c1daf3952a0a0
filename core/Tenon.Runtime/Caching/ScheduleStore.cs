using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Makes schedules, or finds on disk what another process has made of the same graph.</summary>
internal sealed class ScheduleStore(ICompiler compiler, DiskStore? disk, Statistics statistics, DebugLog log)
{
    /// <summary>The schedule of a graph that this process has not seen yet.</summary>
    public Schedule Get(UOp graph, Capabilities device, CodeGeneratorTarget? target)
    {
        if (disk is null)
        {
            return Make(graph, device, target);
        }

        var start = Stopwatch.GetTimestamp();
        var key = CacheKey.OfSchedule(graph, device, target, compiler.Fingerprint);
        if (TryRead(disk, key) is { } known)
        {
            statistics.CountScheduleFromDisk(start);
            log.Scheduled(known, "from disk", start);
            return known;
        }

        var schedule = Make(graph, device, target);
        disk.Write(CacheFolder.Schedules, key, ScheduleSerializer.Serialize(schedule));
        return schedule;
    }

    /// <summary>The schedule of a graph, made anew.</summary>
    public Schedule Make(UOp graph, Capabilities device, CodeGeneratorTarget? target)
    {
        var start = Stopwatch.GetTimestamp();
        using var activity = RuntimeEvents.Source.StartActivity("tenon.schedule");
        var schedule = compiler.Schedule(graph, device, target);
        statistics.AddScheduleTime(start);
        RuntimeEvents.ScheduleTime.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
        log.Scheduled(schedule, "made", start);
        return schedule;
    }

    private Schedule? TryRead(DiskStore store, string key)
    {
        try
        {
            return store.TryRead(CacheFolder.Schedules, key) is { } content ? ScheduleSerializer.Deserialize(content.Span) : null;
        }
        catch (TenonException e)
        {
            log.Remark($"a schedule from disk is made again: {e.Message}");
            return null;
        }
    }
}
