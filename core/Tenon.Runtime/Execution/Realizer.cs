using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Computes values: graph → schedule → kernels → queued work, each step remembered for the next time.</summary>
internal sealed class Realizer
{
    private readonly DeviceRegistry _devices;
    private readonly BufferTable _buffers;
    private readonly RealizedValues _realized;
    private readonly RealizedValues _realizedFast;
    private readonly bool _isFastByDefault;
    private readonly KernelCache _kernels;
    private readonly ScheduleCache _schedules;
    private readonly ScheduleStore _newSchedules;
    private readonly Statistics _statistics;
    private readonly DebugLog _log;

    public Realizer(RuntimeOptions options, DeviceRegistry devices, BufferTable buffers, ICompiler compiler, KernelTuning tuning, Statistics statistics, DebugLog log)
    {
        _devices = devices;
        _buffers = buffers;
        _realized = new RealizedValues(buffers);
        _realizedFast = new RealizedValues(buffers, _realized);
        _isFastByDefault = options.FastMath;
        _statistics = statistics;
        _log = log;
        _schedules = new ScheduleCache(options.MaxSchedules);
        var disk = options.Cache.ResolveFolder() is { } folder ? new DiskStore(folder, options.Cache.MaxBytes, log) : null;
        _newSchedules = new ScheduleStore(compiler, disk, statistics, log);
        _kernels = new KernelCache(compiler, disk is null ? null : new KernelStore(disk, compiler.Fingerprint), tuning, statistics, log);
    }

    /// <summary>Whether what is realised now is computed by fast maths.</summary>
    public bool IsFast => FastMath.Requested ?? _isFastByDefault;

    /// <summary>What is kept of storage that doesn't change.</summary>
    public MadeValues Made { get; } = new();

    // What fast maths gave is of no use where strict ones are asked for.
    private RealizedValues Realized => Recording.Current is { } recording
        ? (IsFast ? recording.FastValues : recording.Values)
        : IsFast ? _realizedFast : _realized;

    public UOp Resolve(UOp graph) => RealizeGraphBuilder.Resolve(graph, Realized, _buffers);

    public Schedule Plan(IReadOnlyList<(UOp Value, string Device)> roots)
    {
        var graph = Build(roots);
        return graph.IsEmpty ? new Schedule { Slots = [], Calls = [], ArenaBytes = new Dictionary<string, long>() }
            : _schedules.Find(graph.Sink)?.Schedule ?? _newSchedules.Make(graph.Sink, CapabilitiesFor(graph.Sink, roots[0].Device), TargetOf(roots[0].Device));
    }

    public void Prepare(IReadOnlyList<(UOp Value, string Device)> roots)
    {
        var graph = Build(roots);
        if (!graph.IsEmpty && _schedules.Find(graph.Sink) is null)
        {
            Prepare(graph, roots[0].Device);
        }
    }

    public UOp[] Realize(IReadOnlyList<(UOp Value, string Device)> roots)
    {
        var start = Stopwatch.GetTimestamp();
        using var activity = RuntimeEvents.Source.StartActivity("tenon.realize");
        using var use = _buffers.Users.Enter();
        var graph = Build(roots);
        var outputs = new (UOp Node, Storage Storage)[graph.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = Allocate(graph.Outputs[i]);
        }

        if (!graph.IsEmpty)
        {
            Run(graph, outputs, roots);
        }

        var assigned = Remember(graph, outputs);
        RuntimeEvents.RealizeTime.Record(Stopwatch.GetElapsedTime(start).TotalSeconds);
        var results = new UOp[roots.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var buffer = graph.Results[i] switch
            {
                RealizeResult.Stored stored => stored.Buffer,
                RealizeResult.Assigned assignment => assigned![assignment.After],
                var output => outputs[((RealizeResult.Output)output).Index].Node,
            };
            results[i] = StorageView.Of(buffer, roots[i].Value.Shape);
        }

        return results;
    }

    public OpenedDevice Open(string device) => _devices.Open(device);

    /// <summary>Compiles what a schedule needs and is not yet compiled.</summary>
    public ExecutableSchedule Prepare(Schedule schedule, Func<int, string, string> variableKey)
    {
        var start = Stopwatch.GetTimestamp();
        var executable = ExecutableSchedule.Prepare(schedule, _devices, _kernels, variableKey);
        _log.Scheduled(schedule, "captured", start);
        return executable;
    }

    /// <summary>A kernel that runs again and again, with what follows from some of its parameters computed apart; null if that doesn't pay.</summary>
    public PackedKernel? Pack(UOp kernel, string device, IReadOnlySet<int> constants) => _kernels.Pack(kernel, _devices.Open(device), constants);

    /// <summary>Queues one call of a schedule.</summary>
    public void Run(ExecutableSchedule executable, int call, Storage?[] slots) => executable.Run(call, slots, _statistics, _log);

    /// <summary>Queues a schedule.</summary>
    public void Run(ExecutableSchedule executable, Storage?[] slots, ReadOnlySpan<long> variables)
    {
        var start = Stopwatch.GetTimestamp();
        executable.Run(slots, variables, _statistics, _log);
        _statistics.AddRunTime(start);
    }

    /// <summary>Lets go of everything that is compiled. No queue may hold any of it.</summary>
    public void Close() => _kernels.Close();

    private RealizeGraph Build(IReadOnlyList<(UOp Value, string Device)> roots)
    {
        var canonical = new (UOp, string)[roots.Count];
        for (var i = 0; i < canonical.Length; i++)
        {
            canonical[i] = (roots[i].Value, _devices.Canonicalize(roots[i].Device));
        }

        return RealizeGraphBuilder.Build(canonical, Realized, _buffers, IsFast ? new KernelArg("graph", FastMath: true) : null);
    }

    private (UOp Node, Storage Storage) Allocate(RealizeResult.Output output)
    {
        var (device, dtype, size) = (_devices.Open(output.Device), output.Value.DType, output.Value.Shape.MaxElements);
        device.RequireStorage(dtype);
        var storage = new Storage(device, dtype.BytesOf(size));
        return (_buffers.Add(dtype, size, storage), storage);
    }

    private void Run(RealizeGraph graph, (UOp Node, Storage Storage)[] outputs, IReadOnlyList<(UOp Value, string Device)> roots)
    {
        var executable = _schedules.Find(graph.Sink);
        _statistics.CountRealize(executable is not null);
        executable ??= Prepare(graph, roots[0].Device);
        var start = Stopwatch.GetTimestamp();
        var slots = new Storage?[executable.Schedule.Slots.Count];
        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            slots[i] = _buffers.Get(graph.Inputs[i]);
        }

        foreach (var output in graph.Outputs)
        {
            if (output.Slot is { } slot)
            {
                slots[slot] = outputs[output.Index].Storage;
            }
        }

        Recording.Current?.Add(graph, executable.Schedule, slots, outputs, roots.Select(r => r.Value));
        executable.Run(slots, graph.Variables.Of(executable.Variables), _statistics, _log);
        _statistics.AddRunTime(start);
    }

    // Those of the device of the results; kernels use no more buffers than each of the graph's devices allows.
    private Capabilities CapabilitiesFor(UOp sink, string device)
    {
        var capabilities = _devices.Open(device).Capabilities;
        var devices = sink.TopologicalOrder().Select(u => u.Op == Ops.Param ? u.ArgAs<ParamArg>().Device : u.Op == Ops.Copy ? u.Arg as string : null).OfType<string>().Distinct();
        return devices.Select(d => _devices.Open(d).Capabilities.MaxBuffers).Append(capabilities.MaxBuffers).Min() is var least && least < capabilities.MaxBuffers
            ? capabilities with { MaxBuffers = least } : capabilities;
    }

    private CodeGeneratorTarget? TargetOf(string device) => _devices.Open(device).FirstGenerator?.Target;

    private ExecutableSchedule Prepare(RealizeGraph graph, string device)
    {
        var executable = ExecutableSchedule.Prepare(_newSchedules.Get(graph.Sink, CapabilitiesFor(graph.Sink, device), TargetOf(device)), _devices, _kernels);
        _schedules.Add(graph.Sink, executable);
        return executable;
    }

    private NodeMap<UOp>? Remember(RealizeGraph graph, (UOp Node, Storage Storage)[] outputs)
    {
        foreach (var output in graph.Outputs)
        {
            if (output.ValueDevice is null || output.ValueDevice == output.Device)
            {
                Realized.Add(output.Value, outputs[output.Index].Node, isPlaced: output.ValueDevice is not null);
            }
        }

        if (graph.Assignments.Count == 0)
        {
            return null;
        }

        var assigned = new NodeMap<UOp>();
        foreach (var (after, buffer) in graph.Assignments)
        {
            assigned[after] = _buffers.Overwrite(buffer);
            _realized.Add(after, assigned[after], isPlaced: true);
            Recording.Current?.Values.Add(after, assigned[after], isPlaced: true);
        }

        return assigned;
    }
}
