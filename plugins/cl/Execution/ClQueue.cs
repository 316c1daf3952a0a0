using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Execution;

/// <summary>
/// An in-order queue of the device, which knows what is still to be done in it: each command has a number, so that one queue can wait
/// for what is in another, and the name of what failed can be told. All but <see cref="WaitFor"/> is called under the context's gate.
/// </summary>
internal sealed unsafe class ClQueue(ClContext context) : IDisposable
{
    // Events are let go of once so many are held; the device is told to begin after so many commands.
    private const int MaxPending = 256;
    private const int FlushAfter = 16;

    private readonly ClHandle _queue = context.CreateQueue();
    private readonly Queue<(nint Event, string Name)> _pending = [];

    // The number of the oldest command of which an event is held.
    private long _first = 1;
    private int _unflushed;

    /// <summary>OpenCL's object.</summary>
    public nint Handle => _queue.Value;

    /// <summary>The number of the last command; 0 if there was none.</summary>
    public long Last => _first + _pending.Count - 1;

    /// <summary>Takes over the event of a command; returns its number.</summary>
    public long Add(nint command, string name)
    {
        if (_pending.Count >= MaxPending)
        {
            Forget();
        }

        _pending.Enqueue((command, name));

        // A device that is idle begins at once.
        if (_pending.Count == 1 || ++_unflushed >= FlushAfter)
        {
            Flush();
        }

        return Last;
    }

    /// <summary>The event of a command; 0 if it is done.</summary>
    public nint EventOf(long number)
    {
        if (number < _first)
        {
            return 0;
        }

        Forget();
        return number < _first ? 0 : _pending.ElementAt((int)(number - _first)).Event;
    }

    /// <summary>Whether a command is known to be done. Needs no gate.</summary>
    public bool IsDone(long number) => number < Volatile.Read(ref _first);

    /// <summary>Makes the device begin with all that is queued.</summary>
    public void Flush()
    {
        _unflushed = 0;
        context.Check(context.Functions.clFlush(Handle), "starting what is queued");
    }

    /// <summary>Waits until a command and all before it are done; what went wrong in them is reported to the context.</summary>
    public void WaitFor(long number)
    {
        nint command;
        lock (context.Gate)
        {
            command = EventOf(number);
            if (command == 0)
            {
                return;
            }

            Flush();
            context.Check(context.Functions.clRetainEvent(command), "waiting for the device");
        }

        // What it gives says only that something failed; the events say what.
        var code = context.Functions.clWaitForEvents(1, &command);
        context.Functions.clReleaseEvent(command);
        lock (context.Gate)
        {
            Forget();
            if (code is not (CL_SUCCESS or CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST))
            {
                context.Check(code, "waiting for the device");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_pending.TryDequeue(out var command))
        {
            context.Functions.clReleaseEvent(command.Event);
        }

        _queue.Dispose();
    }

    // Lets go of what is done.
    private void Forget()
    {
        while (_pending.TryPeek(out var command))
        {
            int status;
            var code = context.Functions.clGetEventInfo(command.Event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(int), &status, null);
            status = code == CL_SUCCESS ? status : code;
            if (status > CL_COMPLETE)
            {
                return;
            }

            if (status < CL_COMPLETE)
            {
                context.Report(status, command.Name);
            }

            context.Functions.clReleaseEvent(command.Event);
            _pending.Dequeue();
            _first++;
        }
    }
}
