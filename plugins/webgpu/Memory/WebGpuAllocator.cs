using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;

namespace Tenon.Plugins.WebGpu.Memory;

/// <summary>Storage buffers, and copies to and from them in words.</summary>
internal sealed class WebGpuAllocator(Session session, CommandQueue queue) : Allocator
{
    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long bytes)
    {
        if (WebGpuBuffer.CapacityOf(bytes) > session.Limits.BufferBytes)
        {
            throw new BackendException("TEN5003", $"A buffer of {bytes} bytes is more than WEBGPU ({session.Adapter.Name}) allows: {session.Limits.BufferBytes}.");
        }

        lock (session.Lock)
        {
            queue.CheckOpen();
            var handle = queue.CreateBuffer(WebGpuBuffer.CapacityOf(bytes), Names.Storage | Names.CopySource | Names.CopyDestination, out var error);
            return error is null ? new WebGpuBuffer(queue, handle, bytes) : throw new BackendException("TEN5003", $"WEBGPU ({session.Adapter.Name}) has no {bytes} bytes: {error}");
        }
    }

    /// <inheritdoc/>
    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source)
    {
        if (source.Length == 0)
        {
            return;
        }

        lock (session.Lock)
        {
            var buffer = (WebGpuBuffer)destination.Buffer;
            var (begin, end) = (destination.Offset, destination.Offset + source.Length);
            var (first, last) = (begin / 4 * 4, (end + 3) / 4 * 4);
            if (first == begin && last == end)
            {
                queue.Write(buffer.Handle, begin, source);
                return;
            }

            // The words at both ends hold what isn't to be changed.
            Span<byte> word = stackalloc byte[4];
            var head = (int)Math.Min(source.Length, first == begin ? 0 : first + 4 - begin);
            if (head > 0)
            {
                queue.Read(buffer.Handle, first, word);
                source[..head].CopyTo(word[(int)(begin - first)..]);
                queue.Write(buffer.Handle, first, word);
            }

            var middle = (source.Length - head) / 4 * 4;
            if (middle > 0)
            {
                queue.Write(buffer.Handle, begin + head, source.Slice(head, middle));
            }

            var tail = source[(head + middle)..];
            if (tail.Length > 0)
            {
                queue.Read(buffer.Handle, last - 4, word);
                tail.CopyTo(word);
                queue.Write(buffer.Handle, last - 4, word);
            }
        }
    }

    /// <inheritdoc/>
    protected override void CopyOutCore(BufferView source, Span<byte> destination)
    {
        if (destination.Length == 0)
        {
            return;
        }

        lock (session.Lock)
        {
            queue.Read(((WebGpuBuffer)source.Buffer).Handle, source.Offset, destination);
        }
    }
}
