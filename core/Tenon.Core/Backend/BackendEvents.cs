using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tenon.Core.Backend;

/// <summary>The events that every backend reports, because the contract's public methods report them.</summary>
public static class BackendEvents
{
    /// <summary>Spans: <c>tenon.compile</c>, <c>tenon.load</c>.</summary>
    public static ActivitySource Source { get; } = new("Tenon.Backend", Contract.Version.ToString());

    /// <summary>Metrics: <c>tenon.compile.duration</c>, <c>tenon.launches</c>, <c>tenon.memory.allocated</c>.</summary>
    public static Meter Meter { get; } = new("Tenon.Backend", Contract.Version.ToString());

    internal static Histogram<double> CompileTime { get; } = Meter.CreateHistogram<double>("tenon.compile.duration", "s", "Time of code generation.");

    internal static Counter<long> Launches { get; } = Meter.CreateCounter<long>("tenon.launches", "{launch}", "Kernels launched.");

    internal static UpDownCounter<long> AllocatedBytes { get; } = Meter.CreateUpDownCounter<long>("tenon.memory.allocated", "By", "Device memory held.");
}
