using Tenon.Core;

namespace Tenon.State;

/// <summary>Writes files that are complete or untouched: they are written beside and then moved.</summary>
internal static class StateWriter
{
    /// <summary>Writes a file of tensors.</summary>
    /// <param name="path">The file; what is there is replaced.</param>
    /// <param name="header">Its first bytes.</param>
    /// <param name="parts">The tensors and the byte at which each begins. They are realised.</param>
    /// <param name="length">The bytes of the file; what nothing is written to is 0.</param>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> header, IReadOnlyList<(long Offset, Tensor Value)> parts, long length)
    {
        var executor = TensorExecutor.Current;
        Tensor.Realize([.. parts.Select(p => p.Value).Where(v => v.Device != executor.FileDevice)]);
        var first = header.ToArray();
        var stored = parts.Select(p => (p.Offset, p.Value, Elements: p.Value.StoredElements())).ToList();
        Replace(path, temporary =>
        {
            var file = executor.CreateFile(temporary, length);
            if (first.Length > 0)
            {
                executor.CopyIn(executor.PartOfFile(file, 0, DType.UInt8, first.Length), first);
            }

            foreach (var (offset, value, elements) in stored)
            {
                executor.Copy(elements, executor.PartOfFile(file, offset, value.DType, value.Count));
            }

            executor.CloseFile(file);
        });
    }

    /// <summary>Writes a file as a stream.</summary>
    /// <param name="path">The file; what is there is replaced.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public static void Write(string path, Action<Stream> write) => Replace(path, temporary =>
    {
        using var stream = File.Create(temporary);
        write(stream);
    });

    private static void Replace(string path, Action<string> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or TenonException { Code: "TEN5103" })
        {
            throw new TenonException("TEN3108", $"'{path}' can't be written: {e.Message} Choose a folder that exists and is writable.", e);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }
}
