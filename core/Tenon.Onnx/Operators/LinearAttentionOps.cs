using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Layers that carry a state from one part of a sequence to the next.</summary>
internal static class LinearAttentionOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("LinearAttention", 27, LinearAttention);
        ops.AddMany("CausalConvWithState", 27, CausalConv);
        ops.Add("SwiGLU", 27, c => c[0] * (c[0] * c.Float("alpha", 1)).Sigmoid() * c[1]);
    }

    // The state S [B, H, K, V] remembers values by key; the delta rule replaces what a key already stood for.
    private static OnnxValue?[] LinearAttention(OpCall c)
    {
        var (own, shared) = (c.Long("q_num_heads", 0), c.Long("kv_num_heads", 0));
        if (own <= 0 || shared <= 0 || own % shared != 0)
        {
            throw c.Error($"q_num_heads {own} and kv_num_heads {shared}. Expected the first to be a multiple of the second.");
        }

        var rule = c.Text("update_rule", "gated_delta");
        var (isGated, isDelta) = (rule is "gated" or "gated_delta", rule is "delta" or "gated_delta");
        if ((!isGated && !isDelta && rule != "linear") || isGated != c.Has(4) || isDelta != c.Has(5))
        {
            throw c.Error($"update_rule '{rule}' with{(c.Has(4) ? "" : "out")} decay and with{(c.Has(5) ? "" : "out")} beta. Expected linear without both, gated with decay, delta with beta, or gated_delta with both.");
        }

        var dtype = c[0].DType;
        var (q, k, v) = (Split(0, own), Split(1, shared), Split(2, shared));
        var (b, steps, keys, values) = (q.Size(0), q.Size(2), k.Size(3), v.Size(3));

        // [B, H, T, K] or [B, H, T, 1]
        var decay = isGated ? Split(4, shared).Exp() : null;
        var beta = isDelta ? Split(5, c[5].Size(2)) : null;
        var state = c.TensorOrNull(3)?.Cast(DType.Float32) ?? Tensor.Zeros([b, shared, keys, values], DType.Float32, c.Context.Device);
        var scale = c.Float("scale", 0) is var given && given != 0 ? given : 1 / Math.Sqrt(keys);
        var outputs = new Tensor[steps];
        Tensor.Realize([.. new[] { q, k, v, decay, beta, state }.OfType<Tensor>()]);
        for (var t = 0; t < steps; t++)
        {
            var (key, value) = (Steps.At(k, 2, t), Steps.At(v, 2, t));
            if (decay is not null)
            {
                state *= Steps.At(decay, 2, t).Unsqueeze(-1);
            }

            if (beta is not null)
            {
                value = Steps.At(beta, 2, t) * (value - key.Unsqueeze(2).MatMul(state).Squeeze(2));
            }

            state += key.Unsqueeze(3) * value.Unsqueeze(2);
            outputs[t] = Steps.At(q, 2, t).Unsqueeze(2).MatMul(AttentionOps.Shared(state, own)) * scale;
            Tensor.Realize(state, outputs[t]);
        }

        return [AttentionOps.Joined(Tensor.Cat(outputs, 2)).Cast(dtype), state.Cast(c.TensorOrNull(3)?.DType ?? dtype)];

        Tensor Split(int i, long heads) => AttentionOps.Heads(c[i].Cast(DType.Float32), heads);
    }

    // Each channel [B, C, L] convolved with what came before.
    private static OnnxValue?[] CausalConv(OpCall c)
    {
        var (x, weight) = (c[0], c[1]);
        var (channels, before) = (x.Size(1), weight.Size(2) - 1);
        var padded = Tensor.Cat([c.TensorOrNull(3) ?? Tensor.Zeros([x.Size(0), channels, before], x.DType, c.Context.Device), x], 2);
        var y = padded.Conv(weight, c.TensorOrNull(2), groups: checked((int)channels));
        y = c.Text("activation", "none") switch
        {
            "none" => y,
            "silu" or "swish" => y.Silu(),
            var other => throw c.Error($"activation '{other}'. Expected none, silu or swish."),
        };
        return [y, padded[.., .., checked((int)x.Size(2))..]];
    }
}
