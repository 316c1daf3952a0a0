using System.Buffers.Binary;

namespace Tenon.Compiler.Tests;

/// <summary>Literals as the bytes that they have in memory, and back.</summary>
internal static class ElementBytes
{
    public static byte[] From(ReadOnlySpan<Scalar> values, DType dtype)
    {
        var bytes = new byte[values.Length * dtype.Bytes];
        Span<byte> all = stackalloc byte[8];
        for (var i = 0; i < values.Length; i++)
        {
            var at = bytes.AsSpan(i * dtype.Bytes);
            var bits = dtype.IsFloat ? FloatBits(values[i], dtype) : values[i].AsLong;
            BinaryPrimitives.WriteInt64LittleEndian(all, bits);
            all[..dtype.Bytes].CopyTo(at);
        }

        return bytes;
    }

    public static Scalar[] To(ReadOnlySpan<byte> bytes, DType dtype)
    {
        var values = new Scalar[bytes.Length / dtype.Bytes];
        Span<byte> all = stackalloc byte[8];
        for (var i = 0; i < values.Length; i++)
        {
            all.Clear();
            bytes.Slice(i * dtype.Bytes, dtype.Bytes).CopyTo(all);
            var bits = BinaryPrimitives.ReadInt64LittleEndian(all);
            values[i] = dtype.Name switch
            {
                "float64" => BitConverter.Int64BitsToDouble(bits),
                "float32" => BitConverter.Int32BitsToSingle((int)bits),
                "float16" => (double)BitConverter.Int16BitsToHalf((short)bits),
                "bfloat16" => BitConverter.Int32BitsToSingle((int)bits << 16),
                _ => ((Scalar)bits).To(dtype),
            };
        }

        return values;
    }

    private static long FloatBits(Scalar value, DType dtype) => dtype.Name switch
    {
        "float64" => BitConverter.DoubleToInt64Bits(value.AsDouble),
        "float32" => BitConverter.SingleToInt32Bits((float)value.AsDouble),
        "float16" => BitConverter.HalfToInt16Bits((Half)value.AsDouble),
        _ => BitConverter.SingleToInt32Bits(Scalar.RoundToBFloat16((float)value.AsDouble)) >> 16,
    };
}
