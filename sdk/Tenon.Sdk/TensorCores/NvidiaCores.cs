using Tenon.Core.Backend;

namespace Tenon.Sdk.TensorCores;

/// <summary>The cores of NVIDIA's devices, as the PTX ISA describes the fragments of <c>mma.sync</c> and <c>wgmma.mma_async</c>.</summary>
public static class NvidiaCores
{
    // A warp holds C in pairs of columns: 8 rows of 4 lanes, twice.
    private static readonly FragmentLayout Sums = new("n1 n2 m0 m1 m2", "n0 m3");

    private static readonly TensorCore[] Halves8 =
    [
        Mma(8, DType.Float16, DType.Float32, new("k1 k2 m0 m1 m2", "k0 m3"), new("k1 k2 n0 n1 n2", "k0")),
        Mma(8, DType.Float16, DType.Float16, new("k1 k2 m0 m1 m2", "k0 m3"), new("k1 k2 n0 n1 n2", "k0")),
    ];

    /// <summary>Turing.</summary>
    public static IReadOnlyList<TensorCore> Sm75 { get; } = Halves8;

    /// <summary>Ampere.</summary>
    public static IReadOnlyList<TensorCore> Sm80 { get; } =
    [
        Mma16(DType.Float16, DType.Float32),
        Mma16(DType.BFloat16, DType.Float32),
        Mma16(DType.Float16, DType.Float16),
        .. Halves8,
        Mma(8, DType.Float32, DType.Float32, new("k0 k1 m0 m1 m2", "m3 k2"), new("k0 k1 n0 n1 n2", "k2")) with { Name = "mma.m16n8k8.f32.tf32", FractionBits = 10 },
    ];

    /// <summary>Ada, and what of it later ones have.</summary>
    public static IReadOnlyList<TensorCore> Sm89 { get; } = [.. Sm80, Mma32(DType.Float8E4M3FN), Mma32(DType.Float8E5M2)];

    /// <summary>Hopper: four warps multiply out of local memory.</summary>
    public static IReadOnlyList<TensorCore> Sm90 { get; } =
    [
        .. from input in new[] { DType.Float16, DType.BFloat16 } from n in new[] { 256, 128, 64, 32, 16, 8 } from isLocal in new[] { true, false } select Wgmma(n, input, isLocal),
        .. Sm89,
    ];

    private static TensorCore Mma16(DType input, DType sums) => Mma(16, input, sums, new("k1 k2 m0 m1 m2", "k0 m3 k3"), new("k1 k2 n0 n1 n2", "k0 k3"));

    private static TensorCore Mma32(DType input) => Mma(32, input, DType.Float32, new("k2 k3 m0 m1 m2", "k0 k1 m3 k4"), new("k2 k3 n0 n1 n2", "k0 k1 k4"));

    private static TensorCore Mma(int k, DType input, DType sums, FragmentLayout a, FragmentLayout b) => new()
    {
        Name = $"mma.m16n8k{k}.{Short(sums)}.{Short(input)}",
        M = 16,
        N = 8,
        K = k,
        Input = input,
        Accumulator = sums,
        Lanes = 32,
        A = a,
        B = b,
        C = Sums,
    };

    // Matrices in local memory, not swizzled: blocks of 8 rows of A, or columns of B, of 16 bytes each.
    private static TensorCore Wgmma(int n, DType input, bool isLocal)
    {
        var columns = Enumerable.Range(0, int.Log2(n)).Select(i => $"n{i}").ToArray();
        var (block, blocks) = (string.Join(' ', columns[..3]), string.Join(' ', columns[3..]));
        return new TensorCore
        {
            Name = $"wgmma.m64n{n}k16.f32.{Short(input)}{(isLocal ? "" : ".ra")}",
            M = 64,
            N = n,
            K = 16,
            Input = input,
            Accumulator = DType.Float32,
            Lanes = 128,
            A = isLocal ? FragmentLayout.InLocalMemory("k0 k1 k2 m0 m1 m2 k3 m3 m4 m5") : new("k1 k2 m0 m1 m2 m4 m5", "k0 m3 k3"),
            B = FragmentLayout.InLocalMemory($"k0 k1 k2 {block} k3 {blocks}"),
            C = new("n1 n2 m0 m1 m2 m4 m5", $"n0 m3 {blocks}"),
        };
    }

    private static string Short(DType dtype) => dtype switch
    {
        var d when d == DType.Float16 => "f16",
        var d when d == DType.BFloat16 => "bf16",
        var d when d == DType.Float8E4M3FN => "e4m3",
        var d when d == DType.Float8E5M2 => "e5m2",
        _ => "f32",
    };
}
