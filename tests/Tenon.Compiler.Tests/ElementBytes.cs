using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>Literals as the bits that they have in memory, and back.</summary>
internal static class ElementBytes
{
    public static byte[] From(ReadOnlySpan<Scalar> values, DType dtype)
    {
        var bytes = new byte[dtype.BytesOf(values.Length)];
        for (var i = 0; i < values.Length; i++)
        {
            var bits = NaiveEvaluator.ToBits(dtype, values[i]);
            for (var b = 0; b < dtype.Bits; b++)
            {
                var at = i * dtype.Bits + b;
                bytes[at / 8] |= (byte)((bits >> b & 1) << at % 8);
            }
        }

        return bytes;
    }

    public static Scalar[] To(ReadOnlySpan<byte> bytes, DType dtype, long count)
    {
        var values = new Scalar[count];
        for (var i = 0; i < values.Length; i++)
        {
            ulong bits = 0;
            for (var b = 0; b < dtype.Bits; b++)
            {
                var at = i * dtype.Bits + b;
                bits |= ((ulong)bytes[at / 8] >> at % 8 & 1) << b;
            }

            values[i] = NaiveEvaluator.FromBits(dtype, bits);
        }

        return values;
    }
}
