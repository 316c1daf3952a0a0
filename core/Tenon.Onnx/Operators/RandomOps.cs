using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Random numbers. They come from Tenon's stream, or with a seed from one of their own.</summary>
internal static class RandomOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("RandomNormal", 1, c => Normal(c, Shape(c), DType(c) ?? Tenon.DType.Float32));
        ops.Add("RandomUniform", 1, c => Uniform(c, Shape(c), DType(c) ?? Tenon.DType.Float32));
        ops.Add("RandomNormalLike", 1, c => Normal(c, c.Shape(0), DType(c) ?? c[0].DType));
        ops.Add("RandomUniformLike", 1, c => Uniform(c, c.Shape(0), DType(c) ?? c[0].DType));
        ops.Add("Bernoulli", 15, c => (Rand(c, c.Shape(0)) < c[0]).Cast(DType(c) ?? c[0].DType));
        ops.Add("Multinomial", 7, Multinomial);
    }

    private static long[] Shape(OpCall c) => c.Ints("shape") ?? throw c.Error("shape is missing.");

    private static DType? DType(OpCall c) => c.DType("dtype");

    private static Tensor Normal(OpCall c, long[] shape, DType dtype) =>
        (Seeded(c, () => Tensor.Randn(shape, Tenon.DType.Float32, c.Context.Device)) * c.Float("scale", 1) + c.Float("mean", 0)).Cast(dtype);

    private static Tensor Uniform(OpCall c, long[] shape, DType dtype)
    {
        var (low, high) = (c.Float("low", 0), c.Float("high", 1));
        return (Rand(c, shape) * (high - low) + low).Cast(dtype);
    }

    private static Tensor Rand(OpCall c, long[] shape) => Seeded(c, () => Tensor.Rand(shape, Tenon.DType.Float32, c.Context.Device));

    // With a seed, each run draws the same.
    private static Tensor Seeded(OpCall c, Func<Tensor> draw)
    {
        if (!c.HasAttribute("seed"))
        {
            return draw();
        }

        using var own = RandomStream.Own(BitConverter.DoubleToUInt64Bits(c.Float("seed", 0)));
        return draw();
    }

    // [N, C] of logarithms → [N, samples]: how many of the summed probabilities lie below a uniform number.
    private static Tensor Multinomial(OpCall c)
    {
        var (n, samples) = (c[0].Size(0), c.Long("sample_size", 1));
        var sums = c[0].Cast(Tenon.DType.Float32).Softmax().CumSum(1).Unsqueeze(1);
        var below = sums <= Rand(c, [n, samples]).Unsqueeze(2) * sums[.., .., ^1..];
        return below.Cast(Tenon.DType.Int32).Sum(2).Minimum(c[0].Size(1) - 1).Cast(DType(c) ?? Tenon.DType.Int32);
    }
}
