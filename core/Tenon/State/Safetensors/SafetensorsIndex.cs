using System.Text.Json;

namespace Tenon.State;

/// <summary>Models in several safetensors files: a JSON file says which tensor is in which.</summary>
internal static class SafetensorsIndex
{
    public const string Extension = ".safetensors.index.json";
    private const long LongestIndex = 100_000_000;

    public static IReadOnlyDictionary<string, Tensor> Open(string path)
    {
        var files = new Dictionary<string, IReadOnlyDictionary<string, Tensor>>();
        var tensors = new OrderedDictionary<string, Tensor>();
        foreach (var (name, file) in Read(path))
        {
            if (!files.TryGetValue(file, out var content))
            {
                var shard = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file);
                files[file] = content = System.IO.File.Exists(shard) ? Safetensors.Open(shard) : throw new TenonFormatException(
                    "TEN5111", path, null, $"weight_map.{name}", $"'{file}', in which it says that the tensor is, does not exist.");
            }

            tensors[name] = content.TryGetValue(name, out var tensor) ? tensor : throw new TenonFormatException(
                "TEN5111", path, null, $"weight_map.{name}", $"the tensor isn't in '{file}', where the index says that it is.");
        }

        return tensors;
    }

    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, long maxBytes, IReadOnlyDictionary<string, string>? metadata)
    {
        if (!path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || maxBytes < 1)
        {
            throw new TenonException("TEN5112", $"Shards of {maxBytes} bytes with index '{path}'. Expected at least one byte, and a name that ends in {Extension}.");
        }

        var shards = Split(tensors, maxBytes);
        var stem = path[..^Extension.Length];
        var names = shards.Select((_, i) => $"{stem}-{i + 1:D5}-of-{shards.Count:D5}.safetensors").ToList();
        for (var i = 0; i < shards.Count; i++)
        {
            Safetensors.Save(names[i], shards[i], metadata);
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", tensors.Values.Sum(t => t.DType.BytesOf(t.Count)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach (var (name, shard) in shards.SelectMany((s, i) => s.Keys.Select(k => (k, i))).OrderBy(p => p.k, StringComparer.Ordinal))
            {
                json.WriteString(name, Path.GetFileName(names[shard]));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        StateWriter.Write(path, stream.ToArray(), [], stream.Length);
    }

    private static List<Dictionary<string, Tensor>> Split(IReadOnlyDictionary<string, Tensor> tensors, long maxBytes)
    {
        var shards = new List<Dictionary<string, Tensor>> { new() };
        long bytes = 0;
        foreach (var (name, tensor) in tensors)
        {
            var size = tensor.DType.BytesOf(tensor.Count);
            if (shards[^1].Count > 0 && bytes + size > maxBytes)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(name, tensor);
            bytes += size;
        }

        return shards;
    }

    private static List<(string Name, string File)> Read(string path)
    {
        using var reader = new StateReader(path);
        if (reader.Length > LongestIndex)
        {
            throw reader.Fault("TEN5111", 0, "file", $"an index of {reader.Length} bytes. Expected at most {LongestIndex}.");
        }

        try
        {
            using var json = JsonDocument.Parse(reader.Bytes(reader.Length, "file"));
            var map = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("weight_map", out var m) && m.ValueKind == JsonValueKind.Object
                ? m : throw reader.Fault("TEN5111", null, "weight_map", "it is missing or not an object.");
            return [.. map.EnumerateObject().Select(p => (Name(reader, p), File(reader, p)))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw reader.Fault("TEN5111", 0, "file", $"it is not JSON: {e.Message}", e);
        }
    }

    private static string Name(StateReader reader, JsonProperty property) => property.Name.Length > 0 ? property.Name : throw reader.Fault("TEN5111", null, "weight_map", "a tensor without a name.");

    // An index names files beside it, which are no indices, and nothing else on the machine.
    private static string File(StateReader reader, JsonProperty property)
    {
        var file = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
        return file.Length > 0 && file == Path.GetFileName(file) && file is not (".." or ".") && !file.Contains('\\') && !file.Contains('\0') && !file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
            ? file
            : throw reader.Fault("TEN5111", null, $"weight_map.{property.Name}", $"{property.Value.GetRawText()} is not the name of a file in the index's folder.");
    }
}
