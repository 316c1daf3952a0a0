using System.Security.Cryptography;
using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// Compiled kernels in files named by the hash of all that they were made from. Any number of processes may share the folder:
/// files appear whole, and one that is damaged is as good as absent.
/// </summary>
internal sealed class DiskCache(string folder, DebugLog log)
{
    private const int HashBytes = 32;
    private static readonly byte[] Magic = "TENON\0K\x01"u8.ToArray();
    private int _isBroken;

    /// <summary>Everything that the compiled form depends on.</summary>
    public string KeyOf(UOp kernel, Capabilities device, CodeGenerator generator, string compiler)
    {
        var target = generator.Target;
        var text = string.Join('\n', UOpSerializer.ContentHash(kernel), generator.Name, target.Fingerprint, Contract.Version, compiler,
            generator.GetType().Module.ModuleVersionId, device.Parallelism, device.L1CacheBytes, device.L2CacheBytes, target.VectorBytes, target.VectorRegisters);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public CompiledKernel? TryRead(string key)
    {
        try
        {
            var bytes = File.ReadAllBytes(PathOf(key));
            var content = bytes.AsMemory(Math.Min(bytes.Length, Magic.Length + HashBytes));
            if (bytes.AsSpan().StartsWith(Magic) && !content.IsEmpty && bytes.AsSpan(Magic.Length, HashBytes).SequenceEqual(SHA256.HashData(content.Span)))
            {
                return Deserialize(content);
            }

            log.Remark($"the kernel in {PathOf(key)} is damaged and is compiled again");
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Remark($"the kernel in {PathOf(key)} can't be read and is compiled again: {e.Message}");
            return null;
        }
    }

    public void Write(string key, CompiledKernel kernel)
    {
        if (_isBroken != 0)
        {
            return;
        }

        var path = PathOf(key);
        var temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            var content = Serialize(kernel);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = File.Create(temporary))
            {
                stream.Write(Magic);
                stream.Write(SHA256.HashData(content));
                stream.Write(content);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The kernel is compiled anyway: a full or read-only disk costs time in the next process, not this result.
            Interlocked.Exchange(ref _isBroken, 1);
            log.Remark($"compiled kernels are not kept, because {folder} can't be written: {e.Message}");
        }
    }

    private string PathOf(string key) => Path.Combine(folder, "kernels", key[..2], key);

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
        w.Write(kernel.BufferCount);
        w.Write(kernel.VariableCount);
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
            BufferCount = r.ReadInt32(),
            VariableCount = r.ReadInt32(),
            Operations = r.ReadInt64(),
            MemoryBytes = r.ReadInt64(),
        };
    }
}
