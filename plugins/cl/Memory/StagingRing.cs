using Tenon.Plugins.Cl.Execution;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Memory;

/// <summary>
/// Memory of the host that the device copies from by itself: what is to be copied waits here, so that whoever copies need not. It
/// is used round and round. Not safe from several threads.
/// </summary>
internal sealed unsafe class StagingRing(ClContext context, ClQueue queue) : IDisposable
{
    /// <summary>How much it holds.</summary>
    public const int Capacity = 16 << 20;

    /// <summary>The largest part, so that one is filled while another is copied.</summary>
    public const int MaxPart = Capacity / 4;

    private const int Alignment = 64;

    // Parts that the device may still read, oldest first: where each begins, and the command that reads it. Positions only grow; a part
    // lies at its position modulo the capacity.
    private readonly Queue<(long Begin, long Command)> _parts = [];
    private ClHandle? _memory;
    private byte* _address;
    private long _next;

    /// <summary>Room for some bytes; waits until no command reads it any more.</summary>
    public Span<byte> Take(int bytes)
    {
        _address = _address == null ? Create() : _address;
        if (_next % Capacity + bytes > Capacity)
        {
            _next += Capacity - _next % Capacity;
        }

        while (_parts.TryPeek(out var part) && (_next + bytes - part.Begin > Capacity || queue.IsDone(part.Command)))
        {
            queue.WaitFor(part.Command);
            _parts.Dequeue();
        }

        return new Span<byte>(_address + _next % Capacity, bytes);
    }

    /// <summary>Says which command reads what was taken last.</summary>
    public void Use(int bytes, long command)
    {
        _parts.Enqueue((_next, command));
        _next += (bytes + Alignment - 1) / Alignment * Alignment;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_memory is null)
        {
            return;
        }

        nint done;
        if (context.Functions.clEnqueueUnmapMemObject(queue.Handle, _memory.Value, _address, 0, null, &done) == CL_SUCCESS)
        {
            context.Functions.clWaitForEvents(1, &done);
            context.Functions.clReleaseEvent(done);
        }

        _memory.Dispose();
    }

    private byte* Create()
    {
        _memory = context.CreateBuffer(Capacity, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR);
        int code;
        var address = context.Functions.clEnqueueMapBuffer(queue.Handle, _memory.Value, 1, CL_MAP_WRITE, 0, Capacity, 0, null, null, &code);
        context.Check(code, $"mapping {Capacity:N0} bytes for copies");
        return (byte*)address;
    }
}
