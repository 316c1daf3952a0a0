using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>Memory of this process, copied in order with the launches of a queue.</summary>
internal sealed unsafe class CpuAllocator(LaunchQueue queue) : Allocator
{
    /// <summary>Where a view begins.</summary>
    public static nint Address(BufferView view) => ((CpuBuffer)view.Buffer).Address + (nint)view.Offset;

    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long bytes) => new CpuBuffer(bytes);

    /// <inheritdoc/>
    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source)
    {
        queue.Synchronize();
        source.CopyTo(new Span<byte>((void*)Address(destination), source.Length));
        GC.KeepAlive(destination.Buffer);
    }

    /// <inheritdoc/>
    protected override void CopyOutCore(BufferView source, Span<byte> destination)
    {
        queue.Synchronize();
        new ReadOnlySpan<byte>((void*)Address(source), destination.Length).CopyTo(destination);
        GC.KeepAlive(source.Buffer);
    }
}
