using System.Numerics;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// Keeps memory that is given back and hands it out again for requests of about the same size. Memory may be given back while
/// queued work still uses it, because a device's queue runs in order; only to return it to the device must the queue be empty.
/// </summary>
/// <param name="name">The device's name, for messages.</param>
/// <param name="device">The device.</param>
/// <param name="maxCachedBytes">Bytes that are kept.</param>
/// <param name="collectFrom">Bytes in use from which garbage is collected each time that they have doubled.</param>
internal sealed class CachingAllocator(string name, Device device, long maxCachedBytes, long collectFrom = 128L << 20)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Stack<DeviceBuffer>> _free = [];

    // Held strongly, so that a plugin's own finalisers can't run before a buffer is given back.
    private readonly HashSet<DeviceBuffer> _inUse = [];
    private long _bytesInUse;
    private long _bytesCached;
    private long _collectAt;
    private long _peak;
    private long _allocations;
    private long _reuses;

    public MemoryStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return new MemoryStatistics(_bytesInUse, _bytesCached, _peak, _inUse.Count, _allocations, _reuses);
            }
        }
    }

    /// <exception cref="TenonException">The device has not enough memory.</exception>
    public DeviceBuffer Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var limit = device.Capabilities.MaxBufferBytes;
        if (bytes > limit)
        {
            throw new TenonException("TEN5003", $"A buffer of {bytes} bytes is asked for on {name}, where a buffer has at most {limit} bytes. Split the tensor.");
        }

        var size = Math.Min(RoundUp(bytes), limit);
        if (TryReuse(size) is { } reused)
        {
            return reused;
        }

        if (CollectGarbage(size) && TryReuse(size) is { } collected)
        {
            return collected;
        }

        Trim(maxCachedBytes);
        var buffer = Allocate(size);
        lock (_lock)
        {
            _allocations++;
            return Use(buffer);
        }
    }

    public void Return(DeviceBuffer buffer)
    {
        lock (_lock)
        {
            if (!_inUse.Remove(buffer))
            {
                return;
            }

            _bytesInUse -= buffer.Bytes;
            _bytesCached += buffer.Bytes;
            if (!_free.TryGetValue(buffer.Bytes, out var stack))
            {
                _free[buffer.Bytes] = stack = new Stack<DeviceBuffer>();
            }

            stack.Push(buffer);
        }
    }

    /// <summary>Gives cached memory back to the device until no more than this is left.</summary>
    public void Trim(long keepBytes)
    {
        List<DeviceBuffer> dead = [];
        lock (_lock)
        {
            if (_bytesCached <= keepBytes)
            {
                return;
            }

            foreach (var (size, stack) in _free.OrderByDescending(f => f.Key))
            {
                while (_bytesCached > keepBytes && stack.TryPop(out var buffer))
                {
                    dead.Add(buffer);
                    _bytesCached -= size;
                }
            }
        }

        if (dead.Count > 0)
        {
            device.Synchronize();
            dead.ForEach(b => b.Dispose());
        }
    }

    /// <summary>Gives everything back, also what is in use. The device's queue must be empty.</summary>
    public void Close()
    {
        lock (_lock)
        {
            foreach (var buffer in _inUse.Concat(_free.Values.SelectMany(s => s)))
            {
                buffer.Dispose();
            }

            _inUse.Clear();
            _free.Clear();
            (_bytesInUse, _bytesCached) = (0, 0);
        }
    }

    // Eight sizes for each power of two: at most an eighth is wasted, and sizes that are close share memory.
    internal static long RoundUp(long bytes)
    {
        var step = Math.Max(64, (long)(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, bytes)) / 16));
        return Math.Max(step, (bytes + step - 1) / step * step);
    }

    private DeviceBuffer? TryReuse(long size)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(size, out var stack) || !stack.TryPop(out var buffer))
            {
                return null;
            }

            _reuses++;
            _bytesCached -= size;
            return Use(buffer);
        }
    }

    // The garbage collector sees small nodes where we see the memory behind them, so it would wait for too long.
    private bool CollectGarbage(long size)
    {
        lock (_lock)
        {
            if (_bytesInUse + size <= Math.Max(collectFrom, _collectAt))
            {
                return false;
            }
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        lock (_lock)
        {
            _collectAt = 2 * (_bytesInUse + size);
        }

        return true;
    }

    private DeviceBuffer Use(DeviceBuffer buffer)
    {
        _inUse.Add(buffer);
        _bytesInUse += buffer.Bytes;
        _peak = Math.Max(_peak, _bytesInUse + _bytesCached);
        return buffer;
    }

    private DeviceBuffer Allocate(long size)
    {
        try
        {
            return device.Allocator.Allocate(size);
        }
        catch (Exception e) when (e is TenonException or OutOfMemoryException)
        {
            // Buffers of tensors that nobody holds come back once they are collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Trim(0);
        }

        try
        {
            return device.Allocator.Allocate(size);
        }
        catch (Exception e) when (e is TenonException or OutOfMemoryException)
        {
            throw new TenonException("TEN5003", $"Device {name} has no memory for a buffer of {size} bytes; {Statistics.BytesInUse} bytes are in use by {Statistics.Buffers} buffers. Use smaller batches, or let go of tensors. ({e.Message})", e);
        }
    }
}
