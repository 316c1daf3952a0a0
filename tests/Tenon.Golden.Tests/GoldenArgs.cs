using System.Text.Json;

namespace Tenon.Golden.Tests;

/// <summary>The arguments of a case, by name.</summary>
public sealed class GoldenArgs(JsonElement json)
{
    public bool Has(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public int Int(string name) => json.GetProperty(name).GetInt32();

    public double Double(string name) => json.GetProperty(name).GetDouble();

    public bool Bool(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public string Text(string name) => json.GetProperty(name).GetString()!;

    /// <summary>Several integers, or one.</summary>
    public int[] Ints(string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray().Select(v => v.GetInt32())] : [Int(name)];

    public long[] Longs(string name) => [.. Ints(name).Select(i => (long)i)];
}
