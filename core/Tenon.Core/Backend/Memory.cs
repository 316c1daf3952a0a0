namespace Tenon.Core.Backend;

/// <summary>Memory of one device. Freed by <see cref="Dispose()"/>.</summary>
public abstract class DeviceBuffer : IDisposable
{
    private readonly bool _isCounted = true;
    private int _disposed;

    /// <summary>Creates the handle of <paramref name="bytes"/> bytes.</summary>
    protected DeviceBuffer(long bytes) => Bytes = bytes;

    /// <summary>Creates the handle of <paramref name="bytes"/> bytes, which may not be of an allocator, such as those of a file.</summary>
    protected DeviceBuffer(long bytes, bool isAllocated) : this(bytes) => _isCounted = isAllocated;

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Whether the memory has been given back.</summary>
    public bool IsDisposed => _disposed != 0;

    /// <summary>Gives the memory back. The caller makes sure that no queued work uses it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            BackendEvents.AllocatedBytes.Add(_isCounted ? -Bytes : 0);
            FreeCore();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Gives the memory back. Called once.</summary>
    protected abstract void FreeCore();
}

/// <summary>A part of a buffer, in bytes.</summary>
/// <param name="Buffer">The whole.</param>
/// <param name="Offset">Where the part begins.</param>
/// <param name="Bytes">How long it is.</param>
public readonly record struct BufferView(DeviceBuffer Buffer, long Offset, long Bytes);

/// <summary>Allocates memory of one device and copies to and from it. Must be safe from several threads.</summary>
public abstract class Allocator
{
    /// <summary>Allocates; the content is undefined.</summary>
    /// <exception cref="BackendException">There is not enough memory; the message says how much was asked for.</exception>
    public DeviceBuffer Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var buffer = AllocateCore(bytes);
        BackendEvents.AllocatedBytes.Add(bytes);
        return buffer;
    }

    /// <summary>Copies from the host after all work queued before; the source may be changed when it returns.</summary>
    public void CopyIn(BufferView destination, ReadOnlySpan<byte> source)
    {
        Check(destination, source.Length);
        CopyInCore(destination, source);
    }

    /// <summary>Copies to the host after all work queued before; the destination is filled when it returns.</summary>
    public void CopyOut(BufferView source, Span<byte> destination)
    {
        Check(source, destination.Length);
        CopyOutCore(source, destination);
    }

    /// <summary>Allocates; the content is undefined.</summary>
    protected abstract DeviceBuffer AllocateCore(long bytes);

    /// <summary>Copies from the host; sizes are checked.</summary>
    protected abstract void CopyInCore(BufferView destination, ReadOnlySpan<byte> source);

    /// <summary>Copies to the host; sizes are checked.</summary>
    protected abstract void CopyOutCore(BufferView source, Span<byte> destination);

    private static void Check(BufferView view, int bytes)
    {
        ObjectDisposedException.ThrowIf(view.Buffer.IsDisposed, view.Buffer);
        if (view.Bytes != bytes || view.Offset < 0 || view.Offset + view.Bytes > view.Buffer.Bytes)
        {
            throw new BackendException("TEN4003", $"A copy of {bytes} bytes doesn't fit the view [{view.Offset}, {view.Offset + view.Bytes}) of a buffer of {view.Buffer.Bytes} bytes.");
        }
    }
}

/// <summary>Optional: the device works on memory of this process that is not its own, where it lies.</summary>
public interface IHostMemoryUse
{
    /// <summary>Memory of the host as a buffer. It stays whoever's it is, who keeps it until the buffer is disposed and the device synchronised.</summary>
    /// <param name="address">Where it begins; aligned to no more than its elements.</param>
    /// <param name="bytes">How long it is.</param>
    DeviceBuffer Borrow(nint address, long bytes);
}

/// <summary>Optional: the device's memory is ordinary memory of this process.</summary>
public interface IHostVisibleMemory
{
    /// <summary>The address of the view. Synchronise before reading, and keep the buffer alive while using it.</summary>
    nint GetAddress(BufferView view);
}
