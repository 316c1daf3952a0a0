using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Attention.</summary>
internal static class AttentionOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("Attention", 23, Attention);
        ops.Add("RotaryEmbedding", 23, c => RotaryEmbedding(c, c[0], c[1], c[2], c.TensorOrNull(3)));
        ops.Add(OpRegistry.Preview, "FlexAttention", 1, FlexAttention);
    }

    /// <summary><c>[B, T, H·D]</c> as <c>[B, H, T, D]</c>.</summary>
    public static Tensor Heads(Tensor x, long heads) => x.Reshape(x.Size(0), x.Size(1), heads, x.Size(2) / heads).Permute(0, 2, 1, 3);

    /// <summary><c>[B, H, T, D]</c> as <c>[B, T, H·D]</c>.</summary>
    public static Tensor Joined(Tensor x) => x.Permute(0, 2, 1, 3).Reshape(x.Size(0), x.Size(2), x.Size(1) * x.Size(3));

    /// <summary>Each head of <c>[B, H, S, D]</c> several times, one after the other: what groups of queries share.</summary>
    public static Tensor Shared(Tensor x, long heads) => x.Size(1) == heads
        ? x
        : x.Unsqueeze(2).Expand(x.Size(0), x.Size(1), heads / x.Size(1), x.Size(2), x.Size(3)).Reshape(x.Size(0), heads, x.Size(2), x.Size(3));

    /// <summary>Turns pairs of <c>[B, H, T, D]</c> or <c>[B, T, H·D]</c> by angles.</summary>
    /// <param name="c">The node, for its attributes.</param>
    /// <param name="x">What is turned.</param>
    /// <param name="cos">Cosines, by position <c>[P, R/2]</c> or for each place <c>[B, T, R/2]</c>.</param>
    /// <param name="sin">Sines.</param>
    /// <param name="positions"><c>[B, T]</c>, if the angles are by position.</param>
    public static Tensor RotaryEmbedding(OpCall c, Tensor x, Tensor cos, Tensor sin, Tensor? positions)
    {
        var isFlat = x.Rank == 3;
        var heads = isFlat ? c.Long("num_heads", 0) is > 0 and var given ? given : x.Size(2) / (2 * cos.Size(-1)) : 0;
        x = isFlat ? Heads(x, heads) : x;
        var turned = c.Int("rotary_embedding_dim", 0) is > 0 and var part ? part : (int)x.Size(3);
        var (a, b) = (x[.., .., .., ..turned], x[.., .., .., turned..]);
        var half = turned / 2;
        var (first, second) = c.Flag("interleaved")
            ? (a.Reshape(x.Size(0), x.Size(1), x.Size(2), half, 2)[.., .., .., .., 0], a.Reshape(x.Size(0), x.Size(1), x.Size(2), half, 2)[.., .., .., .., 1])
            : (a[.., .., .., ..half], a[.., .., .., half..]);
        var (real, imaginary) = (At(cos), At(sin));
        (first, second) = (first * real - second * imaginary, first * imaginary + second * real);
        a = c.Flag("interleaved") ? Tensor.Stack([first, second], -1).Reshape(a.Shape) : Tensor.Cat([first, second], -1);
        var y = turned == x.Size(3) ? a : Tensor.Cat([a, b], -1);
        return isFlat ? Joined(y) : y;

        // [B, 1, T, R/2]
        Tensor At(Tensor table) => (positions is null
            ? table
            : table.IndexSelect(0, positions.Flatten()).Reshape(positions.Size(0), positions.Size(1), half)).Unsqueeze(1);
    }

    private static OnnxValue?[] Attention(OpCall c)
    {
        var (q, k, v) = (c[0], c[1], c[2]);
        var isFlat = q.Rank == 3;
        if (isFlat)
        {
            var (own, shared) = (c.Long("q_num_heads", 0), c.Long("kv_num_heads", 0));
            if (own <= 0 || shared <= 0)
            {
                throw c.Error($"inputs of 3 axes with q_num_heads {own} and kv_num_heads {shared}. Expected both.");
            }

            (q, k, v) = (Heads(q, own), Heads(k, shared), Heads(v, shared));
        }

        if (c.Has(4) != c.Has(5))
        {
            throw c.Error("one of past_key and past_value. Expected both or none.");
        }

        var (dtype, past) = (q.DType, c.Has(4) ? c[4].Size(2) : 0);
        (k, v) = c.Has(4) ? (Tensor.Cat([c[4], k], 2), Tensor.Cat([c[5], v], 2)) : (k, v);
        var (presentKey, presentValue) = (k, v);
        (k, v) = (Shared(k, q.Size(1)), Shared(v, q.Size(1)));

        // Both sides are scaled, so that the products stay in range.
        var scale = Math.Sqrt(c.Float("scale", 1 / Math.Sqrt(q.Size(3))));
        var raw = (q * scale).MatMul((k * scale).T);
        var cap = c.Float("softcap", 0);
        var capped = cap > 0 ? (raw / cap).Tanh() * cap : raw;
        var bias = Bias(c, q.Size(2), k.Size(2), past, dtype);
        var biased = bias is null ? capped : capped + bias;
        var scores = c.DType("softmax_precision") is { } precision ? biased.Cast(precision) : biased;

        // A query that sees no key gets zeros.
        var isBlind = bias?.Max(-1, keepDim: true).Eq(double.NegativeInfinity);
        var weights = isBlind is null ? scores.Softmax() : Tensor.Where(isBlind, 0, Tensor.Where(isBlind, 0, scores).Softmax());
        var y = weights.MatMul(v.Cast(weights.DType)).Cast(dtype);
        var shown = c.Int("qk_matmul_output_mode", 0) switch { 0 => raw, 1 => capped, 2 => biased, _ => weights.Cast(dtype) };
        return [isFlat ? Joined(y) : y, presentKey, presentValue, shown];
    }

    // What is added to the scores, [T, S], [H, T, S] or [B, H, T, S]: minus infinity where a query doesn't see a key. Null: nothing.
    private static Tensor? Bias(OpCall c, long queries, long keys, long past, DType dtype)
    {
        var (mask, lengths) = (c.TensorOrNull(3), c.TensorOrNull(6)?.Cast(DType.Int64).Reshape(-1, 1, 1, 1));
        var (left, right) = (c.Long("left_window_size", -1), c.Long("right_window_size", -1));
        if (c.Flag("is_causal"))
        {
            right = 0;
        }

        var key = Tensor.Arange(0, keys, dtype: DType.Int64);
        Tensor? isSeen = lengths is null ? null : key < lengths;
        if (left >= 0 || right >= 0)
        {
            // Of a cache that is filled from outside, the queries are the last.
            var place = Tensor.Arange(0, queries, dtype: DType.Int64).Unsqueeze(1) + (lengths is null || past > 0 ? past : lengths - queries);
            isSeen = left >= 0 ? And(isSeen, key >= place - left) : isSeen;
            isSeen = right >= 0 ? And(isSeen, key <= place + right) : isSeen;
        }

        if (mask is { DType.IsBool: true })
        {
            isSeen = And(isSeen, Widened(mask, keys, false));
            mask = null;
        }
        else
        {
            mask = mask is null ? null : Widened(mask, keys, double.NegativeInfinity).Cast(dtype);
        }

        return isSeen is null ? mask
            : mask is null ? Tensor.Where(isSeen, Tensor.Full([], 0.0, dtype), double.NegativeInfinity)
            : Tensor.Where(isSeen, mask, double.NegativeInfinity);

        static Tensor And(Tensor? x, Tensor y) => x is null ? y : x & y;
    }

    // A mask may be shorter than the keys: it doesn't see the rest.
    private static Tensor Widened(Tensor mask, long keys, Scalar hidden)
    {
        var padding = new (Core.SymInt, Core.SymInt)[mask.Rank];
        padding.AsSpan().Fill((0, 0));
        padding[^1] = (0, mask.Size(-1) == 1 ? 0 : keys - mask.Size(-1));
        return mask.Pad(padding, hidden);
    }

    private static Tensor FlexAttention(OpCall c)
    {
        var (q, k, v) = (c[0], Shared(c[1], c[0].Size(1)), Shared(c[2], c[0].Size(1)));
        var precision = c.DType("softmax_precision") ?? (q.DType == DType.Float64 ? DType.Float64 : DType.Float32);
        var scale = Math.Sqrt(c.Float("scale", 1 / Math.Sqrt(q.Size(3))));
        var scores = Modified("score_mod", (q * scale).MatMul((k * scale).T).Cast(precision));
        var weights = Modified("prob_mod", scores.Softmax());
        return weights.MatMul(v.Cast(precision)).Cast(q.DType);

        Tensor Modified(string graph, Tensor x) => c.HasAttribute(graph) ? c.Run(c.Graph(graph), x)[0].Tensor : x;
    }
}
