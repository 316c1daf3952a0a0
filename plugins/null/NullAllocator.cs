using Tenon.Core.Backend;

namespace Tenon.Plugins.Null;

/// <summary>Buffers that have a size and no bytes.</summary>
internal sealed class NullAllocator : Allocator
{
    // All bits set: NaN in every floating-point format, -1 or the greatest value in integers.
    private const byte Undefined = 0xff;

    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long bytes) => new NullBuffer(bytes);

    /// <inheritdoc/>
    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source)
    {
    }

    /// <inheritdoc/>
    protected override void CopyOutCore(BufferView source, Span<byte> destination) => destination.Fill(Undefined);

    private sealed class NullBuffer(long bytes) : DeviceBuffer(bytes)
    {
        /// <inheritdoc/>
        protected override void FreeCore()
        {
        }
    }
}
