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
    private readonly IReadOnlyList<string>[] _variables;
    private readonly OpenedDevice[] _devices;
    private readonly OpenedDevice[] _slotDevices;
    private readonly (OpenedDevice Device, long Bytes)[] _arenas;
    private readonly int _launches;

    private ExecutableSchedule(Schedule schedule, KernelProgram?[] programs, OpenedDevice[] devices, OpenedDevice[] slotDevices)
    {
        Schedule = schedule;
        _programs = programs;
        _variables = [.. programs.Select((p, i) => p is { Kernel.VariableCount: > 0 } ? ScheduledCall.VariablesOf(schedule.Calls[i].Kernel!) : [])];
        _devices = devices;
        _slotDevices = slotDevices;
        _arenas = [.. schedule.ArenaBytes.Where(a => a.Value > 0).Select(a => (Array.Find(slotDevices, d => d?.Name == a.Key)!, a.Value))];
        _launches = programs.Count(p => p is not null);
    }

    public Schedule Schedule { get; }

    /// <exception cref="TenonException">A kernel can't be compiled, or a device lacks what the schedule needs.</exception>
    public static ExecutableSchedule Prepare(Schedule schedule, DeviceRegistry registry, KernelCache kernels)
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

        return new ExecutableSchedule(schedule, programs, devices, slotDevices);
    }

    /// <summary>Queues everything.</summary>
    /// <param name="slots">The memory of inputs and outputs, by slot.</param>
    /// <param name="variables">The values of the variables.</param>
    /// <param name="statistics">Where launches are counted.</param>
    /// <param name="log">Where times are printed, if asked for.</param>
    public void Run(Storage?[] slots, VariableBindings variables, Statistics statistics, DebugLog log)
    {
        var arenas = _arenas.Length == 0 ? [] : new DeviceBuffer?[_arenas.Length];
        var views = ArrayPool<BufferView>.Shared.Rent(Schedule.Slots.Count);
        try
        {
            for (var i = 0; i < arenas.Length; i++)
            {
                arenas[i] = _arenas[i].Device.Memory.Rent(_arenas[i].Bytes);
            }

            for (var i = 0; i < _programs.Length; i++)
            {
                var call = Schedule.Calls[i].Slots;
                for (var j = 0; j < call.Count; j++)
                {
                    views[j] = slots[call[j]]?.View ?? Temporary(call[j], arenas);
                }

                Run(i, views.AsSpan(0, call.Count), variables, log);
            }

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

            ArrayPool<BufferView>.Shared.Return(views, clearArray: true);
        }
    }

    private BufferView Temporary(int slot, DeviceBuffer?[] arenas)
    {
        var (device, at) = (_slotDevices[slot], 0);
        while (_arenas[at].Device != device)
        {
            at++;
        }

        var s = Schedule.Slots[slot];
        return new BufferView(arenas[at]!, s.ArenaOffset, s.Size * s.DType.Bytes);
    }

    private static void RequireBuffers(ScheduledCall call, OpenedDevice device)
    {
        var limit = device.Capabilities.MaxBuffers;
        if (call.Slots.Count > limit)
        {
            throw new TenonException("TEN5008", $"A kernel uses {call.Slots.Count} buffers; device {device.Name} allows {limit}. Call Contiguous() on some of its inputs' results, so that it is split.");
        }
    }

    private void Run(int i, Span<BufferView> views, VariableBindings variables, DebugLog log)
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
            device.Device.Synchronize();
            var start = Stopwatch.GetTimestamp();
            Launch(i, program, views, variables);
            device.Device.Synchronize();
            log.Ran(device.Name, program.Kernel, Stopwatch.GetElapsedTime(start));
        }
        else
        {
            Launch(i, program, views, variables);
        }
    }

    private void Launch(int i, KernelProgram program, ReadOnlySpan<BufferView> views, VariableBindings variables)
    {
        var names = _variables[i];
        Span<long> values = stackalloc long[names.Count];
        for (var v = 0; v < values.Length; v++)
        {
            values[v] = variables[names[v]];
        }

        program.Launch(views, values);
    }
}
