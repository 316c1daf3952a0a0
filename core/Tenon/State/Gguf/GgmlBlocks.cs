using Tenon.Core;

namespace Tenon.State;

/// <summary>The bytes of quantised blocks, and what formats are made of: numbers cut out of bytes, as int32 or float32.</summary>
/// <param name="raw">uint8 <c>[blocks, bytes of a block]</c>.</param>
internal sealed class GgmlBlocks(Tensor raw)
{
    /// <summary>How many blocks there are.</summary>
    public SymInt Count { get; } = raw.Shape.Size(0);

    /// <summary>Bytes in the shape <c>[blocks, …]</c>.</summary>
    public Tensor Bytes(int at, params ReadOnlySpan<long> shape)
    {
        var bytes = raw[.., at..(at + (int)Shapes.Product(shape))].Cast(DType.Int32);
        return bytes.Reshape([Count, .. Sizes(shape)]);
    }

    /// <summary>Signed bytes in the shape <c>[blocks, …]</c>.</summary>
    public Tensor SignedBytes(int at, params ReadOnlySpan<long> shape) => Bytes(at, shape).Cast(DType.Int8).Cast(DType.Int32);

    /// <summary>Numbers of two bytes in the shape <c>[blocks, …]</c>.</summary>
    public Tensor Words(int at, params ReadOnlySpan<long> shape)
    {
        var pairs = Bytes(at, [.. shape, 2]);
        return pairs[TensorIndex.Ellipsis, 0] | pairs[TensorIndex.Ellipsis, 1] << 8;
    }

    /// <summary>Numbers of four bytes, the highest bit as a sign, in the shape <c>[blocks, …]</c>.</summary>
    public Tensor DoubleWords(int at, params ReadOnlySpan<long> shape)
    {
        var words = Words(at, [.. shape, 2]);
        return words[TensorIndex.Ellipsis, 0] | words[TensorIndex.Ellipsis, 1] << 16;
    }

    /// <summary>A float16 as float32 <c>[blocks, 1, …]</c>, of so many axes.</summary>
    public Tensor Half(int at, int rank) => HalfOf(Words(at), rank);

    /// <summary>The float16 of which the bits <c>[blocks]</c> are given.</summary>
    public Tensor HalfOf(Tensor bits, int rank) => Lead(bits.Cast(DType.UInt16).Bitcast(DType.Float16).Cast(DType.Float32), rank);

    /// <summary>One number for each block, in so many axes.</summary>
    public Tensor Lead(Tensor x, int rank) => x.Reshape([Count, .. Sizes(Enumerable.Repeat(1L, rank - 1).ToArray())]);

    /// <summary>Bits of each number: the last axis but <paramref name="before"/> becomes one of shifts by 0, <paramref name="step"/>, ….</summary>
    /// <param name="x">Numbers, of size 1 on that axis.</param>
    /// <param name="step">By how much more each is shifted.</param>
    /// <param name="count">How many shifts there are.</param>
    /// <param name="before">How many axes follow that of the shifts.</param>
    /// <param name="mask">What remains of each.</param>
    public static Tensor Bits(Tensor x, int step, int count, int before, int mask)
    {
        var shifts = (Tensor.Arange(count) * step).Reshape([count, .. Sizes(Enumerable.Repeat(1L, before).ToArray())]);
        return x.ShiftedRight(shifts) & mask;
    }

    /// <summary>Numbers as float32.</summary>
    public static Tensor Float(Tensor x) => x.Cast(DType.Float32);

    /// <summary>The elements of a table that indices choose, on a new last axis if rows have several.</summary>
    /// <param name="indices">Integers within the table.</param>
    /// <param name="table">float32 <c>[rows, columns]</c>.</param>
    public static Tensor Choose(Tensor indices, Tensor table)
    {
        var chosen = table.IndexSelect(0, indices.Reshape(-1));
        return chosen.Reshape([.. indices.Shape.ToSizes(), .. table.Shape.ToSizes()[1..]]);
    }

    /// <summary>One of 16 small numbers for each index, as float32. They are bits of two literals, so that no table is read.</summary>
    /// <param name="indices">Integers of 0 to 15.</param>
    /// <param name="values">The numbers, each of one signed byte.</param>
    public static Tensor Choose16(Tensor indices, ReadOnlySpan<float> values)
    {
        Span<long> halves = [0, 0];
        for (var i = 0; i < 16; i++)
        {
            halves[i / 8] |= (long)(byte)(sbyte)values[i] << i % 8 * 8;
        }

        var half = Tensor.Where(indices < 8, Tensor.Full([], halves[0], DType.Int64), Tensor.Full([], halves[1], DType.Int64));
        return Float(half.ShiftRight((indices & 7) * 8).Cast(DType.Int8));
    }

    /// <summary>Numbers whose signs change where a bit is set.</summary>
    public static Tensor Signed(Tensor x, Tensor bits) => Tensor.Where(bits.Ne(0), -x, x);

    /// <summary>Seven bits, and an eighth that makes the number of bits even.</summary>
    public static Tensor WithParity(Tensor x)
    {
        var folded = x ^ x >> 4;
        folded ^= folded >> 2;
        return x | ((folded ^ folded >> 1) & 1) << 7;
    }

    private static SymInt[] Sizes(ReadOnlySpan<long> shape)
    {
        var sizes = new SymInt[shape.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = shape[i];
        }

        return sizes;
    }
}
