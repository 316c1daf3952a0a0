using System.Runtime.InteropServices;

namespace Tenon.Tests.Shared;

/// <summary>Elements as boxed .NET numbers, and as the bytes that buffers hold.</summary>
internal static class Elements
{
    public static byte[] ToBytes(DType dtype, IReadOnlyList<object> values)
    {
        var bytes = new byte[values.Count * dtype.Bytes];
        for (var i = 0; i < values.Count; i++)
        {
            Write(values[i], bytes.AsSpan(i * dtype.Bytes));
        }

        return bytes;
    }

    public static object Read(DType dtype, ReadOnlySpan<byte> at) => dtype.Name switch
    {
        "bool" => at[0] switch { 0 => false, 1 => true, var b => throw new InvalidOperationException($"A truth value is stored as {b}.") },
        "int8" => (sbyte)at[0],
        "int16" => MemoryMarshal.Read<short>(at),
        "int32" => MemoryMarshal.Read<int>(at),
        "int64" => MemoryMarshal.Read<long>(at),
        "uint8" => at[0],
        "uint16" => MemoryMarshal.Read<ushort>(at),
        "uint32" => MemoryMarshal.Read<uint>(at),
        "uint64" => MemoryMarshal.Read<ulong>(at),
        "float16" => MemoryMarshal.Read<Half>(at),
        "bfloat16" => new BFloat(MemoryMarshal.Read<ushort>(at)),
        "float32" => MemoryMarshal.Read<float>(at),
        _ => MemoryMarshal.Read<double>(at),
    };

    /// <summary>Whether two numbers have the same bits; all NaNs are alike, and so are zeros if <paramref name="anyZero"/>.</summary>
    public static bool Same(object a, object b, bool anyZero = false)
    {
        var (x, y) = (AsDouble(a), AsDouble(b));
        return x is null ? a.Equals(b)
            : double.IsNaN(x.Value) ? double.IsNaN(y!.Value)
            : x == y && (anyZero || double.IsNegative(x.Value) == double.IsNegative(y!.Value));
    }

    private static double? AsDouble(object x) => x switch { float f => f, double d => d, Half h => (double)h, BFloat b => b.ToSingle(), _ => null };

    private static void Write(object value, Span<byte> at)
    {
        switch (value)
        {
            case bool b: at[0] = b ? (byte)1 : (byte)0; break;
            case sbyte n: at[0] = (byte)n; break;
            case byte n: at[0] = n; break;
            case short n: MemoryMarshal.Write(at, n); break;
            case ushort n: MemoryMarshal.Write(at, n); break;
            case int n: MemoryMarshal.Write(at, n); break;
            case uint n: MemoryMarshal.Write(at, n); break;
            case long n: MemoryMarshal.Write(at, n); break;
            case ulong n: MemoryMarshal.Write(at, n); break;
            case Half n: MemoryMarshal.Write(at, n); break;
            case BFloat n: MemoryMarshal.Write(at, n.Bits); break;
            case float n: MemoryMarshal.Write(at, n); break;
            case double n: MemoryMarshal.Write(at, n); break;
            default: throw new ArgumentException($"{value} is not an element.");
        }
    }
}
