using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Execution;

/// <summary>A device that is open: what its queues, buffers and programs belong to, and what has gone wrong on it.</summary>
internal sealed unsafe class ClContext : IDisposable
{
    private readonly ClHandle _context;
    private BackendException? _lost;
    private BackendException? _failure;

    /// <summary>Opens a device.</summary>
    public ClContext(ClLibrary library, ClDeviceInfo device)
    {
        (Functions, Device) = (library.Functions, device);
        int code;
        var handle = device.Handle;
        _context = new ClHandle(Functions.clCreateContext(null, 1, &handle, 0, 0, &code), Functions.clReleaseContext);
        ClError.Check(code, $"opening {device.Name}");
    }

    /// <summary>The library's functions.</summary>
    public ClFunctions Functions { get; }

    /// <summary>The device.</summary>
    public ClDeviceInfo Device { get; }

    /// <summary>Guards the order of what is queued, and the arguments of kernels, which OpenCL doesn't.</summary>
    public Lock Gate { get; } = new();

    /// <summary>OpenCL's object.</summary>
    public nint Handle => _context.Value;

    /// <summary>Creates an in-order queue.</summary>
    public ClHandle CreateQueue(ulong properties = 0)
    {
        int code;
        var queue = new ClHandle(Functions.clCreateCommandQueue(Handle, Device.Handle, properties, &code), Functions.clReleaseCommandQueue);
        ClError.Check(code, $"creating a queue on {Device.Name}");
        return queue;
    }

    /// <summary>Creates memory.</summary>
    public ClHandle CreateBuffer(long bytes, ulong flags = CL_MEM_READ_WRITE)
    {
        int code;
        var buffer = new ClHandle(Functions.clCreateBuffer(Handle, flags, (nuint)Math.Max(1, bytes), null, &code), Functions.clReleaseMemObject);
        Check(code, $"a buffer of {bytes:N0} bytes");
        return buffer;
    }

    /// <summary>Throws unless a call succeeded.</summary>
    public void Check(int code, string what)
    {
        if (code != CL_SUCCESS)
        {
            var error = ClError.Of(code, what);
            _lost ??= ClError.IsLost(code) ? error : null;
            throw error;
        }
    }

    /// <summary>Keeps the error of something that was queued, for the next synchronisation.</summary>
    /// <param name="code">OpenCL's code.</param>
    /// <param name="what">What it was, such as "kernel r_64".</param>
    public void Report(int code, string what)
    {
        if (ClError.IsLost(code))
        {
            _lost ??= ClError.Of(code, what);
        }
        else if (ClError.IsMemory(code))
        {
            _failure ??= ClError.Of(code, what);
        }
        else
        {
            _failure ??= new BackendException("TEN4309", $"On {Device.Name}, {what} failed while it ran ({ClError.NameOf(code)}), so what it should have written is undefined. With --debug 2 each kernel is waited for; if it comes back, please report it with its source (--debug 4).");
        }
    }

    /// <summary>Throws if the device is lost.</summary>
    public void ThrowIfLost()
    {
        if (_lost is not null)
        {
            throw new BackendException(_lost.Code, _lost.Message[(_lost.Code.Length + 2)..], _lost);
        }
    }

    /// <summary>Throws what has gone wrong since the last time; that the device is lost, each time.</summary>
    public void ThrowFailure()
    {
        ThrowIfLost();
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();
}
