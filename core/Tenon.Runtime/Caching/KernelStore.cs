using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Compiled kernels on disk.</summary>
internal sealed class KernelStore(DiskStore disk, string compiler)
{
    public string KeyOf(UOp kernel, OpenedDevice device, IReadOnlyList<Opt>? opts) => CacheKey.OfKernel(kernel, device.Capabilities, device.Generator, compiler, opts);

    public CompiledKernel? TryRead(string key) => disk.TryRead(CacheFolder.Kernels, key) is { } content ? Deserialize(content) : null;

    public void Write(string key, CompiledKernel kernel) => disk.Write(CacheFolder.Kernels, key, Serialize(kernel));

    private static byte[] Serialize(CompiledKernel kernel)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(kernel.Name);
        w.Write(kernel.Generator);
        w.Write(kernel.Binary.Length);
        w.Write(kernel.Binary.Span);
        w.Write(kernel.Source is not null);
        w.Write(kernel.Source ?? "");
        w.Write(kernel.GlobalSize);
        w.Write(kernel.Groups);
        w.Write(kernel.Lanes);
        w.Write(kernel.BufferCount);
        w.Write(kernel.VariableCount);
        w.Write(kernel.LocalBytes);
        w.Write(kernel.Operations);
        w.Write(kernel.MemoryBytes);
        return stream.ToArray();
    }

    // The checksum has matched: the bytes are what Serialize wrote.
    private static CompiledKernel Deserialize(ReadOnlyMemory<byte> bytes)
    {
        using var r = new BinaryReader(new MemoryStream(bytes.ToArray()));
        var (name, generator, binary) = (r.ReadString(), r.ReadString(), r.ReadBytes(r.ReadInt32()));
        var (hasSource, source) = (r.ReadBoolean(), r.ReadString());
        return new CompiledKernel
        {
            Name = name,
            Generator = generator,
            Binary = binary,
            Source = hasSource ? source : null,
            GlobalSize = r.ReadInt64(),
            Groups = r.ReadGridSize(),
            Lanes = r.ReadGridSize(),
            BufferCount = r.ReadInt32(),
            VariableCount = r.ReadInt32(),
            LocalBytes = r.ReadInt64(),
            Operations = r.ReadInt64(),
            MemoryBytes = r.ReadInt64(),
        };
    }
}
