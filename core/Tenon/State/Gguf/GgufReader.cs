using System.Runtime.InteropServices;
using System.Text;
using Tenon.Core;

namespace Tenon.State;

/// <summary>Reads what a GGUF file says of itself.</summary>
internal sealed class GgufReader
{
    public const uint Magic = 0x46554747;
    public const string AlignmentKey = "general.alignment";
    public const int MaxAxes = 4;
    private const int DeepestArray = 4;
    private const string Code = "TEN5120";
    private static readonly UTF8Encoding Text = new(false, throwOnInvalidBytes: true);
    private readonly StateReader _file;

    private GgufReader(StateReader file) => _file = file;

    public static GgufFile Read(string path)
    {
        using var file = new StateReader(path) { TruncatedCode = Code };
        return new GgufReader(file).Read();
    }

    private GgufFile Read()
    {
        if (_file.UInt32("magic") != Magic)
        {
            throw Fault(0, "magic", "it is not 'GGUF': this is no GGUF file.");
        }

        var version = _file.UInt32("version");
        if (version is not (2 or 3))
        {
            throw Fault(4, "version", version is > 0 and < 1 << 16 ? $"{version}. Versions 2 and 3 are read." : "the file is big-endian, or damaged. Little-endian files are read.");
        }

        // The least that a tensor or a value takes.
        var tensors = Count("tensor_count", 8 + 4 + 4 + 8);
        var values = Count("metadata_kv_count", 8 + 4 + 1);
        var metadata = new OrderedDictionary<string, object>();
        for (long i = 0; i < values; i++)
        {
            var at = _file.Position;
            var key = String($"metadata[{i}].key");
            if (!metadata.TryAdd(key, Value(key, Type(key), 0)))
            {
                throw Fault(at, $"metadata[{i}].key", $"'{key}' occurs twice.");
            }
        }

        return new GgufFile(metadata, Tensors(tensors, Alignment(metadata)));
    }

    private OrderedDictionary<string, GgufTensor> Tensors(long count, long alignment)
    {
        var places = new List<(string Name, GgmlFormat Format, long[] Shape, long Offset)>();
        for (long i = 0; i < count; i++)
        {
            places.Add(Place(i));
        }

        var start = (_file.Position + alignment - 1) / alignment * alignment;
        var tensors = new OrderedDictionary<string, GgufTensor>();
        foreach (var (name, format, shape, offset) in places)
        {
            var field = $"tensor '{name}'";
            if (offset % alignment != 0 || offset > long.MaxValue - start)
            {
                throw Fault(null, $"{field}.offset", $"{offset} is not a multiple of the alignment of {alignment}, or beyond any file.");
            }

            // What a row of blocks is, was checked with the shape.
            var stored = format.Unpack is null ? shape : [.. shape[..^1], shape[^1] / format.BlockSize * format.BlockBytes];
            var raw = _file.Tensor(field, start + offset, format.Unpack is null ? format.DType : DType.UInt8, stored);
            if (!tensors.TryAdd(name, new GgufTensor(name, format, shape, raw)))
            {
                throw Fault(null, field, "the name occurs twice.");
            }
        }

        return tensors;
    }

    private (string Name, GgmlFormat Format, long[] Shape, long Offset) Place(long i)
    {
        var name = String($"tensors[{i}].name");
        var field = $"tensor '{name}'";
        var at = _file.Position;
        var axes = _file.UInt32($"{field}.n_dimensions");
        if (axes > MaxAxes)
        {
            throw Fault(at, $"{field}.n_dimensions", $"{axes}. Expected at most {MaxAxes}.");
        }

        var shape = new long[axes];
        for (var a = shape.Length - 1; a >= 0; a--)
        {
            shape[a] = Number($"{field}.dimensions");
        }

        at = _file.Position;
        var type = _file.UInt32($"{field}.type");
        var format = GgmlFormat.Find((GgmlType)type) ?? throw Fault(at, $"{field}.type", $"{type} is no type of elements that is known here.");
        _file.ByteCount($"{field}.dimensions", DType.UInt8, shape, at);
        return format.Unpack is null || (axes > 0 && shape[^1] % format.BlockSize == 0)
            ? (name, format, shape, Number($"{field}.offset"))
            : throw Fault(at, $"{field}.dimensions", $"[{string.Join(", ", shape)}] of {format.Type}. Expected rows of a multiple of {format.BlockSize} elements.");
    }

    private long Alignment(OrderedDictionary<string, object> metadata)
    {
        if (!metadata.TryGetValue(AlignmentKey, out var value))
        {
            return 32;
        }

        return value is uint n && n > 0 && n % 8 == 0 ? n : throw Fault(null, AlignmentKey, $"{value}. Expected a uint32 that is a multiple of 8.");
    }

    private GgufValueType Type(string field)
    {
        var at = _file.Position;
        var type = (GgufValueType)_file.UInt32($"{field}.type");
        return type <= GgufValueType.Float64 ? type : throw Fault(at, $"{field}.type", $"{(uint)type} is no type of values.");
    }

    private object Value(string field, GgufValueType type, int depth) => type switch
    {
        GgufValueType.UInt8 => _file.Byte(field),
        GgufValueType.Int8 => (sbyte)_file.Byte(field),
        GgufValueType.UInt16 => _file.UInt16(field),
        GgufValueType.Int16 => (short)_file.UInt16(field),
        GgufValueType.UInt32 => _file.UInt32(field),
        GgufValueType.Int32 => (int)_file.UInt32(field),
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle(_file.UInt32(field)),
        GgufValueType.Bool => Bool(field),
        GgufValueType.String => String(field),
        GgufValueType.UInt64 => _file.UInt64(field),
        GgufValueType.Int64 => (long)_file.UInt64(field),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(_file.UInt64(field)),
        _ when depth < DeepestArray => Array(field, depth + 1),
        _ => throw Fault(_file.Position, field, $"arrays in arrays, more than {DeepestArray} deep."),
    };

    private object Array(string field, int depth)
    {
        var type = Type(field);
        return type switch
        {
            GgufValueType.UInt8 => Numbers<byte>(field),
            GgufValueType.Int8 => Numbers<sbyte>(field),
            GgufValueType.UInt16 => Numbers<ushort>(field),
            GgufValueType.Int16 => Numbers<short>(field),
            GgufValueType.UInt32 => Numbers<uint>(field),
            GgufValueType.Int32 => Numbers<int>(field),
            GgufValueType.Float32 => Numbers<float>(field),
            GgufValueType.UInt64 => Numbers<ulong>(field),
            GgufValueType.Int64 => Numbers<long>(field),
            GgufValueType.Float64 => Numbers<double>(field),
            GgufValueType.Bool => Items(field, 1, () => Bool(field)),
            GgufValueType.String => Items(field, 8, () => String(field)),
            _ => Items(field, 12, () => Value(field, type, depth)),
        };
    }

    private T[] Numbers<T>(string field) where T : unmanaged
    {
        var numbers = new T[Count($"{field}.length", Marshal.SizeOf<T>())];
        _file.Read(MemoryMarshal.AsBytes(numbers.AsSpan()), field);
        return numbers;
    }

    private T[] Items<T>(string field, int leastBytes, Func<T> read)
    {
        var items = new T[Count($"{field}.length", leastBytes)];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read();
        }

        return items;
    }

    private bool Bool(string field)
    {
        var at = _file.Position;
        return _file.Byte(field) switch
        {
            0 => false,
            1 => true,
            var b => throw Fault(at, field, $"{b} is neither true (1) nor false (0)."),
        };
    }

    private string String(string field)
    {
        var at = _file.Position;
        var bytes = _file.Bytes(Count($"{field}.length", 1), field);
        try
        {
            return Text.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Fault(at, field, "it is not UTF-8.", e);
        }
    }

    // How many of what takes so many bytes at least; there is room for them.
    private long Count(string field, int leastBytes)
    {
        var at = _file.Position;
        var count = _file.UInt64(field);
        return count <= (ulong)(_file.Length - _file.Position) / (ulong)leastBytes && count <= (ulong)System.Array.MaxLength
            ? (long)count
            : throw Fault(at, field, $"{count}, for which the {_file.Length - _file.Position} bytes that follow have no room.");
    }

    private long Number(string field)
    {
        var at = _file.Position;
        var number = _file.UInt64(field);
        return number <= long.MaxValue ? (long)number : throw Fault(at, field, $"{number}. Expected less than 2^63.");
    }

    private TenonFormatException Fault(long? at, string field, string problem, Exception? inner = null) => _file.Fault(Code, at, field, problem, inner);
}
