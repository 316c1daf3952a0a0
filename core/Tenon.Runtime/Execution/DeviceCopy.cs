using System.Buffers;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Copies between devices, by way of the host's memory unless one side is in it.</summary>
internal static class DeviceCopy
{
    private const int ChunkBytes = 64 << 20;

    /// <summary>Copies after all work queued before on either device; both views may be used again when it returns.</summary>
    public static unsafe void Copy(OpenedDevice from, BufferView source, OpenedDevice to, BufferView destination)
    {
        if (from.Device.TryGetFeature<IHostVisibleMemory>() is { } visibleSource)
        {
            from.Device.Synchronize();
            var address = (byte*)visibleSource.GetAddress(source);
            for (long at = 0; at < source.Bytes; at += ChunkBytes)
            {
                var n = (int)Math.Min(ChunkBytes, source.Bytes - at);
                to.Device.Allocator.CopyIn(Part(destination, at, n), new ReadOnlySpan<byte>(address + at, n));
            }
        }
        else if (to.Device.TryGetFeature<IHostVisibleMemory>() is { } visibleDestination)
        {
            to.Device.Synchronize();
            var address = (byte*)visibleDestination.GetAddress(destination);
            for (long at = 0; at < source.Bytes; at += ChunkBytes)
            {
                var n = (int)Math.Min(ChunkBytes, source.Bytes - at);
                from.Device.Allocator.CopyOut(Part(source, at, n), new Span<byte>(address + at, n));
            }
        }
        else
        {
            var staging = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, source.Bytes));
            for (long at = 0; at < source.Bytes; at += ChunkBytes)
            {
                var n = (int)Math.Min(ChunkBytes, source.Bytes - at);
                from.Device.Allocator.CopyOut(Part(source, at, n), staging.AsSpan(0, n));
                to.Device.Allocator.CopyIn(Part(destination, at, n), staging.AsSpan(0, n));
            }

            ArrayPool<byte>.Shared.Return(staging);
        }
    }

    private static BufferView Part(BufferView view, long at, int bytes) => new(view.Buffer, view.Offset + at, bytes);
}
