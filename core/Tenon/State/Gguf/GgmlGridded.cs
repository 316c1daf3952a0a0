using Tenon.Core;
using static Tenon.State.GgmlBlocks;

namespace Tenon.State;

/// <summary>The IQ formats: elements are chosen from tables, in rows of 8 or 4, with scales and signs beside.</summary>
internal static class GgmlGridded
{
    private const double Delta = 0.125;

    /// <summary>A scale, 16 bytes of places in a list of 16 values.</summary>
    public static Tensor Iq4Nl(GgmlBlocks b) => b.Half(0, 3) * Choose16(Bits(b.Bytes(2, 1, 16), 4, 2, 1, 15), GgmlGrids.NonLinear);

    /// <summary>A scale, pairs of high bits of 8 scales, their low nibbles, 8 × 16 bytes of places.</summary>
    public static Tensor Iq4Xs(GgmlBlocks b)
    {
        var high = Bits(b.Words(2, 1), 2, 8, 0, 3);
        var low = Bits(b.Bytes(4, 4, 1), 4, 2, 0, 15).Reshape([b.Count, 8]);
        var scales = ((low | high << 4) - 32).Reshape([b.Count, 8, 1, 1]);
        return b.Half(0, 4) * Float(scales) * Choose16(Bits(b.Bytes(8, 8, 1, 16), 4, 2, 1, 15), GgmlGrids.NonLinear);
    }

    /// <summary>A scale, 8 times: 4 rows, and 28 bits of signs under 4 bits of scale.</summary>
    public static Tensor Iq2Xxs(GgmlBlocks b, GgmlTables tables)
    {
        var parts = b.Bytes(2, 8, 8);
        var (signs, scale) = SignsAndScale(b.DoubleWords(2, 8, 2)[.., .., 1], b);
        return Signed(b.Half(0, 4) * (Float(scale) + 0.5) * 0.25 * Choose(parts[.., .., ..4], tables.Iq2Xxs), signs);
    }

    /// <summary>A scale, 32 rows of 9 bits under 7 bits of signs, 16 scales of 4 bits.</summary>
    public static Tensor Iq2Xs(GgmlBlocks b, GgmlTables tables)
    {
        var words = b.Words(2, 16, 2);
        var signs = Bits(WithParity(words >> 9).Unsqueeze(-1), 1, 8, 0, 1);
        return Signed(Scales16(b, 66) * Choose(words & 511, tables.Iq2Xs), signs);
    }

    /// <summary>A scale, 32 rows of 8 bits, 32 × 8 signs, pairs of high bits of the rows, 16 scales of 4 bits.</summary>
    public static Tensor Iq2S(GgmlBlocks b, GgmlTables tables)
    {
        var high = Bits(b.Bytes(66, 8, 1), 2, 4, 0, 3).Reshape([b.Count, 16, 2]);
        var signs = Bits(b.Bytes(34, 16, 2, 1), 1, 8, 0, 1);
        return Signed(Scales16(b, 74) * Choose(b.Bytes(2, 16, 2) | high << 8, tables.Iq2S), signs);
    }

    /// <summary>A scale, 8 × 8 rows of 4, 8 times 28 bits of signs under 4 bits of scale.</summary>
    public static Tensor Iq3Xxs(GgmlBlocks b, GgmlTables tables)
    {
        var (signs, scale) = SignsAndScale(b.DoubleWords(66, 8), b);
        var rows = Choose(b.Bytes(2, 8, 8), tables.Iq3Xxs).Reshape([b.Count, 8, 4, 8]);
        return Signed(b.Half(0, 4) * (Float(scale) + 0.5) * 0.5 * rows, signs);
    }

    /// <summary>A scale, 8 × 8 rows of 4, their ninth bits, 8 × 32 signs, 8 scales of 4 bits.</summary>
    public static Tensor Iq3S(GgmlBlocks b, GgmlTables tables)
    {
        var high = Bits(b.Bytes(66, 8, 1), 1, 8, 0, 1);
        var signs = Bits(b.Bytes(74, 8, 4, 1), 1, 8, 0, 1);
        var scale = Bits(b.Bytes(106, 4, 1), 4, 2, 0, 15).Reshape([b.Count, 8, 1, 1]);
        var rows = Choose(b.Bytes(2, 8, 8) | high << 8, tables.Iq3S).Reshape([b.Count, 8, 4, 8]);
        return Signed(b.Half(0, 4) * Float(scale * 2 + 1) * rows, signs);
    }

    /// <summary>A scale, 32 rows of 8 bits, 8 times: three more bits for each of 4 rows, a scale of 3 bits, and the sign of what is added.</summary>
    public static Tensor Iq1S(GgmlBlocks b, GgmlTables tables)
    {
        var high = b.Words(34, 8, 1);
        var rows = b.Bytes(2, 8, 4) | Bits(high, 3, 4, 0, 7) << 8;
        var scale = (high >> 12 & 7) * 2 + 1;
        var delta = Signed(Tensor.Full([1, 1, 1], Delta, DType.Float32), high >> 15);
        return (b.Half(0, 3) * Float(scale)).Unsqueeze(-1) * (Choose(rows, tables.Iq1) + delta.Unsqueeze(-1));
    }

    /// <summary>32 rows of 8 bits, for each a nibble of three more bits and the sign of what is added; 16 scales of 3 bits, under the nibbles of the scale.</summary>
    public static Tensor Iq1M(GgmlBlocks b, GgmlTables tables)
    {
        var words = b.Words(48, 4);
        var d = b.HalfOf(words[.., 0] >> 12 | words[.., 1] >> 8 & 0xf0 | words[.., 2] >> 4 & 0xf00 | words[.., 3] & 0xf000, 4);
        var nibbles = Bits(b.Bytes(32, 16, 1), 4, 2, 0, 15);
        var rows = b.Bytes(0, 16, 2) | (nibbles & 7) << 8;
        var scale = (Bits(words.Unsqueeze(-1), 3, 4, 0, 7) * 2 + 1).Reshape([b.Count, 16, 1, 1]);
        var delta = Signed(Tensor.Full([1, 1, 1], Delta, DType.Float32), nibbles >> 3);
        return d * Float(scale) * (Choose(rows, tables.Iq1) + delta.Unsqueeze(-1));
    }

    // [blocks, 16, 1, 1]: the scale of each 16 elements.
    private static Tensor Scales16(GgmlBlocks b, int at) =>
        b.Half(0, 4) * (Float(Bits(b.Bytes(at, 8, 1), 4, 2, 0, 15).Reshape([b.Count, 16, 1, 1])) + 0.5) * 0.25;

    // Of [blocks, 8]: signs [blocks, 8, 4, 8] and scales [blocks, 8, 1, 1].
    private static (Tensor Signs, Tensor Scale) SignsAndScale(Tensor words, GgmlBlocks b) => (
        Bits(WithParity(Bits(words.Unsqueeze(-1), 7, 4, 0, 127)).Unsqueeze(-1), 1, 8, 0, 1),
        (words >> 28 & 15).Reshape([b.Count, 8, 1, 1]));
}
