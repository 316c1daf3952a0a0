using System.Buffers.Binary;
using System.Text.Json;

namespace Tenon.State;

/// <summary>
/// Files of named tensors in the safetensors format (<c>github.com/huggingface/safetensors</c>): the length of a JSON header in
/// eight bytes, the header, the elements.
/// </summary>
public static class Safetensors
{
    /// <summary>The tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors go; the default device if null.</param>
    /// <exception cref="TenonException">The file is missing, truncated or malformed; the message names file, place and field.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, string? device = null)
    {
        using var stream = SafetensorsHeader.Open(path);
        var header = SafetensorsHeader.Read(stream, path);
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var entry in header.Entries)
        {
            var bytes = new byte[Tensor.ByteCount(entry.End - entry.Begin, DType.UInt8)];
            stream.Position = header.DataStart + entry.Begin;
            stream.ReadExactly(bytes);
            tensors.Add(entry.Name, Tensor.FromBytes(bytes, entry.DType, entry.Shape, device));
        }

        return tensors;
    }

    /// <summary>The texts that a file carries besides its tensors.</summary>
    /// <exception cref="TenonException">The file is missing, truncated or malformed.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using var stream = SafetensorsHeader.Open(path);
        return SafetensorsHeader.Read(stream, path).Metadata;
    }

    /// <summary>
    /// Writes tensors to a file, in place of what is there. The file is complete or untouched: it is written beside and then
    /// moved.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name. They are realised.</param>
    /// <param name="metadata">Texts to carry.</param>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide elements first, so that all are aligned.
        var ordered = tensors.OrderByDescending(t => t.Value.DType.Bytes).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        Tensor.Realize([.. ordered.Select(t => t.Value)]);
        var header = Header(ordered, metadata);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = File.Create(temporary))
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
                stream.Write(length);
                stream.Write(header);
                foreach (var (_, tensor) in ordered)
                {
                    stream.Write(tensor.ToBytes());
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
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

    private static byte[] Header(List<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
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
                var end = offset + tensor.Count * tensor.DType.Bytes;
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsHeader.NameOf(tensor.DType));
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

        return stream.ToArray();
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
