using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>The events that the runtime reports; what backends report is in <see cref="BackendEvents"/>.</summary>
public static class RuntimeEvents
{
    /// <summary>Spans: <c>tenon.realize</c>, <c>tenon.schedule</c>, <c>tenon.prepare</c>, <c>tenon.device.open</c>.</summary>
    public static ActivitySource Source { get; } = new("Tenon.Runtime");

    /// <summary>Metrics: <c>tenon.realize.duration</c>, <c>tenon.schedule.duration</c>, <c>tenon.schedules</c>, <c>tenon.kernels</c>.</summary>
    public static Meter Meter { get; } = new("Tenon.Runtime");

    internal static Histogram<double> RealizeTime { get; } = Meter.CreateHistogram<double>("tenon.realize.duration", "s", "Time until all kernels of a graph are queued.");

    internal static Histogram<double> ScheduleTime { get; } = Meter.CreateHistogram<double>("tenon.schedule.duration", "s", "Time to schedule a graph that is new.");

    internal static Counter<long> Schedules { get; } = Meter.CreateCounter<long>("tenon.schedules", "{schedule}", "Graphs realised, by whether their schedule was known.");

    internal static Counter<long> Kernels { get; } = Meter.CreateCounter<long>("tenon.kernels", "{kernel}", "Kernels made ready, by where they came from.");
}
