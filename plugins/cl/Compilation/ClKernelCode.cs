using Tenon.Core.Backend;

namespace Tenon.Plugins.Cl.Compilation;

/// <summary>What the disk cache keeps of a kernel.</summary>
/// <param name="Buffers">What it takes.</param>
/// <param name="Binary">The driver's own form of the program; empty if it has none.</param>
internal sealed record ClKernelCode(IReadOnlyList<ClKernelBuffer> Buffers, ReadOnlyMemory<byte> Binary)
{
    private const byte Version = 2;

    /// <summary>As bytes.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(Version);
        w.Write7BitEncodedInt(Buffers.Count);
        foreach (var buffer in Buffers)
        {
            w.Write((byte)buffer.ElementBytes);
            w.Write(buffer.IsWritten);
            w.Write7BitEncodedInt64(buffer.Image?.Width ?? 0);
            w.Write7BitEncodedInt64(buffer.Image?.Height ?? 0);
        }

        w.Write(Binary.Span);
        return stream.ToArray();
    }

    /// <summary>From what <see cref="Write"/> gave.</summary>
    /// <exception cref="BackendException">It is something else.</exception>
    public static ClKernelCode Read(CompiledKernel kernel)
    {
        var bytes = kernel.Binary.Span;
        if (bytes.Length > 1 && bytes[0] == Version)
        {
            using var r = new BinaryReader(new MemoryStream(bytes.ToArray()));
            r.ReadByte();
            try
            {
                var buffers = new ClKernelBuffer[r.Read7BitEncodedInt() is var count && count == kernel.BufferCount ? count : throw new FormatException()];
                for (var i = 0; i < count; i++)
                {
                    buffers[i] = new ClKernelBuffer(r.ReadByte(), r.ReadBoolean(), new ImageSize(r.Read7BitEncodedInt64(), r.Read7BitEncodedInt64()) is { Width: > 0 } image ? image : null);
                }

                return new ClKernelCode(buffers, kernel.Binary[(int)r.BaseStream.Position..]);
            }
            catch (Exception e) when (e is EndOfStreamException or FormatException)
            {
                // Said below.
            }
        }

        throw new BackendException("TEN4002", $"Kernel {kernel.Name} ({kernel.Binary.Length} bytes) is damaged: it isn't what the generator {kernel.Generator} makes. In the cache on disk: tenon cache clear.");
    }
}

/// <summary>A buffer that a kernel takes.</summary>
/// <param name="ElementBytes">The bytes of an element.</param>
/// <param name="IsWritten">Whether the kernel writes it.</param>
/// <param name="Image">Its size, if it is read as an image.</param>
internal readonly record struct ClKernelBuffer(int ElementBytes, bool IsWritten, ImageSize? Image);
