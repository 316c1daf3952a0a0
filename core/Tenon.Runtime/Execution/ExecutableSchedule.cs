using System.Buffers;
using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>A schedule with its devices and compiled kernels. It may run in several threads at once.</summary>
internal sealed class ExecutableSchedule
{
    private readonly KernelProgram?[] _programs;
    private readonly int[][] _callVariables;
    private readonly OpenedDevice[] _devices;
    private readonly OpenedDevice[] _slotDevices;
    private readonly (OpenedDevice Device, long Bytes)[] _arenas;
    private readonly int _launches;
    private LaunchSegment?[]? _segments;
    private bool _hasRun;

    private ExecutableSchedule(Schedule schedule, KernelProgram?[] programs, OpenedDevice[] devices, OpenedDevice[] slotDevices, Func<int, string, string>? keyOf)
    {
        Schedule = schedule;
        _programs = programs;
        _devices = devices;
        _slotDevices = slotDevices;
        _arenas = [.. schedule.ArenaBytes.Where(a => a.Value > 0).Select(a => (Array.Find(slotDevices, d => d?.Name == a.Key)!, a.Value))];
        _launches = programs.Count(p => p is not null);
        var keys = new List<string>();
        _callVariables = new int[programs.Length][];
        for (var i = 0; i < programs.Length; i++)
        {
            var names = programs[i] is { Kernel.VariableCount: > 0 } ? ScheduledCall.VariablesOf(schedule.Calls[i].Kernel!) : [];
            _callVariables[i] = [.. names.Select(n => KeyNumber(keys, keyOf?.Invoke(i, n) ?? n))];
        }

        Variables = keys;
    }

    public Schedule Schedule { get; }

    /// <summary>The variables of all kernels: their names, unless other keys were given.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>Compiles what is not yet.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="registry">Its devices.</param>
    /// <param name="kernels">Where kernels are kept.</param>
    /// <param name="keyOf">The key of a variable of a call, where one name stands for several values.</param>
    /// <exception cref="TenonException">A kernel can't be compiled, or a device lacks what the schedule needs.</exception>
    public static ExecutableSchedule Prepare(Schedule schedule, DeviceRegistry registry, KernelCache kernels, Func<int, string, string>? keyOf = null)
    {
        using var activity = RuntimeEvents.Source.StartActivity("tenon.prepare");
        var slotDevices = new OpenedDevice[schedule.Slots.Count];
        for (var i = 0; i < slotDevices.Length; i++)
        {
            // An input that only gradients would have needed, or that cancels out, has no storage here.
            if (schedule.Slots[i].DType != DType.Void)
            {
                slotDevices[i] = registry.Open(schedule.Slots[i].Device);
                slotDevices[i].RequireStorage(schedule.Slots[i].DType);
            }
        }

        var devices = schedule.Calls.Select(c => registry.Open(c.Device)).ToArray();
        var wanted = new List<(UOp, OpenedDevice)>();
        for (var i = 0; i < devices.Length; i++)
        {
            if (schedule.Calls[i].Kernel is { } kernel)
            {
                RequireBuffers(schedule.Calls[i], devices[i]);
                wanted.Add((kernel, devices[i]));
            }
        }

        var compiled = kernels.Get(wanted);
        var programs = new KernelProgram?[devices.Length];
        for (int i = 0, next = 0; i < programs.Length; i++)
        {
            programs[i] = schedule.Calls[i].Kernel is null ? null : compiled[next++];
        }

        return new ExecutableSchedule(schedule, programs, devices, slotDevices, keyOf);
    }

    /// <summary>Queues everything.</summary>
    /// <param name="slots">The memory of inputs and outputs, by slot.</param>
    /// <param name="variables">The values of <see cref="Variables"/>.</param>
    /// <param name="statistics">Where launches are counted.</param>
    /// <param name="log">Where times are printed, if asked for.</param>
    public void Run(Storage?[] slots, ReadOnlySpan<long> variables, Statistics statistics, DebugLog log)
    {
        var arenas = _arenas.Length == 0 ? [] : new DeviceBuffer?[_arenas.Length];
        try
        {
            for (var i = 0; i < arenas.Length; i++)
            {
                arenas[i] = _arenas[i].Device.Memory.Rent(_arenas[i].Bytes);
            }

            // What runs once pays for no list.
            var segments = !_hasRun || log.Kernels ? null : _segments ??= Segments();
            for (var i = 0; i < _programs.Length;)
            {
                if (segments?[i] is { } segment)
                {
                    segment.Run(slots, arenas, variables);
                    i = segment.Last;
                }
                else
                {
                    RunOne(i++, slots, arenas, variables, log);
                }
            }

            _hasRun = true;
            statistics.CountRun(_launches, _programs.Length - _launches);
            GC.KeepAlive(slots);
        }
        finally
        {
            // Whoever gets an arena next queues its work behind ours.
            for (var i = 0; i < arenas.Length; i++)
            {
                if (arenas[i] is { } buffer)
                {
                    _arenas[i].Device.Memory.Return(buffer);
                }
            }
        }
    }

    /// <summary>Queues one call, of which no storage is temporary.</summary>
    public void Run(int call, Storage?[] slots, Statistics statistics, DebugLog log)
    {
        RunOne(call, slots, [], [], log);
        statistics.CountRun(_programs[call] is null ? 0 : 1, _programs[call] is null ? 1 : 0);
        GC.KeepAlive(slots);
    }

    private static int KeyNumber(List<string> keys, string key)
    {
        var at = keys.IndexOf(key);
        if (at < 0)
        {
            at = keys.Count;
            keys.Add(key);
        }

        return at;
    }

    private LaunchSegment?[] Segments()
    {
        var segments = new LaunchSegment?[_programs.Length];
        for (var first = 0; first < segments.Length;)
        {
            var last = first;
            while (last < segments.Length && _programs[last] is not null && _devices[last] == _devices[first])
            {
                last++;
            }

            if (last > first && _devices[first].Device.TryGetFeature<ILaunchGraphs>() is { } device)
            {
                segments[first] = LaunchSegment.Create(Schedule, first, last, _programs, _callVariables, ArenaOf, device);
            }

            first = Math.Max(last, first + 1);
        }

        return segments;
    }

    private int ArenaOf(int slot) => Array.FindIndex(_arenas, a => a.Device == _slotDevices[slot]);

    private static void RequireBuffers(ScheduledCall call, OpenedDevice device)
    {
        var limit = device.Capabilities.MaxBuffers;
        if (call.Slots.Count > limit)
        {
            throw new TenonException("TEN5008", $"A kernel uses {call.Slots.Count} buffers; device {device.Name} allows {limit}. Call Contiguous() on some of its inputs' results, so that it is split.");
        }
    }

    private void RunOne(int i, Storage?[] slots, DeviceBuffer?[] arenas, ReadOnlySpan<long> variables, DebugLog log)
    {
        var call = Schedule.Calls[i].Slots;
        var rented = ArrayPool<BufferView>.Shared.Rent(call.Count);
        try
        {
            var views = rented.AsSpan(0, call.Count);
            for (var j = 0; j < views.Length; j++)
            {
                views[j] = slots[call[j]]?.View ?? Temporary(call[j], arenas);
            }

            RunOne(i, views, variables, log);
        }
        finally
        {
            ArrayPool<BufferView>.Shared.Return(rented, clearArray: true);
        }
    }

    private BufferView Temporary(int slot, DeviceBuffer?[] arenas)
    {
        var s = Schedule.Slots[slot];
        return new BufferView(arenas[ArenaOf(slot)]!, s.ArenaOffset, s.DType.BytesOf(s.Size));
    }

    private void RunOne(int i, ReadOnlySpan<BufferView> views, ReadOnlySpan<long> variables, DebugLog log)
    {
        var device = _devices[i];
        if (_programs[i] is not { } program)
        {
            var source = _slotDevices[Schedule.Calls[i].Slots[1]];
            var start = Stopwatch.GetTimestamp();
            DeviceCopy.Copy(source, views[1], device, views[0]);
            if (log.Kernels)
            {
                device.Device.Synchronize();
                log.Copied(source.Name, device.Name, views[0].Bytes, Stopwatch.GetElapsedTime(start));
            }
        }
        else if (log.Kernels)
        {
            log.Ran(device.Name, program.Kernel, Time(i, program, views, variables));
        }
        else
        {
            Launch(i, program, views, variables);
        }
    }

    // By the device's own clock, where it has one: launching takes as long as many a kernel.
    private TimeSpan Time(int i, KernelProgram program, ReadOnlySpan<BufferView> views, ReadOnlySpan<long> variables)
    {
        var device = _devices[i].Device;
        if (device.TryGetFeature<ILaunchTiming>() is { } timing)
        {
            return timing.Measure(program, views, Pick(_callVariables[i], variables, stackalloc long[_callVariables[i].Length]));
        }

        device.Synchronize();
        var start = Stopwatch.GetTimestamp();
        Launch(i, program, views, variables);
        device.Synchronize();
        return Stopwatch.GetElapsedTime(start);
    }

    private void Launch(int i, KernelProgram program, ReadOnlySpan<BufferView> views, ReadOnlySpan<long> variables) =>
        program.Launch(views, Pick(_callVariables[i], variables, stackalloc long[_callVariables[i].Length]));

    private static ReadOnlySpan<long> Pick(int[] numbers, ReadOnlySpan<long> variables, Span<long> values)
    {
        for (var v = 0; v < values.Length; v++)
        {
            values[v] = variables[numbers[v]];
        }

        return values;
    }
}
