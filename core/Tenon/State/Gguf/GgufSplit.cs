using System.Globalization;

namespace Tenon.State;

/// <summary>Models in several GGUF files: each says how many there are, and which it is.</summary>
internal static class GgufSplit
{
    public const string CountKey = "split.count";
    private const string NumberKey = "split.no";
    private const string TensorsKey = "split.tensors.count";
    private const int Digits = 5;

    public static GgufFile Open(string path, object count, GgufFile one)
    {
        var files = count switch
        {
            ushort n => n,
            uint n and < 1 << 16 => (int)n,
            int n and >= 0 and < 1 << 16 => n,
            _ => throw Fault(path, CountKey, $"{count}. Expected a whole number below 65536."),
        };
        if (files <= 1)
        {
            return one;
        }

        var suffix = $"-of-{files.ToString($"D{Digits}", CultureInfo.InvariantCulture)}.gguf";
        if (!path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) || path.Length < suffix.Length + Digits + 1)
        {
            throw Fault(path, CountKey, $"the model is {files} files, but the name does not end in {suffix}. Name the files as they were.");
        }

        var stem = path[..^(suffix.Length + Digits + 1)];
        var metadata = new OrderedDictionary<string, object>();
        var tensors = new OrderedDictionary<string, GgufTensor>();
        for (var i = 0; i < files; i++)
        {
            var name = Name(stem, i, files);
            var file = File.Exists(name) ? GgufReader.Read(name) : throw Fault(path, CountKey, $"the model is {files} files, of which '{name}' is missing.");
            if (!file.Metadata.TryGetValue(NumberKey, out var number) || Convert.ToString(number, CultureInfo.InvariantCulture) != i.ToString(CultureInfo.InvariantCulture))
            {
                throw Fault(name, NumberKey, $"{number ?? "missing"}. Expected {i}.");
            }

            foreach (var (key, value) in file.Metadata)
            {
                metadata.TryAdd(key, value);
            }

            foreach (var (key, tensor) in file.Tensors)
            {
                if (!tensors.TryAdd(key, tensor))
                {
                    throw Fault(name, $"tensor '{key}'", "it is in another file of the model too.");
                }
            }
        }

        return new GgufFile(metadata, tensors);
    }

    public static void Save(string stem, IReadOnlyDictionary<string, GgufTensor> tensors, long maxBytes, IReadOnlyDictionary<string, object> metadata)
    {
        var parts = new List<List<(string, GgufTensor)>> { new() };
        long bytes = 0;
        foreach (var (name, tensor) in tensors)
        {
            var size = tensor.Raw.Count * tensor.Raw.DType.Bytes;
            if (parts[^1].Count > 0 && bytes + size > maxBytes)
            {
                parts.Add([]);
                bytes = 0;
            }

            parts[^1].Add((name, tensor));
            bytes += size;
        }

        for (var i = 0; i < parts.Count; i++)
        {
            var values = new OrderedDictionary<string, object>(i == 0 ? metadata : new Dictionary<string, object>())
            {
                [NumberKey] = (ushort)i,
                [CountKey] = (ushort)parts.Count,
                [TensorsKey] = tensors.Count,
            };
            GgufWriter.Write(Name(stem, i, parts.Count), parts[i], values);
        }
    }

    private static string Name(string stem, int file, int files) => string.Create(CultureInfo.InvariantCulture, $"{stem}-{file + 1:D5}-of-{files:D5}.gguf");

    private static TenonFormatException Fault(string path, string field, string problem) => new("TEN5121", path, null, field, problem);
}
