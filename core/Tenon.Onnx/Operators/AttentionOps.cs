using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Attention, and the turning of positions that goes before it.</summary>
internal static class AttentionOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("Attention", 23, Attention);
        ops.Add(OpRegistry.Preview, "FlexAttention", 1, FlexAttention);
        ops.Add("RotaryEmbedding", 23, RotaryEmbedding);
    }

    private static OnnxValue?[] Attention(OpCall c)
    {
        var isFlat = c[0].Rank == 3;
        var (q, k, v) = (Heads(c[0], c.Long("q_num_heads", 0)), Heads(c[1], c.Long("kv_num_heads", 0)), Heads(c[2], c.Long("kv_num_heads", 0)));
        var past = c.TensorOrNull(4) is { } pastKey ? pastKey.Size(2) : 0;
        if (c.Has(4))
        {
            (k, v) = (Tensor.Cat([c[4], k], 2), Tensor.Cat([c[5], v], 2));
        }

        var (presentKey, presentValue) = (k, v);
        var (rows, columns) = (q.Size(2), k.Size(2));
        var scale = c.Float("scale", 1 / Math.Sqrt(q.Size(3)));
        var scores = Scores(q, k, scale);
        var capped = c.Float("softcap", 0) is var cap && cap > 0 ? ((scores / cap).Tanh() * cap).Cast(scores.DType) : scores;

        // What may be seen, and what is added.
        Tensor? seen = null;
        Tensor? bias = null;
        if (c.TensorOrNull(3) is { } mask)
        {
            var padding = new (SymInt, SymInt)[mask.Rank];
            padding[^1] = (0, columns - mask.Size(-1));
            if (mask.DType.IsBool)
            {
                seen = mask.Pad(padding);
            }
            else
            {
                bias = mask.Pad(padding, double.NegativeInfinity).Cast(scores.DType);
                seen = bias.Ne(double.NegativeInfinity);
            }
        }

        var lengths = c.TensorOrNull(6)?.Cast(DType.Int64).Reshape(-1, 1, 1, 1);
        if (c.Flag("is_causal"))
        {
            var last = Tensor.Arange(0, rows, dtype: DType.Int64).Unsqueeze(1) + (lengths is null ? (Tensor)past : lengths - rows);
            See(Tensor.Arange(0, columns, dtype: DType.Int64) <= last);
        }

        if (lengths is not null)
        {
            See(Tensor.Arange(0, columns, dtype: DType.Int64) < lengths);
        }

        var biased = bias is null ? capped : capped + bias;
        biased = seen is null ? biased : Tensor.Where(seen, biased, double.NegativeInfinity);
        var precision = c.DType("softmax_precision") ?? scores.DType;
        var weights = biased.Cast(precision).Softmax(-1).Cast(q.DType);
        if (seen is not null)
        {
            // A row that sees nothing gives zeros.
            weights = Tensor.Where(seen.Any([seen.Rank - 1], keepDim: true), weights, weights.ZerosLike());
        }

        var y = weights.MatMul(Repeated(v, q.Size(1))).Cast(q.DType);
        y = isFlat ? y.Permute(0, 2, 1, 3).Flatten(2) : y;
        var shown = c.Int("qk_matmul_output_mode", 0) switch { 0 => scores, 1 => capped, 2 => biased, _ => weights };
        return [y, presentKey, presentValue, shown];

        void See(Tensor what) => seen = seen is null ? what : seen & what;
    }

    private static Tensor FlexAttention(OpCall c)
    {
        var (q, k) = (c[0], c[1]);
        var scores = Scores(q, k, c.Float("scale", 1 / Math.Sqrt(q.Size(3)))).Cast(c.DType("softmax_precision") ?? DType.Float32);
        scores = c.HasAttribute("score_mod") ? c.Run(c.Graph("score_mod"), scores)[0].Tensor : scores;
        var weights = scores.Softmax(-1);
        weights = c.HasAttribute("prob_mod") ? c.Run(c.Graph("prob_mod"), weights)[0].Tensor : weights;
        return weights.Cast(q.DType).MatMul(Repeated(c[2], q.Size(1))).Cast(q.DType);
    }

    // √s on both sides, so that products of 16 bits don't overflow.
    private static Tensor Scores(Tensor q, Tensor k, double scale) =>
        (q * Math.Sqrt(scale)).MatMul((Repeated(k, q.Size(1)) * Math.Sqrt(scale)).T).Cast(q.DType);

    // [B, S, H·D] → [B, H, S, D]
    private static Tensor Heads(Tensor x, long heads) => x.Rank == 3 ? x.Reshape(x.Size(0), x.Size(1), heads, -1).Permute(0, 2, 1, 3) : x;

    // Each head as often as the queries have heads for it.
    private static Tensor Repeated(Tensor x, long heads)
    {
        var (b, h, s, d) = (x.Size(0), x.Size(1), x.Size(2), x.Size(3));
        return h == heads ? x : x.Unsqueeze(2).Expand(b, h, heads / h, s, d).Reshape(b, heads, s, d);
    }

    private static Tensor RotaryEmbedding(OpCall c)
    {
        var isFlat = c[0].Rank == 3;
        var x = isFlat ? c[0].Reshape(c[0].Size(0), c[0].Size(1), c.Long("num_heads", 0), -1) : c[0].Permute(0, 2, 1, 3);
        var size = c.Long("rotary_embedding_dim", 0) is var given && given > 0 ? given : x.Size(3);
        var half = size / 2;

        // [B, S, 1, half]
        var (cos, sin) = c.TensorOrNull(3) is { } positions
            ? (c[1].IndexSelect(0, positions.Flatten()).Reshape(positions.Size(0), positions.Size(1), 1, -1), c[2].IndexSelect(0, positions.Flatten()).Reshape(positions.Size(0), positions.Size(1), 1, -1))
            : (c[1].Unsqueeze(2), c[2].Unsqueeze(2));
        (cos, sin) = (cos[.., .., .., ..(int)half], sin[.., .., .., ..(int)half]);
        var turned = x[.., .., .., ..(int)size];
        var isInterleaved = c.Flag("interleaved");
        var pairs = isInterleaved ? turned.Reshape(x.Size(0), x.Size(1), x.Size(2), half, 2) : turned.Reshape(x.Size(0), x.Size(1), x.Size(2), 2, half).Transpose(-2, -1);
        var (a, b) = (pairs[TensorIndex.Ellipsis, 0], pairs[TensorIndex.Ellipsis, 1]);
        Tensor[] parts = [a * cos - b * sin, a * sin + b * cos];
        var rotated = isInterleaved ? Tensor.Stack(parts, -1).Flatten(3) : Tensor.Cat(parts, -1);
        var y = size == x.Size(3) ? rotated : Tensor.Cat([rotated, x[.., .., .., (int)size..]], -1);
        return isFlat ? y.Reshape(c[0].Shape) : y.Permute(0, 2, 1, 3);
    }
}
