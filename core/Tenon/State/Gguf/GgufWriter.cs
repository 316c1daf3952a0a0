using System.Text;

namespace Tenon.State;

/// <summary>Writes GGUF files of version 3.</summary>
internal static class GgufWriter
{
    private static readonly (Type Type, GgufValueType Tag)[] Types =
    [
        (typeof(byte), GgufValueType.UInt8), (typeof(sbyte), GgufValueType.Int8), (typeof(ushort), GgufValueType.UInt16), (typeof(short), GgufValueType.Int16),
        (typeof(uint), GgufValueType.UInt32), (typeof(int), GgufValueType.Int32), (typeof(float), GgufValueType.Float32), (typeof(bool), GgufValueType.Bool),
        (typeof(string), GgufValueType.String), (typeof(ulong), GgufValueType.UInt64), (typeof(long), GgufValueType.Int64), (typeof(double), GgufValueType.Float64),
    ];

    public static void Write(string path, IReadOnlyList<(string Name, GgufTensor Value)> tensors, IReadOnlyDictionary<string, object> metadata)
    {
        var alignment = metadata.TryGetValue(GgufReader.AlignmentKey, out var a) ? a is uint and > 0 && (uint)a % 8 == 0 ? (uint)a
            : throw new TenonException("TEN5123", $"'{path}': '{GgufReader.AlignmentKey}' is {a}. Expected a uint that is a multiple of 8.") : 32;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(GgufReader.Magic);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            Text(writer, key);
            writer.Write((uint)TagOf(path, key, value.GetType()));
            Value(writer, path, key, value);
        }

        long offset = 0;
        var offsets = new List<long>();
        foreach (var (name, tensor) in tensors)
        {
            var shape = tensor.Shape.ToArray();
            Text(writer, name);
            writer.Write(shape.Length <= GgufReader.MaxAxes ? (uint)shape.Length : throw new TenonException(
                "TEN5123", $"'{path}': '{name}' has shape {tensor.Shape}. Expected at most {GgufReader.MaxAxes} axes."));
            for (var i = shape.Length - 1; i >= 0; i--)
            {
                writer.Write((ulong)shape[i]);
            }

            writer.Write((uint)tensor.Type);
            writer.Write((ulong)offset);
            offsets.Add(offset);
            offset = Aligned(offset + tensor.Raw.Count * tensor.Raw.DType.Bytes, alignment);
        }

        var start = Aligned(stream.Length, alignment);
        StateWriter.Write(path, stream.ToArray(), [.. tensors.Select((t, i) => (start + offsets[i], t.Value.Raw))], start + offset);
    }

    private static long Aligned(long at, long alignment) => (at + alignment - 1) / alignment * alignment;

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static GgufValueType TagOf(string path, string key, Type type) =>
        type.IsArray ? GgufValueType.Array
        : Array.Find(Types, t => t.Type == type) is { Type: not null } known ? known.Tag
        : throw new TenonException("TEN5123", $"'{path}': '{key}' is a {type.Name}. Expected a number of 1 to 8 bytes, bool, string, or an array of them.");

    private static void Value(BinaryWriter writer, string path, string key, object value)
    {
        switch (value)
        {
            case byte v: writer.Write(v); break;
            case sbyte v: writer.Write(v); break;
            case ushort v: writer.Write(v); break;
            case short v: writer.Write(v); break;
            case uint v: writer.Write(v); break;
            case int v: writer.Write(v); break;
            case ulong v: writer.Write(v); break;
            case long v: writer.Write(v); break;
            case float v: writer.Write(v); break;
            case double v: writer.Write(v); break;
            case bool v: writer.Write(v); break;
            case string v: Text(writer, v); break;
            default: Items(writer, path, key, (Array)value); break;
        }
    }

    private static void Items(BinaryWriter writer, string path, string key, Array items)
    {
        // Arrays of arrays are arrays of objects.
        var type = items.GetType().GetElementType()!;
        var tag = type == typeof(object) ? GgufValueType.Array : TagOf(path, key, type);
        writer.Write((uint)tag);
        writer.Write((ulong)items.Length);
        foreach (var item in items)
        {
            if (tag == GgufValueType.Array && item is not Array)
            {
                throw new TenonException("TEN5123", $"'{path}': '{key}' is an array of objects with a {item?.GetType().Name ?? "null"}. Expected arrays in it.");
            }

            Value(writer, path, key, item!);
        }
    }
}
