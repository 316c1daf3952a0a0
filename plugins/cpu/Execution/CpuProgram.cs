using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A kernel on the queue's device.</summary>
internal sealed class CpuProgram(CompiledKernel kernel, KernelEntry entry, LaunchQueue queue) : KernelProgram(kernel)
{
    // Below both, waking another thread costs more than it saves.
    private const long SmallOperations = 20_000;
    private const long SmallBytes = 1 << 16;

    private int _disposed;

    /// <summary>Its code.</summary>
    public KernelEntry Entry => entry;

    /// <summary>Whether it is known to take less time than waking a thread.</summary>
    public bool IsSmall { get; } = kernel.Operations + kernel.MemoryBytes > 0 && kernel.Operations < SmallOperations && kernel.MemoryBytes < SmallBytes;

    /// <summary>Whether one thread does it faster than several.</summary>
    public bool IsForOneThread => Kernel.GlobalSize == 1 || IsSmall;

    /// <inheritdoc/>
    protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var (owners, addresses) = (new DeviceBuffer[buffers.Length], new nint[buffers.Length]);
        for (var i = 0; i < buffers.Length; i++)
        {
            owners[i] = buffers[i].Buffer;
            addresses[i] = CpuAllocator.Address(buffers[i]);
        }

        queue.Enqueue(new Launch(this, owners, addresses, variables.ToArray()));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            queue.Wait();
            entry.Dispose();
        }
    }
}
