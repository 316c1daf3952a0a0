using Tenon.Core.Backend;

namespace Tenon.Plugins.Cl.Compilation;

/// <summary>What the disk cache keeps of a kernel.</summary>
/// <param name="ElementBytes">Of each buffer, the bytes of an element.</param>
/// <param name="Binary">The driver's own form of the program; empty if it has none.</param>
internal sealed record ClKernelCode(IReadOnlyList<int> ElementBytes, ReadOnlyMemory<byte> Binary)
{
    private const byte Version = 1;

    /// <summary>As bytes.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(Version);
        w.Write7BitEncodedInt(ElementBytes.Count);
        foreach (var bytes in ElementBytes)
        {
            w.Write((byte)bytes);
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
            var count = r.Read7BitEncodedInt();
            if (count == kernel.BufferCount && r.BaseStream.Position + count <= bytes.Length)
            {
                var sizes = r.ReadBytes(count);
                return new ClKernelCode([.. sizes.Select(s => (int)s)], kernel.Binary[(int)r.BaseStream.Position..]);
            }
        }

        throw new BackendException("TEN4002", $"Kernel {kernel.Name} ({kernel.Binary.Length} bytes) is damaged: it isn't what the generator {kernel.Generator} makes. In the cache on disk: tenon cache clear.");
    }
}
