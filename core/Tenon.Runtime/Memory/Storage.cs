using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Memory that lives as long as somebody holds it; then it returns to its device's cache.</summary>
internal sealed class Storage
{
    private readonly CachingAllocator _memory;

    public Storage(OpenedDevice device, long bytes)
    {
        Device = device;
        _memory = device.Memory;
        Bytes = bytes;
        Buffer = _memory.Rent(bytes);
    }

    /// <summary>Returns the memory; queued work that uses it comes before whoever gets it next.</summary>
    ~Storage()
    {
        // Null if there was no memory.
        if (Buffer is not null)
        {
            _memory.Return(Buffer);
        }
    }

    public OpenedDevice Device { get; }

    public long Bytes { get; }

    public DeviceBuffer Buffer { get; }

    public BufferView View => new(Buffer, 0, Bytes);
}
