using Tenon.Core.Backend;

namespace Tenon.Sdk.TensorCores;

/// <summary>The cores of Apple's devices: <c>simdgroup_multiply_accumulate</c> of 8 x 8 matrices, of which a lane holds two elements of a row.</summary>
public static class AppleCores
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<TensorCore> All { get; } =
    [
        Core(DType.Float32, DType.Float32),
        Core(DType.Float16, DType.Float32),
        Core(DType.Float16, DType.Float16),
        Core(DType.BFloat16, DType.Float32),
        Core(DType.BFloat16, DType.BFloat16),
    ];

    private static TensorCore Core(DType input, DType sums) => new()
    {
        Name = $"simdgroup.8x8x8.{sums}.{input}",
        M = 8,
        N = 8,
        K = 8,
        Input = input,
        Accumulator = sums,
        Lanes = 32,
        A = new("k1 m0 m1 k2 m2", "k0"),
        B = new("n1 k0 k1 n2 k2", "n0"),
        C = new("n1 m0 m1 n2 m2", "n0"),
    };
}
