using System.Globalization;
using System.Text;
using Tenon.Core;

namespace Tenon.State;

/// <summary>
/// What an npy file says of its array (numpy's <c>lib/format.py</c>, versions 1 to 3): a Python dictionary of three entries.
/// </summary>
/// <param name="DType">The type of the elements.</param>
/// <param name="IsBigEndian">Whether the highest byte of each comes first.</param>
/// <param name="IsFortran">Whether the first axis runs fastest.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="DataStart">Where the elements begin.</param>
internal sealed record NpyHeader(DType DType, bool IsBigEndian, bool IsFortran, long[] Shape, long DataStart)
{
    public const string Magic = "\u0093NUMPY";
    private const string Code = "TEN5140";
    private const int LongestHeader = 1 << 20;
    private const int MostAxes = 64;

    private static readonly (DType DType, string Name)[] Names =
    [
        (DType.Bool, "b1"), (DType.Int8, "i1"), (DType.Int16, "i2"), (DType.Int32, "i4"), (DType.Int64, "i8"), (DType.UInt8, "u1"), (DType.UInt16, "u2"),
        (DType.UInt32, "u4"), (DType.UInt64, "u8"), (DType.Float16, "f2"), (DType.Float32, "f4"), (DType.Float64, "f8"), (DType.Complex64, "c8"),
    ];

    /// <summary>The header's bytes of an array, with magic and length.</summary>
    /// <exception cref="TenonException">The format lacks the dtype.</exception>
    public static byte[] Write(string path, DType dtype, long[] shape)
    {
        var name = Array.Find(Names, n => n.DType == dtype).Name ?? throw new TenonException(
            "TEN5141", $"'{path}': npy files don't have {dtype}. Cast to one of {string.Join(", ", Names.Select(n => n.DType))}.");
        var sizes = string.Concat(shape.Select(s => s.ToString(CultureInfo.InvariantCulture) + ", "));
        var text = $"{{'descr': '{(dtype.Bytes == 1 ? '|' : '<')}{name}', 'fortran_order': False, 'shape': ({(shape.Length > 1 ? sizes[..^2] : sizes.TrimEnd())}), }}";

        // The elements begin at a multiple of 64.
        var length = (10 + text.Length + 1 + 63) / 64 * 64;
        return [.. Encoding.Latin1.GetBytes(Magic), 1, 0, (byte)(length - 10), (byte)(length - 10 >> 8), .. Encoding.ASCII.GetBytes(text.PadRight(length - 11)), (byte)'\n'];
    }

    public static NpyHeader Read(StateReader file)
    {
        var at = file.Position;
        if (Encoding.Latin1.GetString(file.Bytes(6, "magic")) != Magic)
        {
            throw file.Fault(Code, at, "magic", "it is not that of numpy: this is no npy file.");
        }

        var (major, minor) = (file.Byte("version"), file.Byte("version"));
        if (major is < 1 or > 3)
        {
            throw file.Fault(Code, at + 6, "version", $"{major}.{minor}. Versions 1 to 3 are read.");
        }

        long length = major == 1 ? file.UInt16("header length") : file.UInt32("header length");
        if (length > LongestHeader)
        {
            throw file.Fault(Code, at + 8, "header length", $"{length}. Expected at most {LongestHeader}.");
        }

        at = file.Position;
        var bytes = file.Bytes(length, "header");
        return Parse(file, at, (major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes), at + length);
    }

    private static NpyHeader Parse(StateReader file, long at, string text, long dataStart)
    {
        var parser = new PythonLiteral(text);
        if (!parser.TryRead(out var value) || value is not Dictionary<string, object> fields)
        {
            throw file.Fault(Code, at + parser.Position, "header", "it is not a Python dictionary of texts, booleans, numbers and tuples.");
        }

        var descr = fields.GetValueOrDefault("descr") as string ?? throw file.Fault(Code, at, "header.descr", fields.ContainsKey("descr") ? "a record of several fields. Arrays of numbers are read." : "it is missing.");
        var isFortran = fields.GetValueOrDefault("fortran_order") as bool? ?? throw file.Fault(Code, at, "header.fortran_order", "it is missing, or neither True nor False.");
        var sizes = fields.GetValueOrDefault("shape") as List<object> ?? throw file.Fault(Code, at, "header.shape", "it is missing or not a tuple.");
        var shape = sizes.Select(s => s is long n and >= 0 ? n : throw file.Fault(Code, at, "header.shape", $"{s} is not a size.")).ToArray();
        if (shape.Length > MostAxes)
        {
            throw file.Fault(Code, at, "header.shape", $"{shape.Length} axes. Expected at most {MostAxes}.");
        }

        var dtype = descr.Length > 1 ? Array.Find(Names, n => n.Name == descr[1..]).DType : null;
        return dtype is not null && "<>|=".Contains(descr[0]) && (descr[0] != '|' || dtype.Bytes == 1)
            ? new NpyHeader(dtype, descr[0] == '>', isFortran, shape, dataStart)
            : throw file.Fault(Code, at, "header.descr", $"'{descr}' is no type of numbers that is known here: {string.Join(", ", Names.Select(n => n.Name))}, with < or > before it.");
    }
}
