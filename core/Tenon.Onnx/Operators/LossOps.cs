using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Losses.</summary>
internal static class LossOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("NegativeLogLikelihoodLoss", 12, c => Loss(c, c[0]));
        ops.AddMany("SoftmaxCrossEntropyLoss", 12, c =>
        {
            var logs = c[0].LogSoftmax(1);
            return [Loss(c, logs), logs];
        });
    }

    // -weight[t]·x[n, t, …] for targets t, [N, C, …] → [N, …], or their mean or sum. What is to be ignored has no weight.
    private static Tensor Loss(OpCall c, Tensor x)
    {
        var target = c[1].Cast(DType.Int64);
        var isCounted = c.HasAttribute("ignore_index") ? target.Ne(c.Long("ignore_index", 0)) : null;
        var picked = isCounted is null ? target : Tensor.Where(isCounted, target, 0);
        var loss = -x.Gather(1, picked.Unsqueeze(1)).Squeeze(1);
        var weight = c.TensorOrNull(2)?.Take(picked);
        weight = isCounted is null ? weight : Tensor.Where(isCounted, weight ?? loss.OnesLike(), 0);
        loss = weight is null ? loss : Tensor.Where(weight.Eq(0), 0, loss * weight);
        return c.Text("reduction", "mean") switch
        {
            "none" => loss,
            "sum" => loss.Sum(),
            "mean" => weight is null ? loss.Mean() : loss.Sum() / weight.Sum(),
            var other => throw c.Error($"reduction '{other}'. Expected none, sum or mean."),
        };
    }
}
