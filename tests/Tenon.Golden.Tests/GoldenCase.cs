using System.IO.Compression;
using System.Text.Json;

namespace Tenon.Golden.Tests;

/// <summary>An operation by PyTorch's name with its inputs, and what PyTorch made of it. <c>make_golden.py</c> makes them.</summary>
public sealed class GoldenCase
{
    private readonly string _name;

    private GoldenCase(int number, JsonElement json, ReadOnlyMemory<byte> data)
    {
        Op = json.GetProperty("op").GetString()!;
        Args = new GoldenArgs(json.GetProperty("args"));
        Inputs = Arrays("in")!.Select(a => a!).ToArray();
        Outputs = Arrays("out")!.Select(a => a!).ToArray();
        Gradients = Arrays("grad");
        Views = json.TryGetProperty("views", out var views) ? [.. views.EnumerateArray().Select(v => v.GetString())] : new string?[Inputs.Length];
        Tolerance = json.TryGetProperty("tolerance", out var t) ? t.GetDouble() : 1;
        _name = $"{Op} {number}: {string.Join(", ", Inputs.Zip(Views, (i, v) => v is null ? $"{i}" : $"{v} {i}"))} {json.GetProperty("args")}";

        GoldenArray?[]? Arrays(string name) => json.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(a => a.ValueKind == JsonValueKind.Null ? null : Array(a))] : null;

        GoldenArray Array(JsonElement a)
        {
            var dtype = DType.All.First(d => d.Name == a.GetProperty("dtype").GetString());
            var shape = a.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).ToArray();
            return new GoldenArray(dtype, shape, data.Slice(a.GetProperty("at").GetInt32(), (int)shape.Aggregate((long)dtype.Bytes, (x, y) => x * y)));
        }
    }

    public static IReadOnlyList<GoldenCase> All { get; } = Read();

    public string Op { get; }

    public GoldenArgs Args { get; }

    public GoldenArray[] Inputs { get; }

    /// <summary>How each input is laid out: as it is, <c>transposed</c>, <c>strided</c> or <c>expanded</c>.</summary>
    public string?[] Views { get; }

    public GoldenArray[] Outputs { get; }

    /// <summary>The gradients of the inputs; null where none flows, or if the case has none.</summary>
    public GoldenArray?[]? Gradients { get; }

    /// <summary>How much more than a few roundings the results may differ.</summary>
    public double Tolerance { get; }

    public override string ToString() => _name;

    private static List<GoldenCase> Read()
    {
        using var zip = new ZipArchive(typeof(GoldenCase).Assembly.GetManifestResourceStream("golden.zip")!);
        var data = new MemoryStream();
        using (var stream = zip.GetEntry("data.bin")!.Open())
        {
            stream.CopyTo(data);
        }

        using var cases = zip.GetEntry("cases.json")!.Open();
        using var json = JsonDocument.Parse(cases);
        return [.. json.RootElement.EnumerateArray().Select((c, i) => new GoldenCase(i, c.Clone(), data.ToArray()))];
    }
}
