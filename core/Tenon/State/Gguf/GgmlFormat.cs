using Tenon.Core;

namespace Tenon.State;

/// <summary>How a <see cref="GgmlType"/> lays out its elements.</summary>
/// <param name="Type">The type.</param>
/// <param name="BlockSize">Elements of a block.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="DType">What the elements are once they are unpacked.</param>
/// <param name="Unpack">The elements of blocks, in order, float32 <c>[blocks, …]</c>; null if a block is one element of <paramref name="DType"/>.</param>
internal sealed record GgmlFormat(GgmlType Type, int BlockSize, int BlockBytes, DType DType, Func<GgmlBlocks, GgmlTables, Tensor>? Unpack)
{
    private static readonly Dictionary<GgmlType, GgmlFormat> All = Formats().ToDictionary(f => f.Type);

    /// <summary>The format of a type's number; null if there is none.</summary>
    public static GgmlFormat? Find(GgmlType type) => All.GetValueOrDefault(type);

    /// <summary>The type in which elements of a dtype are stored as they are; null if there is none.</summary>
    public static GgmlType? TypeOf(DType dtype) => All.Values.FirstOrDefault(f => f.Unpack is null && f.DType == dtype)?.Type;

    /// <summary>The elements of blocks.</summary>
    /// <param name="raw">uint8 <c>[…, bytes]</c>: rows of whole blocks.</param>
    /// <param name="tables">The tables of the device of the blocks.</param>
    /// <returns>float32 <c>[…, elements]</c>.</returns>
    public Tensor Dequantize(Tensor raw, GgmlTables tables)
    {
        var sizes = raw.Shape.ToSizes();
        sizes[^1] = raw.Size(-1) / BlockBytes * BlockSize;
        return Unpack!(new GgmlBlocks(raw.Reshape(-1, BlockBytes)), tables).Reshape(sizes);
    }

    private static IEnumerable<GgmlFormat> Formats() =>
    [
        Plain(GgmlType.F32, DType.Float32), Plain(GgmlType.F16, DType.Float16), Plain(GgmlType.BF16, DType.BFloat16), Plain(GgmlType.F64, DType.Float64),
        Plain(GgmlType.I8, DType.Int8), Plain(GgmlType.I16, DType.Int16), Plain(GgmlType.I32, DType.Int32), Plain(GgmlType.I64, DType.Int64),
        Packed(GgmlType.Q1_0, 128, 18, GgmlSimple.Q1), Packed(GgmlType.Q2_0, 64, 18, GgmlSimple.Q2),
        Packed(GgmlType.Q4_0, 32, 18, GgmlSimple.Q4), Packed(GgmlType.Q4_1, 32, 20, GgmlSimple.Q4WithMinimum),
        Packed(GgmlType.Q5_0, 32, 22, GgmlSimple.Q5), Packed(GgmlType.Q5_1, 32, 24, GgmlSimple.Q5WithMinimum),
        Packed(GgmlType.Q8_0, 32, 34, GgmlSimple.Q8), Packed(GgmlType.Q8_1, 32, 36, GgmlSimple.Q8WithSum),
        Packed(GgmlType.Q2_K, 256, 84, GgmlSuperBlocks.Q2), Packed(GgmlType.Q3_K, 256, 110, GgmlSuperBlocks.Q3),
        Packed(GgmlType.Q4_K, 256, 144, GgmlSuperBlocks.Q4), Packed(GgmlType.Q5_K, 256, 176, GgmlSuperBlocks.Q5),
        Packed(GgmlType.Q6_K, 256, 210, GgmlSuperBlocks.Q6), Packed(GgmlType.Q8_K, 256, 292, GgmlSuperBlocks.Q8),
        Packed(GgmlType.TQ1_0, 256, 54, GgmlSimple.Ternary5), Packed(GgmlType.TQ2_0, 256, 66, GgmlSimple.Ternary4),
        Packed(GgmlType.MXFP4, 32, 17, GgmlSimple.Mxfp4), Packed(GgmlType.NVFP4, 64, 36, GgmlSimple.Nvfp4),
        Packed(GgmlType.IQ4_NL, 32, 18, GgmlGridded.Iq4Nl), Packed(GgmlType.IQ4_XS, 256, 136, GgmlGridded.Iq4Xs),
        new(GgmlType.IQ2_XXS, 256, 66, DType.Float32, GgmlGridded.Iq2Xxs), new(GgmlType.IQ2_XS, 256, 74, DType.Float32, GgmlGridded.Iq2Xs),
        new(GgmlType.IQ2_S, 256, 82, DType.Float32, GgmlGridded.Iq2S), new(GgmlType.IQ3_XXS, 256, 98, DType.Float32, GgmlGridded.Iq3Xxs),
        new(GgmlType.IQ3_S, 256, 110, DType.Float32, GgmlGridded.Iq3S), new(GgmlType.IQ1_S, 256, 50, DType.Float32, GgmlGridded.Iq1S),
        new(GgmlType.IQ1_M, 256, 56, DType.Float32, GgmlGridded.Iq1M),
    ];

    private static GgmlFormat Plain(GgmlType type, DType dtype) => new(type, 1, dtype.Bytes, dtype, null);

    private static GgmlFormat Packed(GgmlType type, int size, int bytes, Func<GgmlBlocks, Tensor> unpack) => new(type, size, bytes, DType.Float32, (b, _) => unpack(b));
}
