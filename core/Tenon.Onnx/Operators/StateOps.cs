using Tenon.Core;
using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Sequence models that carry a state instead of looking back: linear attention and causal convolution.</summary>
internal static class StateOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("LinearAttention", 27, LinearAttention);
        ops.AddMany("CausalConvWithState", 27, CausalConv);
        ops.Add("SwiGLU", 28, c => c[0] * (c[0] * c.Float("alpha", 1)).Sigmoid() * c[1]);
    }

    // The state of a head is a matrix [keys, values]. A step lets it decay, adds k ⊗ v, or with the delta rule k ⊗ β·(v - kᵀS), and
    // reads qᵀS.
    private static OnnxValue?[] LinearAttention(OpCall c)
    {
        var rule = c.Text("update_rule", "gated_delta");
        var (heads, queries) = (c.Long("kv_num_heads", 0), c.Long("q_num_heads", 0));
        if (heads <= 0 || queries <= 0 || queries % heads != 0 || rule is not ("linear" or "gated" or "delta" or "gated_delta") || c.Has(4) != rule.StartsWith("gated", StringComparison.Ordinal) || c.Has(5) != rule.EndsWith("delta", StringComparison.Ordinal))
        {
            throw c.Error($"{queries} heads of queries, {heads} of keys, update_rule '{rule}' with{(c.Has(4) ? "" : "out")} decay and with{(c.Has(5) ? "" : "out")} beta. Expected a multiple, and linear without both, gated with decay, delta with beta, or gated_delta with both.");
        }

        var (batch, steps) = (c[0].Size(0), c[0].Size(1));
        var (q, k, v) = (PerHead(c[0], queries), PerHead(c[1], heads), PerHead(c[2], heads));
        var decay = rule.StartsWith("gated", StringComparison.Ordinal) ? PerHead(c[4], heads).Exp() : null;
        var beta = rule.EndsWith("delta", StringComparison.Ordinal) ? PerHead(c[5], c[5].Size(2) == 1 ? 1 : heads) : null;
        var scale = c.Float("scale", 0) is var s && s != 0 ? s : 1 / Math.Sqrt(q.Size(3));
        var state = (c.TensorOrNull(3) ?? Tensor.Zeros([batch, heads, k.Size(3), v.Size(3)], c[0].DType, c.Context.Device)).Cast(DType.Float32);
        Tensor.Realize(decay is null || beta is null ? [q, k, v] : [q, k, v, decay, beta]);
        var outputs = new Tensor[steps];
        for (var step = 0; step < steps; step++)
        {
            var (key, value) = (At(k, step).Unsqueeze(-1), At(v, step).Unsqueeze(-2));
            state = decay is null ? state : state * At(decay, step).Unsqueeze(-1);
            value = beta is null ? value : At(beta, step).Unsqueeze(-1) * (value - key.T.MatMul(state));
            state += key * value;
            var read = state.Unsqueeze(2).Expand(batch, heads, queries / heads, k.Size(3), v.Size(3)).Reshape(batch, queries, k.Size(3), v.Size(3));
            outputs[step] = At(q, step).Unsqueeze(-2).MatMul(read).Squeeze(2) * scale;
            Tensor.Realize(state, outputs[step]);
        }

        return [Tensor.Stack(outputs, 1).Flatten(2).Cast(c[0].DType), state.Cast(c.TensorOrNull(3)?.DType ?? c[0].DType)];

        // [B, T, H·D] → [B, T, H, D]
        Tensor PerHead(Tensor x, long count) => x.Cast(DType.Float32).Reshape(batch, steps, count, -1);
        Tensor At(Tensor x, long step) => x[.., steps > 1 ? new Variable("step", 0, steps - 1).Bind(step) : (SymInt)0];
    }

    private static OnnxValue?[] CausalConv(OpCall c)
    {
        var (x, weight) = (c[0], c[1]);
        var (channels, length, taps) = (x.Size(1), x.Size(2), weight.Size(2));
        var past = c.TensorOrNull(3) ?? Tensor.Zeros([x.Size(0), channels, taps - 1], x.DType, c.Context.Device);
        var whole = Tensor.Cat([past, x], 2);
        var wide = whole.Cast(DType.Float32);
        var sum = Enumerable.Range(0, (int)taps).Select(i => wide[.., .., i..(int)(i + length)] * weight.Cast(DType.Float32)[.., 0, i..(i + 1)]).Aggregate((a, b) => a + b);
        sum = c.TensorOrNull(2) is { } bias ? sum + bias.Cast(DType.Float32).Reshape(-1, 1) : sum;
        var y = c.Text("activation", "none") switch
        {
            "silu" or "swish" => sum.Silu(),
            "none" or "" => sum,
            var other => throw c.Error($"activation '{other}'. Expected none, silu or swish."),
        };
        return [y.Cast(x.DType), whole[.., .., (int)length..]];
    }
}
