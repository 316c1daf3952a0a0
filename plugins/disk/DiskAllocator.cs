using Tenon.Core.Backend;

namespace Tenon.Plugins.Disk;

/// <summary>Copies to and from files. What is allocated without a name is a temporary file.</summary>
internal sealed class DiskAllocator : Allocator
{
    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long bytes) => DiskBuffer.Temporary(bytes);

    /// <inheritdoc/>
    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source) =>
        ((DiskBuffer)destination.Buffer).Write(destination.Offset, source);

    /// <inheritdoc/>
    protected override void CopyOutCore(BufferView source, Span<byte> destination) =>
        ((DiskBuffer)source.Buffer).Read(source.Offset, destination);
}
