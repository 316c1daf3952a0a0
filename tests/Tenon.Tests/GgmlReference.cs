using System.Buffers.Binary;
using Tenon.State;

namespace Tenon.Tests;

/// <summary>Quantised blocks unpacked one element at a time: place in the block → number, with no arrays in between.</summary>
internal static class GgmlReference
{
    public static float[] Dequantize(GgmlType type, byte[] raw)
    {
        var format = GgmlFormat.Find(type)!;
        var elements = new float[raw.Length / format.BlockBytes * format.BlockSize];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = Element(type, raw.AsSpan(i / format.BlockSize * format.BlockBytes, format.BlockBytes), i % format.BlockSize);
        }

        return elements;
    }

    private static float Element(GgmlType type, ReadOnlySpan<byte> b, int i) => type switch
    {
        GgmlType.Q1_0 => (b[2 + i / 8] >> i % 8 & 1) == 1 ? Half(b) : -Half(b),
        GgmlType.Q2_0 => ((b[2 + i / 4] >> i % 4 * 2 & 3) - 1) * Half(b),
        GgmlType.Q4_0 => (Nibble(b[2..], i) - 8) * Half(b),
        GgmlType.Q4_1 => Nibble(b[4..], i) * Half(b) + Half(b[2..]),
        GgmlType.Q5_0 => ((Nibble(b[6..], i) | Bit(b[2..], i) << 4) - 16) * Half(b),
        GgmlType.Q5_1 => (Nibble(b[8..], i) | Bit(b[4..], i) << 4) * Half(b) + Half(b[2..]),
        GgmlType.Q8_0 => (sbyte)b[2 + i] * Half(b),
        GgmlType.Q8_1 => (sbyte)b[4 + i] * Half(b),
        GgmlType.Q2_K => Half(b[80..]) * (b[i / 16] & 15) * Pair(b[16..], i) - Half(b[82..]) * (b[i / 16] >> 4),
        GgmlType.Q3_K => Half(b[108..]) * (Scale3(b[96..], i / 16) - 32) * (Pair(b[32..], i) + ((b[i % 32] >> i / 32 & 1) == 1 ? 0 : -4)),
        GgmlType.Q4_K => Half(b) * Scale4(b[4..], i / 32).Scale * (b[16 + i / 64 * 32 + i % 32] >> i / 32 % 2 * 4 & 15) - Half(b[2..]) * Scale4(b[4..], i / 32).Minimum,
        GgmlType.Q5_K => Half(b) * Scale4(b[4..], i / 32).Scale * ((b[48 + i / 64 * 32 + i % 32] >> i / 32 % 2 * 4 & 15) + ((b[16 + i % 32] >> i / 32 & 1) == 1 ? 16 : 0))
            - Half(b[2..]) * Scale4(b[4..], i / 32).Minimum,
        GgmlType.Q6_K => Half(b[208..]) * (sbyte)b[192 + i / 16] * (((b[i / 128 * 64 + i % 64] >> i % 128 / 64 * 4 & 15) | (b[128 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3) << 4) - 32),
        GgmlType.Q8_K => BinaryPrimitives.ReadSingleLittleEndian(b) * (sbyte)b[4 + i],
        GgmlType.TQ1_0 => (i < 160 ? Trit(b[i % 32], i / 32) : i < 240 ? Trit(b[32 + i % 16], (i - 160) / 16) : Trit(b[48 + i % 4], (i - 240) / 4)) * Half(b[52..]),
        GgmlType.TQ2_0 => ((b[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3) - 1) * Half(b[64..]),
        GgmlType.MXFP4 => GgmlGrids.Float4[Nibble(b[1..], i)] * MathF.ScaleB(1, b[0] - 128),
        GgmlType.NVFP4 => GgmlGrids.Float4[b[4 + i / 16 * 8 + i % 8] >> i / 8 % 2 * 4 & 15] * Scale8(b[i / 16]),
        GgmlType.IQ4_NL => Half(b) * GgmlGrids.NonLinear[Nibble(b[2..], i)],
        GgmlType.IQ4_XS => Half(b) * (((b[4 + i / 64] >> i / 32 % 2 * 4 & 15) | (Word(b[2..]) >> i / 32 * 2 & 3) << 4) - 32) * GgmlGrids.NonLinear[b[8 + i / 32 * 16 + i % 16] >> i / 16 % 2 * 4 & 15],
        GgmlType.IQ2_XXS => Half(b) * (0.5f + (b[2 + i / 32 * 8 + 7] >> 4)) * 0.25f * GgmlGrids.Iq2Xxs[b[2 + i / 32 * 8 + i / 8 % 4] * 8 + i % 8]
            * Sign7((int)(BinaryPrimitives.ReadUInt32LittleEndian(b[(2 + i / 32 * 8 + 4)..]) >> i / 8 % 4 * 7 & 127), i % 8),
        GgmlType.IQ2_XS => Half(b) * (0.5f + (b[66 + i / 32] >> i / 16 % 2 * 4 & 15)) * 0.25f * GgmlGrids.Iq2Xs[(Word(b[(2 + i / 8 * 2)..]) & 511) * 8 + i % 8]
            * Sign7(Word(b[(2 + i / 8 * 2)..]) >> 9, i % 8),
        GgmlType.IQ2_S => Half(b) * (0.5f + (b[74 + i / 32] >> i / 16 % 2 * 4 & 15)) * 0.25f * GgmlGrids.Iq2S[(b[2 + i / 8] | (b[66 + i / 32] >> i / 8 % 4 * 2 & 3) << 8) * 8 + i % 8]
            * (Bit(b[34..], i) == 1 ? -1 : 1),
        GgmlType.IQ3_XXS => Half(b) * (0.5f + (b[66 + i / 32 * 4 + 3] >> 4)) * 0.5f * GgmlGrids.Iq3Xxs[b[2 + i / 4] * 4 + i % 4]
            * Sign7((int)(BinaryPrimitives.ReadUInt32LittleEndian(b[(66 + i / 32 * 4)..]) >> i / 8 % 4 * 7 & 127), i % 8),
        GgmlType.IQ3_S => Half(b) * (1 + 2 * (b[106 + i / 64] >> i / 32 % 2 * 4 & 15)) * GgmlGrids.Iq3S[(b[2 + i / 4] | Bit(b[66..], i / 4) << 8) * 4 + i % 4] * (Bit(b[74..], i) == 1 ? -1 : 1),
        GgmlType.IQ1_S => Half(b) * (2 * (Word(b[(34 + i / 32 * 2)..]) >> 12 & 7) + 1)
            * (GgmlGrids.Iq1[(b[2 + i / 8] | (Word(b[(34 + i / 32 * 2)..]) >> i / 8 % 4 * 3 & 7) << 8) * 8 + i % 8] + ((Word(b[(34 + i / 32 * 2)..]) & 0x8000) != 0 ? -0.125f : 0.125f)),
        GgmlType.IQ1_M => (float)BitConverter.UInt16BitsToHalf((ushort)(b[49] >> 4 | b[51] & 0xf0 | (b[53] & 0xf0) << 4 | (b[55] & 0xf0) << 8))
            * (2 * (Word(b[(48 + i / 64 * 2)..]) >> i / 16 % 4 * 3 & 7) + 1)
            * (GgmlGrids.Iq1[(b[i / 8] | (b[32 + i / 16] >> i / 8 % 2 * 4 & 7) << 8) * 8 + i % 8] + ((b[32 + i / 16] >> i / 8 % 2 * 4 & 8) != 0 ? -0.125f : 0.125f)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no loop for it"),
    };

    private static float Half(ReadOnlySpan<byte> b) => (float)BinaryPrimitives.ReadHalfLittleEndian(b);

    private static int Word(ReadOnlySpan<byte> b) => BinaryPrimitives.ReadUInt16LittleEndian(b);

    private static int Bit(ReadOnlySpan<byte> b, int i) => b[i / 8] >> i % 8 & 1;

    private static int Nibble(ReadOnlySpan<byte> b, int i) => b[i % 16] >> i / 16 * 4 & 15;

    private static int Pair(ReadOnlySpan<byte> b, int i) => b[i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;

    private static int Scale3(ReadOnlySpan<byte> b, int i) => (b[i % 8] >> i / 8 * 4 & 15) | (b[8 + i % 4] >> i / 4 * 2 & 3) << 4;

    private static (int Scale, int Minimum) Scale4(ReadOnlySpan<byte> b, int i) =>
        i < 4 ? (b[i] & 63, b[i + 4] & 63) : (b[i + 4] & 15 | b[i - 4] >> 6 << 4, b[i + 4] >> 4 | b[i] >> 6 << 4);

    private static float Scale8(byte b) => b == 0x7f ? 0 : (b >> 3 & 15) == 0 ? MathF.ScaleB(b & 7, -10) : MathF.ScaleB(8 + (b & 7), (b >> 3 & 15) - 11);

    private static int Trit(byte b, int place)
    {
        for (; place > 0; place--)
        {
            b *= 3;
        }

        return (b * 3 >> 8) - 1;
    }

    private static float Sign7(int bits, int i) => ((i < 7 ? bits >> i : System.Numerics.BitOperations.PopCount((uint)bits)) & 1) == 1 ? -1 : 1;
}
