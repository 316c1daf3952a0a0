using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Memory;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Execution;

/// <summary>
/// What the device is told to do, in order. Where copies have a queue of their own, each command waits only for what its buffers need: a
/// copy to memory that no kernel uses goes on beside them.
/// </summary>
internal sealed unsafe partial class ClCommands : IDisposable
{
    private readonly ClContext _context;
    private readonly ClFunctions _cl;
    private readonly ClQueue _launches;
    private readonly ClQueue _copies;
    private readonly StagingRing _staging;
    private readonly Lock _stagingGate = new();
    private readonly ClImages _images;
    private ClHandle? _timed;

    // The last copy that a launch has waited for.
    private long _awaitedCopy;

    /// <summary>Creates the queues.</summary>
    public ClCommands(ClContext context, bool hasTransferQueue, ClImageUse images)
    {
        (_context, _cl, _images) = (context, context.Functions, new ClImages(context, images));
        _launches = new ClQueue(context);
        _copies = hasTransferQueue ? new ClQueue(context) : _launches;
        _staging = new StagingRing(context, _copies);
    }

    private bool AreApart => _copies != _launches;

    /// <summary>Queues a kernel.</summary>
    public void Launch(ClProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        lock (_context.Gate)
        {
            _context.ThrowIfLost();
            var copy = AreApart ? LastCopyTo(buffers) : 0;
            var wait = copy > _awaitedCopy ? _copies.EventOf(copy) : 0;
            if (wait != 0)
            {
                _copies.Flush();
            }

            var number = _launches.Add(Enqueue(program, buffers, variables, _launches.Handle, wait), program.Description);
            _images.Hold(number, _launches);
            _awaitedCopy = Math.Max(_awaitedCopy, copy);
            foreach (var view in buffers)
            {
                ((ClBuffer)view.Buffer).LastLaunch = number;
            }
        }
    }

    /// <summary>Runs a kernel alone; returns how long it took by the device's clock.</summary>
    public TimeSpan Measure(ClProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        Synchronize();
        lock (_context.Gate)
        {
            _timed ??= _context.CreateQueue(CL_QUEUE_PROFILING_ENABLE);
            var command = Enqueue(program, buffers, variables, _timed.Value, 0);
            try
            {
                var code = _cl.clWaitForEvents(1, &command);
                if (code != CL_SUCCESS)
                {
                    int status;
                    _cl.clGetEventInfo(command, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(int), &status, null);
                    _context.Report(status < 0 ? status : code, program.Description);
                    _context.ThrowFailure();
                }

                ulong start, end;
                _context.Check(_cl.clGetEventProfilingInfo(command, CL_PROFILING_COMMAND_START, sizeof(ulong), &start, null), $"timing {program.Description}");
                _context.Check(_cl.clGetEventProfilingInfo(command, CL_PROFILING_COMMAND_END, sizeof(ulong), &end, null), $"timing {program.Description}");
                return TimeSpan.FromMicroseconds((end - start) / 1e3);
            }
            finally
            {
                _cl.clReleaseEvent(command);
                _images.Release();
            }
        }
    }

    /// <summary>Waits for everything; throws what went wrong.</summary>
    public void Synchronize()
    {
        _launches.WaitFor(_launches.Last);
        _copies.WaitFor(_copies.Last);
        _context.ThrowFailure();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _staging.Dispose();
        _images.Dispose();
        _timed?.Dispose();
        _launches.Dispose();
        _copies.Dispose();
    }

    private nint Enqueue(ClProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables, nint queue, nint wait)
    {
        try
        {
            program.SetArguments(buffers, variables, _images, queue, wait);
            return Enqueue(program, queue, wait);
        }
        catch
        {
            _images.Release();
            throw;
        }
    }

    private nint Enqueue(ClProgram program, nint queue, nint wait)
    {
        var (groups, lanes) = (program.Kernel.Groups, program.Kernel.Lanes);
        var global = stackalloc nuint[] { (nuint)(groups.X * lanes.X), (nuint)(groups.Y * lanes.Y), (nuint)(groups.Z * lanes.Z) };
        var local = stackalloc nuint[] { (nuint)lanes.X, (nuint)lanes.Y, (nuint)lanes.Z };
        var dimensions = global[2] > 1 ? 3u : global[1] > 1 ? 2u : 1u;
        nint command;
        _context.Check(_cl.clEnqueueNDRangeKernel(queue, program.Handle, dimensions, null, global, local, wait == 0 ? 0u : 1u, wait == 0 ? null : &wait, &command), $"starting {program.Description}");
        return command;
    }

    private static long LastCopyTo(ReadOnlySpan<BufferView> buffers)
    {
        var last = 0L;
        foreach (var view in buffers)
        {
            last = Math.Max(last, ((ClBuffer)view.Buffer).LastCopyIn);
        }

        return last;
    }
}
