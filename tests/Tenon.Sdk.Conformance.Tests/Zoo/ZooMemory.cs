using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>A buffer of the zoo.</summary>
internal sealed class ZooBuffer(byte[] content, long bytes) : DeviceBuffer(bytes)
{
    public byte[] Content => content;

    protected override void FreeCore()
    {
    }
}

/// <summary>Arrays as memory.</summary>
internal sealed class ZooAllocator(Fault fault) : Allocator
{
    private const long Memory = 128 << 20;
    private static readonly byte[] Shared = new byte[16];

    protected override DeviceBuffer AllocateCore(long bytes)
    {
        if (bytes <= Memory)
        {
            return new ZooBuffer(fault == Fault.SharesBytes && bytes is > 0 and < 16 ? Shared : new byte[bytes], bytes);
        }

        return fault switch
        {
            Fault.AllocatesNothingBeyondItsMemory => new ZooBuffer([], bytes),
            Fault.ThrowsBareExceptions => throw new OutOfMemoryException(),
            _ => throw new BackendException("TEN4005", $"There is no room for {bytes} bytes."),
        };
    }

    protected override void CopyInCore(BufferView destination, ReadOnlySpan<byte> source)
    {
        if (fault != Fault.CopiesBeforeTheQueue)
        {
            ZooProgram.Wait();
        }

        source.CopyTo(((ZooBuffer)destination.Buffer).Content.AsSpan((int)destination.Offset));
    }

    protected override void CopyOutCore(BufferView source, Span<byte> destination)
    {
        if (fault != Fault.CopiesBeforeTheQueue)
        {
            ZooProgram.Wait();
        }

        var offset = fault == Fault.IgnoresOffsetsOfCopies ? 0 : (int)source.Offset;
        ((ZooBuffer)source.Buffer).Content.AsSpan(offset, destination.Length).CopyTo(destination);
    }
}
