using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Memory that only kernels of the interpreter and copies reach.</summary>
/// <param name="maxBytes">Of the largest buffer.</param>
/// <param name="queue">Held by whoever uses memory.</param>
internal sealed class InterpreterAllocator(long maxBytes, Lock queue) : Allocator
{
    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long bytes)
    {
        try
        {
            return bytes <= maxBytes
                ? new InterpreterBuffer((int)bytes)
                : throw new BackendException("TEN4209", $"A buffer of {bytes:N0} bytes was asked for; one of the interpreter's has at most {maxBytes:N0}. Use smaller tensors.");
        }
        catch (OutOfMemoryException e)
        {
            throw new BackendException("TEN4209", $"There is no room for a buffer of {bytes:N0} bytes. Use smaller tensors, or release some.", e);
        }
    }

    /// <inheritdoc/>
    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source)
    {
        lock (queue)
        {
            var buffer = (InterpreterBuffer)destination.Buffer;
            source.CopyTo(buffer.Memory.AsSpan((int)destination.Offset));
            buffer.Define((int)destination.Offset, source.Length);
        }
    }

    /// <inheritdoc/>
    protected override void CopyOutCore(BufferView source, Span<byte> destination)
    {
        lock (queue)
        {
            ((InterpreterBuffer)source.Buffer).Memory.AsSpan((int)source.Offset, destination.Length).CopyTo(destination);
        }
    }
}
