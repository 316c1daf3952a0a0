using System.Buffers.Binary;
using System.Text.Json;

namespace Tenon.State;

/// <summary>
/// Files of named tensors in the safetensors format (<c>github.com/huggingface/safetensors</c>): the length of a JSON header in
/// eight bytes, the header, the elements. A large model is several such files and an index, <c>….safetensors.index.json</c>.
/// </summary>
public static class Safetensors
{
    /// <summary>The tensors of a file, or of the files of an index, on the device of files: none is read before it is moved to another.</summary>
    /// <param name="path">A <c>.safetensors</c> or its <c>.safetensors.index.json</c>.</param>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static IReadOnlyDictionary<string, Tensor> Open(string path)
    {
        if (path.EndsWith(SafetensorsIndex.Extension, StringComparison.OrdinalIgnoreCase))
        {
            return SafetensorsIndex.Open(path);
        }

        using var reader = new StateReader(path);
        var header = SafetensorsHeader.Read(reader);
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var entry in header.Entries)
        {
            tensors.Add(entry.Name, reader.Tensor(entry.Name, header.DataStart + entry.Begin, entry.DType, entry.Shape));
        }

        return tensors;
    }

    /// <summary>The tensors of a file, or of the files of an index, read to a device.</summary>
    /// <param name="path">A <c>.safetensors</c> or its <c>.safetensors.index.json</c>.</param>
    /// <param name="device">Where the tensors go; the default device if null.</param>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, string? device = null) => StateFile.Read(Open(path), device);

    /// <summary>The texts that a file carries besides its tensors.</summary>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using var reader = new StateReader(path);
        return SafetensorsHeader.Read(reader).Metadata;
    }

    /// <summary>
    /// Writes tensors to a file, in place of what is there. The file is complete or untouched: it is written beside and then
    /// moved.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name. They are realised; those that are files are copied.</param>
    /// <param name="metadata">Texts to carry.</param>
    /// <exception cref="TenonException">The file can't be written, or the format lacks a dtype.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide elements first, so that all are aligned.
        var ordered = tensors.OrderByDescending(t => t.Value.DType.Bits).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        var header = Header(path, ordered, metadata);
        var parts = new List<(long, Tensor)>();
        long at = header.Length;
        foreach (var (_, tensor) in ordered)
        {
            parts.Add((at, tensor));
            at += tensor.DType.BytesOf(tensor.Count);
        }

        StateWriter.Write(path, header, parts, at);
    }

    /// <summary>Writes tensors to several files and an index of them.</summary>
    /// <param name="path">The index, such as <c>model.safetensors.index.json</c>; the files are <c>model-00001-of-00002.safetensors</c> beside it.</param>
    /// <param name="tensors">The tensors by name, in the order in which they are put into files.</param>
    /// <param name="maxBytes">How many bytes of elements a file has at most, unless one tensor has more.</param>
    /// <param name="metadata">Texts to carry in each file.</param>
    /// <exception cref="TenonException">A file can't be written.</exception>
    public static void SaveShards(string path, IReadOnlyDictionary<string, Tensor> tensors, long maxBytes, IReadOnlyDictionary<string, string>? metadata = null) =>
        SafetensorsIndex.Save(path, tensors, maxBytes, metadata);

    private static byte[] Header(string path, List<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        stream.SetLength(8);
        stream.Position = 8;
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                var end = offset + tensor.DType.BytesOf(tensor.Count);
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsHeader.NameOf(tensor.DType) ?? throw new TenonException(
                    "TEN3105", $"'{path}': '{name}' is of {tensor.DType}, which safetensors files don't have. Cast it before."));
                WriteIntegers(json, "shape", tensor.Shape.ToArray());
                WriteIntegers(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        // Spaces, so that the elements begin at a multiple of eight.
        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        var bytes = stream.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - 8);
        return bytes;
    }

    private static void WriteIntegers(Utf8JsonWriter json, string name, ReadOnlySpan<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
