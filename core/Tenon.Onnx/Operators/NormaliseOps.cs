using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Normalisations, and dropout. Statistics are computed in float32 at least.</summary>
internal static class NormaliseOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("BatchNormalization", 1, c => BatchNorm(c, training: !c.Flag("is_test")));
        ops.AddMany("BatchNormalization", 7, c => BatchNorm(c, training: false));
        ops.AddMany("BatchNormalization", 14, c => BatchNorm(c, c.Flag("training_mode")));
        ops.Add("InstanceNormalization", 1, c => Affine(Standard(Wide(c[0]), [.. Enumerable.Range(2, c[0].Rank - 2)], c.Float("epsilon", 1e-5)), c[1], c[2]).Cast(c[0].DType));
        ops.AddMany("LayerNormalization", 17, LayerNorm);
        ops.Add("RMSNormalization", 23, RmsNorm);
        ops.Add("GroupNormalization", 18, c => GroupNorm(c, perGroup: true));
        ops.Add("GroupNormalization", 21, c => GroupNorm(c, perGroup: false));
        ops.Add("MeanVarianceNormalization", 9, c => MeanVariance(c));
        ops.Add("LpNormalization", 1, LpNorm);
        ops.Add("LRN", 1, LocalResponse);
        ops.AddMany("Dropout", 1, c => [c[0], c.Wants(1) ? c[0].OnesLike().Cast(DType.Bool) : null]);
        ops.AddMany("Dropout", 12, Dropout);
    }

    private static Tensor Wide(Tensor x) => x.DType.IsFloat && x.DType.Bits < 32 ? x.Cast(DType.Float32) : x;

    // [C] beside [N, C, …].
    private static Tensor Channels(Tensor x, int rank) => x.Reshape([-1, .. Enumerable.Repeat((SymInt)1, Math.Max(0, rank - 2))]);

    private static Tensor Affine(Tensor x, Tensor scale, Tensor bias) => x * Channels(Wide(scale), x.Rank) + Channels(Wide(bias), x.Rank);

    private static Tensor Standard(Tensor x, int[] axes, double epsilon) =>
        axes.Length == 0 ? x.ZerosLike() : (x - x.Mean(axes, keepDim: true)) * (x.Var(axes, keepDim: true, correction: 0) + epsilon).Rsqrt();

    private static OnnxValue?[] BatchNorm(OpCall c, bool training)
    {
        var x = Wide(c[0]);
        var (mean, variance) = (c[3], c[4]);
        if (!training)
        {
            var scale = Wide(c[1]) * (Wide(variance) + c.Float("epsilon", 1e-5)).Rsqrt();
            return [((x - Channels(Wide(mean), x.Rank)) * Channels(scale, x.Rank) + Channels(Wide(c[2]), x.Rank)).Cast(c[0].DType)];
        }

        int[] axes = [0, .. Enumerable.Range(2, x.Rank - 2)];
        var momentum = c.Float("momentum", 0.9);
        var y = Affine(Standard(x, axes, c.Float("epsilon", 1e-5)), c[1], c[2]);
        return [y.Cast(c[0].DType), Running(mean, x.Mean(axes)), Running(variance, x.Var(axes, correction: 0))];

        OnnxValue Running(Tensor old, Tensor now) => (Wide(old) * momentum + now * (1 - momentum)).Cast(old.DType);
    }

    private static OnnxValue?[] LayerNorm(OpCall c)
    {
        var (x, axis) = (Wide(c[0]), c.Axis(c.Long("axis", -1), c[0].Rank));
        int[] axes = [.. Enumerable.Range(axis, x.Rank - axis)];
        var mean = x.Mean(axes, keepDim: true);
        var inverse = (x.Var(axes, keepDim: true, correction: 0) + c.Float("epsilon", 1e-5)).Rsqrt();
        var y = ((x - mean) * inverse).Cast(c[0].DType) * c[1];
        y = c.TensorOrNull(2) is { } bias ? y + bias : y;
        return [y.Cast(c[0].DType), c.Wants(1) ? mean : null, c.Wants(2) ? inverse : null];
    }

    private static Tensor RmsNorm(OpCall c)
    {
        var (x, axis) = (Wide(c[0]), c.Axis(c.Long("axis", -1), c[0].Rank));
        var square = x.Square().Mean([.. Enumerable.Range(axis, x.Rank - axis)], keepDim: true);
        return ((x * (square + c.Float("epsilon", 1e-5)).Rsqrt()).Cast(c[0].DType) * c[1]).Cast(c[0].DType);
    }

    private static Tensor GroupNorm(OpCall c, bool perGroup)
    {
        var sizes = OpCall.SizesOf(c[0]);
        var groups = c.Long("num_groups", 1);
        var x = Standard(Wide(c[0]).Reshape(sizes[0], groups, -1), [2], c.Float("epsilon", 1e-5));
        var (scale, bias) = (Wide(c[1]), Wide(c[2]));
        return (perGroup ? Affine(x, scale, bias).Reshape(sizes) : Affine(x.Reshape(sizes), scale, bias)).Cast(c[0].DType);
    }

    private static Tensor MeanVariance(OpCall c)
    {
        var axes = (c.Ints("axes") ?? [0, 2, 3]).Select(a => c.Axis(a, c[0].Rank)).ToArray();
        var x = Wide(c[0]);
        return ((x - x.Mean(axes, keepDim: true)) / (x.Var(axes, keepDim: true, correction: 0).Sqrt() + 1e-9)).Cast(c[0].DType);
    }

    // A vector of zeros stays one.
    private static Tensor LpNorm(OpCall c)
    {
        var axis = c.Axis(c.Long("axis", -1), c[0].Rank);
        var norm = c.Long("p", 2) == 1 ? c[0].Abs().Sum([axis], keepDim: true) : c[0].Square().Sum([axis], keepDim: true).Sqrt();
        return (c[0] / Tensor.Where(norm.Eq(0), norm.OnesLike(), norm)).Cast(c[0].DType);
    }

    // x / (k + α/n · Σ x²)^β, summed over n channels around each.
    private static Tensor LocalResponse(OpCall c)
    {
        var (x, n) = (c[0], c.Long("size", 1));
        var padding = new (SymInt, SymInt)[x.Rank];
        padding[1] = ((n - 1) / 2, n / 2);
        var squares = x.Square().Pad(padding);
        var sum = Enumerable.Range(0, (int)n).Select(i => squares.Shrink([.. OpCall.SizesOf(x).Select((s, axis) => axis == 1 ? ((SymInt)i, (SymInt)(i + s)) : (0, s))])).Aggregate((a, b) => a + b);
        return (x / (sum * (c.Float("alpha", 1e-4) / n) + c.Float("bias", 1)).Pow(c.Float("beta", 0.75))).Cast(x.DType);
    }

    private static OnnxValue?[] Dropout(OpCall c)
    {
        var ratio = c.ScalarOrNull(1)?.AsDouble ?? 0.5;
        if (c.ScalarOrNull(2)?.AsBool != true || ratio == 0)
        {
            return [c[0], c.Wants(1) ? c[0].OnesLike().Cast(DType.Bool) : null];
        }

        var mask = Tensor.Rand(c[0].Shape, DType.Float32, c.Context.Device) >= ratio;
        return [Tensor.Where(mask, c[0] / (1 - ratio), c[0].ZerosLike()).Cast(c[0].DType), mask];
    }
}
