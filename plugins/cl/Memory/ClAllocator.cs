using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Execution;

namespace Tenon.Plugins.Cl.Memory;

/// <summary>Allocates memory of the device and copies to and from it.</summary>
internal sealed class ClAllocator(ClContext context, ClCommands commands) : Allocator
{
    /// <inheritdoc/>
    protected override DeviceBuffer AllocateCore(long bytes)
    {
        context.ThrowIfLost();
        var memory = context.CreateBuffer(bytes);
        try
        {
            commands.Reserve(memory, bytes);
            return new ClBuffer(memory, bytes);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source) => commands.CopyIn((ClBuffer)destination.Buffer, destination.Offset, source);

    /// <inheritdoc/>
    protected override void CopyOutCore(BufferView source, Span<byte> destination) => commands.CopyOut((ClBuffer)source.Buffer, source.Offset, destination);
}
