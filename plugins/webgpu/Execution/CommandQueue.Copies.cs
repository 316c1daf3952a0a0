using System.Numerics;
using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;

namespace Tenon.Plugins.WebGpu;

internal sealed unsafe partial class CommandQueue
{
    // Larger copies go in parts.
    private const int PartBytes = 32 << 20;

    private nint _staging;
    private int _stagingBytes;

    /// <summary>Writes whole words after all work queued before.</summary>
    public void Write(nint buffer, long offset, ReadOnlySpan<byte> source)
    {
        CheckOpen();
        Flush();
        fixed (byte* data = source)
        {
            for (var done = 0; done < source.Length; done += PartBytes)
            {
                Library.QueueWriteBuffer(session.Queue, buffer, (ulong)(offset + done), data + done, (nuint)Math.Min(PartBytes, source.Length - done));
            }
        }

        session.ThrowIfFailed("a copy from the host");
    }

    /// <summary>Reads any bytes after all work queued before.</summary>
    public void Read(nint buffer, long offset, Span<byte> destination)
    {
        CheckOpen();
        while (destination.Length > 0)
        {
            var part = destination[..Math.Min(PartBytes - 4, destination.Length)];
            var first = offset / 4 * 4;
            var bytes = (int)((offset + part.Length + 3) / 4 * 4 - first);
            var staging = Staging(bytes);
            Copy(buffer, first, staging, 0, bytes);
            Flush();
            using var reply = new Reply();
            session.Wait(reply, Library.BufferMapAsync(staging, Names.MapRead, 0, (nuint)bytes, reply.ForStatus));
            session.ThrowIfFailed("a copy to the host");
            if (reply.Status != Names.Success)
            {
                throw new BackendException("TEN4356", $"WEBGPU ({session.Adapter.Name}) can't copy {part.Length} bytes to the host: {reply.Message}");
            }

            new ReadOnlySpan<byte>(Library.BufferGetConstMappedRange(staging, 0, (nuint)bytes) + (offset - first), part.Length).CopyTo(part);
            Library.BufferUnmap(staging);
            destination = destination[part.Length..];
            offset += part.Length;
        }
    }

    // Memory that the host can read; kept for the next time.
    private nint Staging(int bytes)
    {
        if (_stagingBytes >= bytes)
        {
            return _staging;
        }

        DropStaging();
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, 4096));
        _staging = CreateBuffer(size, Names.MapRead | Names.CopyDestination, out var error);
        _stagingBytes = error is null ? size : throw new BackendException("TEN5003", $"WEBGPU ({session.Adapter.Name}) has no {size} bytes to copy by: {error}");
        return _staging;
    }

    private void DropStaging()
    {
        if (_stagingBytes > 0)
        {
            Library.BufferRelease(_staging);
            _stagingBytes = 0;
        }
    }
}
