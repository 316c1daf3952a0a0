using System.Text.Json;

namespace Tenon.State;

/// <summary>What a safetensors file says of itself, checked against the format and the file's length.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";
    private const long LengthBytes = 8;
    private const long LongestHeader = 100_000_000;

    private static readonly (DType DType, string Name)[] Names =
    [
        (DType.Bool, "BOOL"), (DType.Int8, "I8"), (DType.Int16, "I16"), (DType.Int32, "I32"), (DType.Int64, "I64"),
        (DType.UInt8, "U8"), (DType.UInt16, "U16"), (DType.UInt32, "U32"), (DType.UInt64, "U64"),
        (DType.Float16, "F16"), (DType.BFloat16, "BF16"), (DType.Float32, "F32"), (DType.Float64, "F64"),
        (DType.Float8E4M3FN, "F8_E4M3"), (DType.Float8E5M2, "F8_E5M2"), (DType.Float8E8M0, "F8_E8M0"), (DType.Float4E2M1, "F4"), (DType.Complex64, "C64"),
    ];

    private readonly StateReader _reader;

    private SafetensorsHeader(StateReader reader) => _reader = reader;

    /// <summary>Where the elements begin in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>The tensors in order of their places.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>The texts.</summary>
    public OrderedDictionary<string, string> Metadata { get; } = [];

    public static string? NameOf(DType dtype) => Array.Find(Names, n => n.DType == dtype).Name;

    public static SafetensorsHeader Read(StateReader reader)
    {
        var header = new SafetensorsHeader(reader);
        header.Parse(header.ReadText());
        header.CheckPlaces();
        return header;
    }

    private byte[] ReadText()
    {
        if (_reader.Length < LengthBytes)
        {
            throw _reader.Fault("TEN3101", 0, "length of the header", $"the file has {_reader.Length} bytes. Expected at least {LengthBytes}.");
        }

        var length = _reader.UInt64("length of the header");
        if (length > LongestHeader || (long)length > _reader.Length - LengthBytes)
        {
            throw _reader.Fault("TEN3102", 0, "length of the header", $"it is said to be {length}, but the file has {_reader.Length} bytes. The file is truncated or not a safetensors file.");
        }

        DataStart = LengthBytes + (long)length;
        return _reader.Bytes((long)length, "header");
    }

    private void Parse(byte[] text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Fault("TEN3103", "header", $"it is a JSON {json.RootElement.ValueKind}. Expected an object.");
            }

            var names = new HashSet<string>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw Fault("TEN3104", property.Name, "the name occurs twice in the header.");
                }

                if (property.Name == MetadataName)
                {
                    ParseMetadata(property.Value);
                }
                else
                {
                    Entries.Add(ParseEntry(property.Name, property.Value));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is not Unicode is found only when it is asked for.
            throw Fault("TEN3103", "header", $"it is not JSON: {e.Message}", e);
        }
    }

    private void ParseMetadata(JsonElement value)
    {
        foreach (var item in Fields(MetadataName, value).EnumerateObject())
        {
            Metadata[item.Name] = item.Value.ValueKind == JsonValueKind.String
                ? item.Value.GetString()!
                : throw Fault("TEN3104", $"{MetadataName}.{item.Name}", $"it is a JSON {item.Value.ValueKind}. Expected a text.");
        }
    }

    private Entry ParseEntry(string name, JsonElement value)
    {
        var fields = Fields(name, value);
        var dtypeName = fields.TryGetProperty("dtype", out var d) && d.ValueKind == JsonValueKind.String
            ? d.GetString()!
            : throw Fault("TEN3104", $"{name}.dtype", "it is missing or not a text.");
        var dtype = Array.Find(Names, n => n.Name == dtypeName).DType
            ?? throw Fault("TEN3105", $"{name}.dtype", $"it is '{dtypeName}'. Known: {string.Join(", ", Names.Select(n => n.Name))}.");
        var shape = Integers(name, "shape", fields);
        var places = Integers(name, "data_offsets", fields);
        if (places.Length != 2 || places[0] > places[1])
        {
            throw Fault("TEN3104", $"{name}.data_offsets", $"it is [{string.Join(", ", places)}]. Expected a begin and an end that is not before it.");
        }

        long? bytes;
        try
        {
            bytes = dtype.BytesOf(Shapes.Product(shape));
        }
        catch (OverflowException)
        {
            bytes = null;
        }

        return places[1] - places[0] == bytes
            ? new Entry(name, dtype, shape, places[0], places[1])
            : throw Fault("TEN3106", name, $"a tensor of {dtypeName} and shape [{string.Join(", ", shape)}] takes {bytes?.ToString() ?? "too many"} bytes, but 'data_offsets' [{places[0]}, {places[1]}] hold {places[1] - places[0]}.");
    }

    private JsonElement Fields(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value : throw Fault("TEN3104", name, $"it is a JSON {value.ValueKind}. Expected an object.");

    private long[] Integers(string name, string field, JsonElement fields)
    {
        if (!fields.TryGetProperty(field, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            throw Fault("TEN3104", $"{name}.{field}", "it is missing or not a list.");
        }

        var values = new long[list.GetArrayLength()];
        for (var i = 0; i < values.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt64(out values[i]) || values[i] < 0)
            {
                throw Fault("TEN3104", $"{name}.{field}[{i}]", $"it is {list[i].GetRawText()}. Expected a whole number of 0 or more.");
            }
        }

        return values;
    }

    // The tensors follow each other without gaps, and end where the file ends.
    private void CheckPlaces()
    {
        Entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long at = 0;
        foreach (var entry in Entries)
        {
            if (entry.Begin != at)
            {
                throw _reader.Fault("TEN3107", DataStart + entry.Begin, $"{entry.Name}.data_offsets", $"it begins at {entry.Begin}, but the tensor before ends at {at}: they {(entry.Begin < at ? "overlap" : "leave a gap")}.");
            }

            at = entry.End;
        }

        if (at != _reader.Length - DataStart)
        {
            throw _reader.Fault("TEN3107", _reader.Length, "data", $"the tensors have {at} bytes, but the file {_reader.Length - DataStart} after its header: it is {(at > _reader.Length - DataStart ? "truncated" : "too long")}.");
        }
    }

    private TenonFormatException Fault(string code, string field, string problem, Exception? inner = null) => _reader.Fault(code, LengthBytes, field, problem, inner);

    /// <summary>One tensor; its place counts from the beginning of the data.</summary>
    public sealed record Entry(string Name, DType DType, long[] Shape, long Begin, long End);
}
