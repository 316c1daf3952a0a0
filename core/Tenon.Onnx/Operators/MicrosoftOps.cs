using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that ONNX Runtime's optimiser puts in the place of several others.</summary>
/// <remarks>https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md</remarks>
internal static class MicrosoftOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        Add("Gelu", c => [c[0].Gelu()]);
        Add("BiasGelu", c => [(c[0] + c[1]).Gelu()]);
        Add("FastGelu", c => [(c.TensorOrNull(1) is { } bias ? c[0] + bias : c[0]).Gelu(approximate: true)]);
        Add("QuickGelu", c => [c[0] * (c[0] * c.Float("alpha", 1.702)).Sigmoid()]);
        Add("FusedMatMul", c => [FusedMatMul(c)]);
        Add("SkipLayerNormalization", c => SkipNorm(c, x => x.LayerNorm(1, c[2], c.TensorOrNull(3), c.Float("epsilon", 1e-12)), 4));
        Add("SkipSimplifiedLayerNormalization", c => SkipNorm(c, x => x.RmsNorm(c[2], c.Float("epsilon", 1e-5)), 3));
        Add("EmbedLayerNormalization", EmbedLayerNorm);
        Add("Attention", Attention);
        Add("RotaryEmbedding", c => [Rotary(c)]);
        Add("QLinearAdd", c => [QLinear(c, (x, y) => x + y)]);
        Add("QLinearMul", c => [QLinear(c, (x, y) => x * y)]);
        Add("QLinearGlobalAveragePool", c => [QLinearPool(c)]);
        Add("QuantizeLinear", c => [QuantizationOps.QuantizeLinear(c)]);
        Add("DequantizeLinear", c => [QuantizationOps.DequantizeLinear(c)]);
        ops.Add("SimplifiedLayerNormalization", 1, c => c[0].RmsNorm(c[1], c.Float("epsilon", 1e-5)));

        void Add(string name, OnnxOp op) => ops.AddMany(OpRegistry.Microsoft, name, 1, op);
    }

    private static Tensor FusedMatMul(OpCall c)
    {
        var (x, y) = (c.Flag("transA") ? c[0].T : c[0], c.Flag("transB") ? c[1].T : c[1]);
        return c.Flag("transBatchA") || c.Flag("transBatchB")
            ? throw c.Error("transBatchA or transBatchB. Expected neither.")
            : x.MatMul(y) * c.Float("alpha", 1);
    }

    // The sum is an output too.
    private static OnnxValue?[] SkipNorm(OpCall c, Func<Tensor, Tensor> norm, int biasAt)
    {
        var sum = c.TensorOrNull(biasAt) is { } bias ? c[0] + c[1] + bias : c[0] + c[1];
        return [norm(sum), null, null, sum];
    }

    // Words, their positions and segments, as one vector for each word.
    private static OnnxValue?[] EmbedLayerNorm(OpCall c)
    {
        var (batch, steps) = (c[0].Size(0), c[0].Size(1));
        var positions = c.TensorOrNull(8) is { } given ? Rows(c[3], given) : c[3][..(int)steps].Unsqueeze(0);
        var sum = Rows(c[2], c[0]) + positions;
        sum = c.Has(1) ? sum + Rows(c[4], c[1]) : sum;
        var lengths = c.TensorOrNull(7) is { } mask ? mask.Cast(DType.Int32).Sum(1) : Tensor.Zeros([batch], DType.Int32, c.Context.Device);
        return [sum.LayerNorm(1, c[5], c[6], c.Float("epsilon", 1e-12)), lengths.Cast(DType.Int32), sum];

        static Tensor Rows(Tensor table, Tensor ids) => table.IndexSelect(0, ids.Flatten()).Reshape(ids.Size(0), ids.Size(1), table.Size(1));
    }

    // Self-attention with the projection of queries, keys and values: [B, S, I] → [B, S, V].
    private static OnnxValue?[] Attention(OpCall c)
    {
        var heads = c.Long("num_heads", 0) is > 0 and var given ? given : throw c.Error("num_heads is missing.");
        var projected = c[0].MatMul(c[1]);
        projected = c.TensorOrNull(2) is { } bias ? projected + bias : projected;
        var sizes = c.Ints("qkv_hidden_sizes") ?? [.. Enumerable.Repeat(projected.Size(2) / 3, 3)];
        var parts = projected.Split(sizes, 2);
        var (q, k, v) = (AttentionOps.Heads(parts[0], heads), AttentionOps.Heads(parts[1], heads), AttentionOps.Heads(parts[2], heads));
        if (c.Flag("do_rotary"))
        {
            throw c.Error("do_rotary. Expected the operator RotaryEmbedding before.");
        }

        var past = c.TensorOrNull(4);
        (k, v) = past is null ? (k, v) : (Tensor.Cat([past[0], k], 2), Tensor.Cat([past[1], v], 2));
        var scores = q.MatMul(k.T) * (c.Float("scale", 0) is var scale && scale != 0 ? scale : 1 / Math.Sqrt(q.Size(3)));
        scores = c.TensorOrNull(5) is { } added ? scores + added : scores;
        var filter = c.Float("mask_filter_value", -10000);
        if (c.TensorOrNull(3) is { } mask)
        {
            scores += Tensor.Where(IsSeen(c, mask, q.Size(0), k.Size(2)), Tensor.Full([], 0.0, scores.DType), filter);
        }

        if (c.Flag("unidirectional"))
        {
            var isBefore = Tensor.Arange(k.Size(2)) <= Tensor.Arange(q.Size(2)).Unsqueeze(1) + (k.Size(2) - q.Size(2));
            scores = Tensor.Where(isBefore, scores, double.NegativeInfinity);
        }

        return [AttentionOps.Joined(scores.Softmax().MatMul(v)), c.Wants(1) ? Tensor.Stack([k, v]) : null];
    }

    // Which keys [B, …, T] are seen: by a mask [B, T], [B, S, T] or [B, 1, …, T], by lengths [B], or by ends and begins [2·B].
    private static Tensor IsSeen(OpCall c, Tensor mask, long batch, long keys)
    {
        if (mask.Rank > 1)
        {
            return mask.Ne(0).Reshape(mask.Rank switch { 2 => [batch, 1, 1, keys], 3 => [batch, 1, mask.Size(1), keys], _ => OpCall.SizesOf(mask) });
        }

        var (place, bounds) = (Tensor.Arange(keys), mask.Cast(DType.Int32));
        var isBefore = place < bounds[..(int)batch].Reshape(-1, 1, 1, 1);
        return mask.Size(0) == batch ? isBefore
            : mask.Size(0) == 2 * batch ? isBefore & (place >= bounds[(int)batch..].Reshape(-1, 1, 1, 1))
            : throw c.Error($"mask_index {mask.Shape} for a batch of {batch}. Expected [B], [2·B], or a mask of more axes.");
    }

    // One position is where the sequence begins.
    private static Tensor Rotary(OpCall c)
    {
        var (x, positions) = (c[0], c[1]);
        var (batch, steps) = (x.Size(0), x.Rank == 3 ? x.Size(1) : x.Size(2));
        positions = positions.Rank == 1 ? (positions + Tensor.Arange(0, steps, dtype: DType.Int64)).Unsqueeze(0).Expand(batch, steps) : positions;
        return AttentionOps.RotaryEmbedding(c, x, c[2], c[3], positions);
    }

    private static Tensor QLinear(OpCall c, Func<Tensor, Tensor, Tensor> op)
    {
        var (x, y) = (QuantizationOps.Dequantized(c[0], c[1], c.TensorOrNull(2)), QuantizationOps.Dequantized(c[3], c[4], c.TensorOrNull(5)));
        return QuantizationOps.Quantized(op(x, y) / c[6], c.TensorOrNull(7), c[0].DType);
    }

    private static Tensor QLinearPool(OpCall c)
    {
        int[] axes = [.. Enumerable.Range(c.Flag("channels_last") ? 1 : 2, c[0].Rank - 2)];
        var mean = QuantizationOps.Dequantized(c[0], c[1], c.TensorOrNull(2)).Mean(axes, keepDim: true);
        return QuantizationOps.Quantized(mean / c[3], c.TensorOrNull(4), c[0].DType);
    }
}
