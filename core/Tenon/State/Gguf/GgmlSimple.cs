using Tenon.Core;
using static Tenon.State.GgmlBlocks;

namespace Tenon.State;

/// <summary>Formats with one scale a block; the layouts are those of <c>ggml-common.h</c>.</summary>
internal static class GgmlSimple
{
    /// <summary>A scale, 16 bytes: bits choose the scale or its negative.</summary>
    public static Tensor Q1(GgmlBlocks b)
    {
        var d = b.Half(0, 3);
        return Tensor.Where(Bits(b.Bytes(2, 16, 1), 1, 8, 0, 1).Ne(0), d, -d);
    }

    /// <summary>A scale, 16 bytes of 4 numbers each.</summary>
    public static Tensor Q2(GgmlBlocks b) => Float(Bits(b.Bytes(2, 16, 1), 2, 4, 0, 3) - 1) * b.Half(0, 3);

    /// <summary>A scale, 16 bytes: the low nibbles come first.</summary>
    public static Tensor Q4(GgmlBlocks b) => Float(Nibbles(b, 2) - 8) * b.Half(0, 3);

    /// <summary>A scale, a minimum, 16 bytes.</summary>
    public static Tensor Q4WithMinimum(GgmlBlocks b) => Float(Nibbles(b, 4)) * b.Half(0, 3) + b.Half(2, 3);

    /// <summary>A scale, 4 bytes of fifth bits, 16 bytes.</summary>
    public static Tensor Q5(GgmlBlocks b) => Float((Nibbles(b, 6) | Fifth(b, 2) << 4) - 16) * b.Half(0, 3);

    /// <summary>A scale, a minimum, 4 bytes of fifth bits, 16 bytes.</summary>
    public static Tensor Q5WithMinimum(GgmlBlocks b) => Float(Nibbles(b, 8) | Fifth(b, 4) << 4) * b.Half(0, 3) + b.Half(2, 3);

    /// <summary>A scale, 32 signed bytes.</summary>
    public static Tensor Q8(GgmlBlocks b) => Float(b.SignedBytes(2, 32)) * b.Half(0, 2);

    /// <summary>A scale, the scaled sum of the elements, 32 signed bytes.</summary>
    public static Tensor Q8WithSum(GgmlBlocks b) => Float(b.SignedBytes(4, 32)) * b.Half(0, 2);

    /// <summary>48 bytes of five ternary digits each, 4 of four, a scale. A byte is the digits as a fraction of 256.</summary>
    public static Tensor Ternary5(GgmlBlocks b)
    {
        var digits = Tensor.Cat([Digits(b.Bytes(0, 1, 32), 5), Digits(b.Bytes(32, 1, 16), 5), Digits(b.Bytes(48, 1, 4), 4)], 1);
        return Float(digits - 1) * b.Half(52, 2);

        Tensor Digits(Tensor bytes, int count)
        {
            var powers = Tensor.From<int>([1, 3, 9, 27, 81], bytes.Device)[..count].Reshape(count, 1);
            return ((bytes * powers & 255) * 3 >> 8).Reshape([b.Count, bytes.Shape.Size(2) * count]);
        }
    }

    /// <summary>64 bytes of 4 numbers each, a scale.</summary>
    public static Tensor Ternary4(GgmlBlocks b) => Float(Bits(b.Bytes(0, 2, 1, 32), 2, 4, 1, 3) - 1) * b.Half(64, 4);

    /// <summary>An exponent, 16 bytes; float4e2m1 is halved by the scale, whose smallest values are subnormal.</summary>
    public static Tensor Mxfp4(GgmlBlocks b)
    {
        var e = b.Bytes(0, 1, 1);
        var subnormal = Tensor.Where(e.Eq(0), Tensor.Full([], 0x00200000, DType.Int32), 0x00400000);
        var scale = Tensor.Where(e < 2, subnormal, (e - 1) << 23).Bitcast(DType.Float32);
        return Choose16(Nibbles(b, 1), GgmlGrids.Float4) * scale;
    }

    /// <summary>Four scales, unsigned float8e4m3 whose NaN counts as 0, and 4 × 8 bytes of float4e2m1, of which the tables have the double.</summary>
    public static Tensor Nvfp4(GgmlBlocks b)
    {
        var bits = b.Bytes(0, 4, 1, 1);
        var (exponent, mantissa) = (bits >> 3 & 15, bits & 7);
        var normal = ((exponent + 119) << 23 | mantissa << 20).Bitcast(DType.Float32);
        var scale = Tensor.Where(bits.Eq(0x7f), 0, Tensor.Where(exponent.Eq(0), Float(mantissa) * Math.ScaleB(1, -10), normal));
        return Choose16(Bits(b.Bytes(4, 4, 1, 8), 4, 2, 1, 15), GgmlGrids.Float4) * scale;
    }

    // [blocks, 2, 16] of the 16 bytes from one on.
    private static Tensor Nibbles(GgmlBlocks b, int at) => Bits(b.Bytes(at, 1, 16), 4, 2, 1, 15);

    private static Tensor Fifth(GgmlBlocks b, int at) => Bits(b.Bytes(at, 4, 1), 1, 8, 0, 1).Reshape([b.Count, 2, 16]);
}
