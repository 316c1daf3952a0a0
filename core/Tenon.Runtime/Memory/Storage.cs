using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Memory that lives as long as somebody holds it; then it returns to its device's cache.</summary>
internal sealed class Storage
{
    private static long _lastId;
    private readonly CachingAllocator? _memory;
    private readonly long _offset;
    private long _version;

    public Storage(OpenedDevice device, long bytes)
    {
        Device = device;
        _memory = device.Memory;
        Bytes = bytes;
        Buffer = _memory.Rent(bytes);
    }

    /// <summary>Memory that is not of the device's cache, such as a part of a file.</summary>
    public Storage(OpenedDevice device, BufferView view)
    {
        Device = device;
        (Buffer, _offset, Bytes) = view;
    }

    /// <summary>Returns the memory; queued work that uses it comes before whoever gets it next.</summary>
    ~Storage()
    {
        // Null if there was no memory.
        if (Buffer is not null)
        {
            _memory?.Return(Buffer);
        }
    }

    /// <summary>A number that no other has.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>Becomes another whenever the content does.</summary>
    public long Version => Volatile.Read(ref _version);

    public OpenedDevice Device { get; }

    public long Bytes { get; }

    public DeviceBuffer Buffer { get; }

    public BufferView View => new(Buffer, _offset, Bytes);

    /// <summary>Whether parts of it may be storage of their own.</summary>
    public bool IsFile => _memory is null;

    /// <summary>Says that it has another content, or will have when queued work is done.</summary>
    public void Change() => Interlocked.Increment(ref _version);
}
