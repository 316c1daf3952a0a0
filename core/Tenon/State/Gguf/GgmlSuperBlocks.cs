using Tenon.Core;
using static Tenon.State.GgmlBlocks;

namespace Tenon.State;

/// <summary>The K formats: blocks of 256 with a scale, made of smaller ones whose scales are few bits themselves.</summary>
internal static class GgmlSuperBlocks
{
    /// <summary>16 bytes of scale and minimum, 64 bytes of 4 numbers each, the scale of the scales and that of the minima.</summary>
    public static Tensor Q2(GgmlBlocks b)
    {
        var scales = b.Bytes(0, 2, 4, 2, 1);
        return b.Half(80, 5) * Float(scales & 15) * Float(Pairs(b, 16)) - b.Half(82, 5) * Float(scales >> 4);
    }

    /// <summary>32 bytes of third bits, 64 bytes of 4 numbers each, 12 bytes of scales (low nibbles, then pairs of high bits), a scale.</summary>
    public static Tensor Q3(GgmlBlocks b)
    {
        var third = Bits(b.Bytes(0, 1, 32), 1, 8, 1, 1).Reshape([b.Count, 2, 4, 2, 16]);
        var low = Bits(b.Bytes(96, 1, 8), 4, 2, 1, 15).Reshape([b.Count, 16]);
        var high = Bits(b.Bytes(104, 1, 4), 2, 4, 1, 3).Reshape([b.Count, 16]);
        var scales = ((low | high << 4) - 32).Reshape([b.Count, 2, 4, 2, 1]);
        return b.Half(108, 5) * Float(scales) * Float(Pairs(b, 32) + (third << 2) - 4);
    }

    /// <summary>Two scales, 12 bytes of scales and minima, 128 bytes.</summary>
    public static Tensor Q4(GgmlBlocks b) => WithMinimum(b, Nibbles(b, 16));

    /// <summary>Two scales, 12 bytes of scales and minima, 32 bytes of fifth bits, 128 bytes.</summary>
    public static Tensor Q5(GgmlBlocks b) => WithMinimum(b, Nibbles(b, 48) | Bits(b.Bytes(16, 1, 32), 1, 8, 1, 1) << 4);

    /// <summary>128 bytes of low nibbles, 64 of pairs of high bits, 16 signed scales, a scale.</summary>
    public static Tensor Q6(GgmlBlocks b)
    {
        var low = Bits(b.Bytes(0, 2, 1, 2, 32), 4, 2, 2, 15).Reshape([b.Count, 2, 4, 32]);
        var high = Bits(b.Bytes(128, 2, 1, 32), 2, 4, 1, 3);
        var q = ((low | high << 4) - 32).Reshape([b.Count, 2, 4, 2, 16]);
        return b.Half(208, 5) * Float(b.SignedBytes(192, 2, 4, 2, 1)) * Float(q);
    }

    /// <summary>A float32 scale, 256 signed bytes, sums that only products need.</summary>
    public static Tensor Q8(GgmlBlocks b) => b.Lead(b.DoubleWords(0).Bitcast(DType.Float32), 2) * Float(b.SignedBytes(4, 256));

    // [blocks, 2, 4, 2, 16]: two times 32 bytes, each by four shifts.
    private static Tensor Pairs(GgmlBlocks b, int at) => Bits(b.Bytes(at, 2, 1, 32), 2, 4, 1, 3).Reshape([b.Count, 2, 4, 2, 16]);

    // [blocks, 8, 32]: four times 32 bytes, the low nibbles first.
    private static Tensor Nibbles(GgmlBlocks b, int at) => Bits(b.Bytes(at, 4, 1, 32), 4, 2, 1, 15).Reshape([b.Count, 8, 32]);

    // Of 8 scales and minima of 6 bits, the first four are in bytes of their own, whose top bits are those of the last four.
    private static Tensor WithMinimum(GgmlBlocks b, Tensor q)
    {
        var (scales, minima, mixed) = (b.Bytes(4, 1, 4), b.Bytes(8, 1, 4), b.Bytes(12, 1, 4));
        var first = Tensor.Arange(2).Reshape(2, 1).Eq(0);
        var scale = Tensor.Where(first, scales & 63, mixed & 15 | scales >> 6 << 4).Reshape([b.Count, 8, 1]);
        var minimum = Tensor.Where(first, minima & 63, mixed >> 4 | minima >> 6 << 4).Reshape([b.Count, 8, 1]);
        return b.Half(0, 3) * Float(scale) * Float(q) - b.Half(2, 3) * Float(minimum);
    }
}
