using System.IO.Compression;

namespace Tenon.State;

/// <summary>Arrays of numpy: <c>.npy</c> is one, <c>.npz</c> a zip archive of several by name.</summary>
public static class NpyFile
{
    /// <summary>
    /// An array, on the device of files: it isn't read before it is moved to another. (One whose numbers are big-endian is, to the default
    /// device.)
    /// </summary>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static Tensor Open(string path)
    {
        using var file = new StateReader(path) { TruncatedCode = "TEN5140" };
        return Read(file);
    }

    /// <summary>An array, read to a device.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static Tensor Load(string path, string? device = null) => Open(path).To(device ?? TensorExecutor.Current.DefaultDevice).Realize();

    /// <summary>
    /// The arrays of an <c>.npz</c> by name, without <c>.npy</c>. Those that are stored as they are lie on the device of files, and are not
    /// read; those that are compressed are unpacked to the default device. Entries of other names are passed over.
    /// </summary>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed, or would unpack to far more than it is.</exception>
    public static IReadOnlyDictionary<string, Tensor> OpenZip(string path)
    {
        using var file = new StateReader(path) { TruncatedCode = "TEN5140" };
        var zip = ZipFile.Read(file);
        var arrays = new OrderedDictionary<string, Tensor>();
        foreach (var entry in zip.Entries.Values.Where(e => e.Name.EndsWith(".npy", StringComparison.Ordinal)))
        {
            using var part = zip.Open(entry);
            arrays.Add(entry.Name[..^4], Read(part));
        }

        return arrays;
    }

    /// <summary>The arrays of an <c>.npz</c>, read to a device.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed, or would unpack to far more than it is.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadZip(string path, string? device = null) => StateFile.Read(OpenZip(path), device);

    /// <summary>Writes a tensor, in place of what is there. The file is complete or untouched. Realises the tensor.</summary>
    /// <exception cref="TenonException">The file can't be written, or numpy lacks the dtype.</exception>
    public static void Save(string path, Tensor tensor)
    {
        var header = NpyHeader.Write(path, tensor.DType, tensor.Shape.ToArray());
        StateWriter.Write(path, header, [(header.Length, tensor)], header.Length + tensor.Count * tensor.DType.Bytes);
    }

    /// <summary>Writes tensors by name as <c>numpy.savez</c> does, in place of what is there. The file is complete or untouched. Realises them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="compressed">Whether they are deflated; they can't be read lazily then.</param>
    /// <exception cref="TenonException">The file can't be written, or numpy lacks a dtype.</exception>
    public static void SaveZip(string path, IReadOnlyDictionary<string, Tensor> tensors, bool compressed = false)
    {
        var headers = tensors.ToDictionary(t => t.Key, t => NpyHeader.Write(path, t.Value.DType, t.Value.Shape.ToArray()));
        Tensor.Realize([.. tensors.Values.Where(v => v.Device != TensorExecutor.Current.FileDevice)]);
        StateWriter.Write(path, stream =>
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, tensor) in tensors)
            {
                using var entry = zip.CreateEntry($"{name}.npy", compressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                entry.Write(headers[name]);
                entry.Write(tensor.ToBytes());
            }
        });
    }

    private static Tensor Read(StateReader file)
    {
        var header = NpyHeader.Read(file);
        if (!header.IsFortran)
        {
            return file.Tensor("elements", header.DataStart, header.DType, header.Shape, header.IsBigEndian);
        }

        var reversed = file.Tensor("elements", header.DataStart, header.DType, [.. header.Shape.Reverse()], header.IsBigEndian);
        return reversed.Rank < 2 ? reversed : reversed.Permute([.. Enumerable.Range(0, reversed.Rank).Reverse()]).AsValue();
    }
}
