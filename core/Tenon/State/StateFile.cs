using System.Text;

namespace Tenon.State;

/// <summary>Files of named tensors of any format that is known here; which, is seen from what they begin with.</summary>
public static class StateFile
{
    /// <summary>
    /// The tensors of a file: safetensors (or its index), GGUF, PyTorch's <c>.pt</c>, <c>.npz</c>, or <c>.npy</c>, whose one is called
    /// <c>tensor</c>. Nothing is read before it is used, but what is compressed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TenonFormatException">The file is malformed, or of another format.</exception>
    /// <exception cref="TenonException">The file can't be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Open(string path) => FormatOf(path) switch
    {
        StateFormat.Safetensors => Safetensors.Open(path),
        StateFormat.Gguf => GgufFile.Open(path).Tensors.ToDictionary(t => t.Key, t => t.Value.ToTensor()),
        StateFormat.Torch => TorchFile.Open(path),
        StateFormat.NpyZip => NpyFile.OpenZip(path),
        _ => new Dictionary<string, Tensor> { ["tensor"] = NpyFile.Open(path) },
    };

    /// <summary>The tensors of a file, read to a device. What is quantised stays so there, and is unpacked wherever it is used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonFormatException">The file is malformed, or of another format.</exception>
    /// <exception cref="TenonException">The file can't be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, string? device = null) =>
        FormatOf(path) == StateFormat.Gguf ? GgufFile.Load(path, device) : Read(Open(path), device);

    /// <summary>Reads tensors to a device, all at once.</summary>
    /// <param name="tensors">What a reader has opened.</param>
    /// <param name="device">The default device if null.</param>
    internal static IReadOnlyDictionary<string, Tensor> Read(IReadOnlyDictionary<string, Tensor> tensors, string? device)
    {
        var target = device ?? TensorExecutor.Current.DefaultDevice;
        var read = new OrderedDictionary<string, Tensor>(tensors.Select(t => KeyValuePair.Create(t.Key, t.Value.To(target))));
        Tensor.Realize([.. read.Values]);
        return read;
    }

    private static StateFormat FormatOf(string path)
    {
        if (path.EndsWith(SafetensorsIndex.Extension, StringComparison.OrdinalIgnoreCase))
        {
            return StateFormat.Safetensors;
        }

        using var file = new StateReader(path);
        var first = file.Bytes(Math.Min(file.Length, 9), "signature");
        var begin = first.Length >= 4 ? BitConverter.ToUInt32(first) : 0;
        return begin switch
        {
            GgufReader.Magic => StateFormat.Gguf,
            ZipFile.LocalMagic => ZipFile.Read(file).Entries.Keys.Any(k => k.EndsWith(".npy", StringComparison.Ordinal)) ? StateFormat.NpyZip : StateFormat.Torch,
            _ when Encoding.Latin1.GetString(first).StartsWith(NpyHeader.Magic, StringComparison.Ordinal) => StateFormat.Npy,
            _ when first is [0x80, <= 5, 0x8a, ..] => StateFormat.Torch,
            _ when first is [_, _, _, _, 0, 0, 0, 0, (byte)'{'] => StateFormat.Safetensors,
            _ => throw file.Fault("TEN5113", 0, "signature", "the file is of no format that is known: safetensors, GGUF, PyTorch (.pt), npy, npz."),
        };
    }
}

/// <summary>What <see cref="StateFile"/> tells apart.</summary>
internal enum StateFormat
{
    Safetensors,
    Gguf,
    Torch,
    NpyZip,
    Npy,
}
