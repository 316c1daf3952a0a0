using Tenon.Core.Backend;

namespace Tenon.Sdk.TensorCores;

/// <summary>The cores of AMD's devices, as its instruction set manuals describe the registers of WMMA and MFMA.</summary>
public static class AmdCores
{
    /// <summary>RDNA3: both halves of a wave hold the same of A and B.</summary>
    public static IReadOnlyList<TensorCore> Rdna3 { get; } =
    [
        Rdna3Core(DType.Float16, DType.Float32),
        Rdna3Core(DType.Float16, DType.Float16),
        Rdna3Core(DType.BFloat16, DType.Float32),
        Rdna3Core(DType.Int8, DType.Int32),
    ];

    /// <summary>RDNA4.</summary>
    public static IReadOnlyList<TensorCore> Rdna4 { get; } =
    [
        Rdna4Core(DType.Float16, DType.Float32),
        Rdna4Core(DType.Float16, DType.Float16),
        Rdna4Core(DType.BFloat16, DType.Float32),
        Rdna4Core(DType.BFloat16, DType.BFloat16),
    ];

    private static readonly TensorCore[] Halves16 = [Mfma(16, DType.Float16), Mfma(16, DType.BFloat16)];

    /// <summary>CDNA3, whose 8-bit floats have no -0.</summary>
    public static IReadOnlyList<TensorCore> Cdna3 { get; } = [Mfma(32, DType.Float8E5M2FNUZ), Mfma(32, DType.Float8E4M3FNUZ), .. Halves16];

    /// <summary>CDNA4.</summary>
    public static IReadOnlyList<TensorCore> Cdna4 { get; } =
    [
        Mfma(128, DType.Float8E5M2),
        Mfma(128, DType.Float8E4M3FN),
        Mfma(32, DType.Float8E5M2),
        Mfma(32, DType.Float8E4M3FN),
        Mfma(32, DType.Float16),
        Mfma(32, DType.BFloat16),
        .. Halves16,
    ];

    private static TensorCore Rdna3Core(DType input, DType sums) =>
        Core("wmma", 16, 32, input, sums, new("m0 m1 m2 m3 -", "k0 k1 k2 k3"), new("n0 n1 n2 n3 -", "k0 k1 k2 k3"), new("n0 n1 n2 n3 m0", "m1 m2 m3"));

    private static TensorCore Rdna4Core(DType input, DType sums) =>
        Core("wmma.gfx12", 16, 32, input, sums, new("m0 m1 m2 m3 k3", "k0 k1 k2"), new("n0 n1 n2 n3 k3", "k0 k1 k2"), new("n0 n1 n2 n3 m3", "m0 m1 m2"));

    // A lane has k / 4 consecutive elements of a row of A and of a column of B.
    private static TensorCore Mfma(int k, DType input)
    {
        var bits = Enumerable.Range(0, int.Log2(k)).Select(i => $"k{i}").ToArray();
        var (own, others) = (string.Join(' ', bits[..^2]), string.Join(' ', bits[^2..]));
        return Core("mfma", k, 64, input, DType.Float32, new($"m0 m1 m2 m3 {others}", own), new($"n0 n1 n2 n3 {others}", own), new("n0 n1 n2 n3 m2 m3", "m0 m1"));
    }

    private static TensorCore Core(string kind, int k, int lanes, DType input, DType sums, FragmentLayout a, FragmentLayout b, FragmentLayout c) => new()
    {
        Name = $"{kind}.16x16x{k}.{sums}.{input}",
        M = 16,
        N = 16,
        K = k,
        Input = input,
        Accumulator = sums,
        Lanes = lanes,
        A = a,
        B = b,
        C = c,
    };
}
