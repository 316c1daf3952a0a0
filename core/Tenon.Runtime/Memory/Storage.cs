using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// Memory that lives as long as somebody holds it; then it returns to its device's cache. It may do so before, if what it holds can be brought
/// back when somebody asks for it.
/// </summary>
internal sealed class Storage
{
    private static readonly Lock Restoring = new();
    private static long _lastId;
    private readonly CachingAllocator? _memory;
    private readonly long _offset;
    private DeviceBuffer? _buffer;
    private Action<BufferView>? _restore;
    private long _version;

    public Storage(OpenedDevice device, long bytes)
    {
        Device = device;
        _memory = device.Memory;
        Bytes = bytes;
        _buffer = _memory.Rent(bytes);
    }

    /// <summary>Memory that is not of the device's cache, such as a part of a file.</summary>
    public Storage(OpenedDevice device, BufferView view)
    {
        Device = device;
        (_buffer, _offset, Bytes) = view;
    }

    /// <summary>Returns the memory; queued work that uses it comes before whoever gets it next.</summary>
    ~Storage()
    {
        // Null if there was no memory.
        if (_buffer is not null)
        {
            _memory?.Return(_buffer);
        }
    }

    /// <summary>A number that no other has.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>Becomes another whenever the content does.</summary>
    public long Version => Volatile.Read(ref _version);

    public OpenedDevice Device { get; }

    public long Bytes { get; }

    /// <summary>The memory. Who asks for it is one of the users of memory (<see cref="BufferTable.Users"/>) until work on it is queued.</summary>
    public DeviceBuffer Buffer => Volatile.Read(ref _buffer) ?? Restored();

    public BufferView View => new(Buffer, _offset, Bytes);

    /// <summary>Whether parts of it may be storage of their own.</summary>
    public bool IsFile => _memory is null;

    /// <summary>Whether there is no memory now.</summary>
    public bool IsReleased => Volatile.Read(ref _buffer) is null;

    /// <summary>How often what was released has been asked for after all.</summary>
    public int Restores { get; private set; }

    /// <summary>Says that it has another content, or will have when queued work is done.</summary>
    public void Change() => Interlocked.Increment(ref _version);

    /// <summary>Returns the memory until somebody asks for it. Nobody may be using it.</summary>
    /// <param name="restore">Queues what puts the content into other memory.</param>
    public void Release(Action<BufferView> restore)
    {
        var buffer = Buffer;
        _restore = restore;
        Volatile.Write(ref _buffer, null);
        _memory!.Return(buffer);
    }

    private DeviceBuffer Restored()
    {
        lock (Restoring)
        {
            if (_buffer is { } there)
            {
                return there;
            }

            var buffer = _memory!.Rent(Bytes);
            try
            {
                _restore!(new BufferView(buffer, _offset, Bytes));
            }
            catch
            {
                _memory.Return(buffer);
                throw;
            }

            _restore = null;
            Restores++;
            Volatile.Write(ref _buffer, buffer);
            return buffer;
        }
    }
}
