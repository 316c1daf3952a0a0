using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A kernel on the queue's device.</summary>
internal sealed class CpuProgram(CompiledKernel kernel, KernelEntry entry, LaunchQueue queue) : KernelProgram(kernel)
{
    // Below both, waking the other threads costs more than they save.
    private const long SmallOperations = 20_000;
    private const long SmallBytes = 1 << 16;

    private int _disposed;

    /// <summary>Its code.</summary>
    public KernelEntry Entry => entry;

    /// <summary>Whether one thread does it faster than several.</summary>
    public bool IsSmall => Kernel.GlobalSize == 1
        || (Kernel.Operations + Kernel.MemoryBytes > 0 && Kernel.Operations < SmallOperations && Kernel.MemoryBytes < SmallBytes);

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
