namespace Tenon.State;

/// <summary>
/// A file in the GGUF format, versions 2 and 3 (<c>github.com/ggml-org/ggml/blob/master/docs/gguf.md</c>), little-endian: typed
/// metadata and named tensors, which may be quantised. A model may be several files, <c>…-00001-of-00003.gguf</c>.
/// </summary>
public sealed class GgufFile
{
    internal GgufFile(IReadOnlyDictionary<string, object> metadata, IReadOnlyDictionary<string, GgufTensor> tensors) => (Metadata, Tensors) = (metadata, tensors);

    /// <summary>
    /// The values by key: <see cref="byte"/> to <see cref="long"/>, <see cref="ulong"/>, <see cref="float"/>, <see cref="double"/>,
    /// <see cref="bool"/>, <see cref="string"/>, and arrays of these. Arrays of arrays are <c>object[]</c>.
    /// </summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>The tensors by name, on the device of files: none is read before it is used.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors { get; }

    /// <summary>Opens a file; of a model in several, any one opens all.</summary>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static GgufFile Open(string path)
    {
        var first = GgufReader.Read(path);
        return first.Metadata.TryGetValue(GgufSplit.CountKey, out var count) ? GgufSplit.Open(path, count, first) : first;
    }

    /// <summary>The tensors of a file, read to a device, where quantised ones stay as they are and are unpacked wherever they are used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, string? device = null)
    {
        var target = device ?? TensorExecutor.Current.DefaultDevice;
        return new OrderedDictionary<string, Tensor>(Open(path).Tensors.Values.Select(t => KeyValuePair.Create(t.Name, t.To(target).ToTensor(target))));
    }

    /// <summary>Writes a file of version 3, in place of what is there. The file is complete or untouched.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name: plain ones in their dtypes, and those of other files as they are.</param>
    /// <param name="metadata">Values of the types of <see cref="Metadata"/>.</param>
    /// <exception cref="TenonException">The file can't be written, or the format lacks a dtype or a type of value.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, GgufTensor> tensors, IReadOnlyDictionary<string, object>? metadata = null) =>
        GgufWriter.Write(path, [.. tensors.Select(t => (t.Key, t.Value))], metadata ?? new Dictionary<string, object>());

    /// <summary>Writes a file of version 3 of tensors that aren't quantised.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name, of at most four axes; they are realised.</param>
    /// <param name="metadata">Values of the types of <see cref="Metadata"/>.</param>
    /// <exception cref="TenonException">The file can't be written, or the format lacks a dtype or a type of value.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, object>? metadata = null) =>
        Save(path, tensors.ToDictionary(t => t.Key, t => Of(t.Key, t.Value)), metadata);

    /// <summary>Writes a model as several files, of which each has at most so many bytes of tensors, unless one tensor has more.</summary>
    /// <param name="stem">The path up to <c>-00001-of-0000n.gguf</c>.</param>
    /// <param name="tensors">The tensors by name, in order.</param>
    /// <param name="maxBytes">Bytes of tensors in a file.</param>
    /// <param name="metadata">Values, which go into the first file.</param>
    /// <exception cref="TenonException">A file can't be written.</exception>
    public static void SaveSplit(string stem, IReadOnlyDictionary<string, GgufTensor> tensors, long maxBytes, IReadOnlyDictionary<string, object>? metadata = null) =>
        GgufSplit.Save(stem, tensors, maxBytes, metadata ?? new Dictionary<string, object>());

    /// <summary>A tensor as it is stored in a file.</summary>
    /// <exception cref="TenonException">The format lacks its dtype.</exception>
    public static GgufTensor Of(string name, Tensor tensor) => GgmlFormat.TypeOf(tensor.DType) is { } type
        ? new GgufTensor(name, GgmlFormat.Find(type)!, tensor.Shape.ToArray(), tensor)
        : throw new TenonException("TEN5122", $"'{name}' is of {tensor.DType}, which GGUF files don't have. Cast it to one of float16, bfloat16, float32, float64, int8, int16, int32, int64.");
}
