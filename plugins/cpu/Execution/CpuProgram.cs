using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A kernel on the queue's device.</summary>
internal sealed class CpuProgram : KernelProgram
{
    // Of one thread: less than vectors do, more than single numbers.
    private const double OperationsPerNanosecond = 16;
    private const double BytesPerNanosecond = 10;

    // What fits in the caches is mostly there.
    private const double CachedBytesPerNanosecond = 40;

    // Below this, telling another thread costs more than it saves.
    private const double LeastNanoseconds = 8000;

    private readonly LaunchQueue _queue;
    private int _disposed;

    /// <summary>Takes over the code of a kernel.</summary>
    public CpuProgram(CompiledKernel kernel, KernelEntry entry, LaunchQueue queue) : base(kernel)
    {
        (Entry, _queue) = (entry, queue);
        var time = kernel.Operations / OperationsPerNanosecond + kernel.MemoryBytes / (kernel.MemoryBytes <= Machine.L3CacheBytes / 2 ? CachedBytesPerNanosecond : BytesPerNanosecond);
        Nanoseconds = time > 0 ? time : double.PositiveInfinity;
        var parts = time > 0 ? Math.Max(1, time / LeastNanoseconds) : double.PositiveInfinity;
        IsSmall = parts < 2;
        MaxThreads = (long)Math.Min(kernel.GlobalSize, parts);
        LeastPiece = (long)Math.Clamp(kernel.GlobalSize / parts, 1, kernel.GlobalSize);
    }

    /// <summary>Its code.</summary>
    public KernelEntry Entry { get; }

    /// <summary>About how long one thread takes; infinite if nothing is known.</summary>
    public double Nanoseconds { get; }

    /// <summary>Whether it takes less time than telling another thread.</summary>
    public bool IsSmall { get; }

    /// <summary>How many threads its work is worth.</summary>
    public long MaxThreads { get; }

    /// <summary>The work items that are worth being taken at once.</summary>
    public long LeastPiece { get; }

    /// <inheritdoc/>
    protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _queue.Enqueue(this, buffers, variables);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _queue.Wait();
            Entry.Dispose();
        }
    }
}
