using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that pick elements, and that write elements, by index.</summary>
internal static class GatherOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.AddMany("Gather", 1, c => [StringPositions.Of(c.Value(0), x => Gather(c, x))]);
        ops.AddMany("GatherElements", 11, c => [StringPositions.Of(c.Value(0), x => x.Gather(c.Int("axis", 0), c[1]))]);
        ops.AddMany("GatherND", 11, c => [StringPositions.Of(c.Value(0), x => x.GatherNd(c[1], c.Int("batch_dims", 0)))]);
        ops.AddMany("Compress", 9, c => [StringPositions.Of(c.Value(0), x => Compress(c, x))]);
        ops.Add("Scatter", 9, c => c[0].Scatter(c.Int("axis", 0), c[1], c[2]));
        ops.Add("ScatterElements", 11, ScatterElements);
        ops.Add("ScatterND", 11, c => c[0].ScatterNd(c[1], c[2], Reduction(c)));
        ops.Add("TensorScatter", 24, TensorScatter);
    }

    private static Tensor Gather(OpCall c, Tensor x)
    {
        var axis = c.Axis(c.Long("axis", 0), x.Rank);
        var sizes = OpCall.SizesOf(x);
        return x.IndexSelect(axis, c[1].Flatten()).Reshape([.. sizes[..axis], .. OpCall.SizesOf(c[1]), .. sizes[(axis + 1)..]]);
    }

    private static Tensor ScatterElements(OpCall c) => Reduction(c) is { } reduction
        ? c[0].ScatterReduce(c.Int("axis", 0), c[1], c[2], reduction)
        : c[0].Scatter(c.Int("axis", 0), c[1], c[2]);

    private static ScatterReduction? Reduction(OpCall c) => c.Text("reduction", "none") switch
    {
        "none" => null,
        "add" => ScatterReduction.Sum,
        "mul" => ScatterReduction.Prod,
        "max" => ScatterReduction.AMax,
        "min" => ScatterReduction.AMin,
        var other => throw c.Error($"reduction '{other}'. Expected none, add, mul, max or min."),
    };

    // The condition may be shorter than the axis.
    private static Tensor Compress(OpCall c, Tensor x)
    {
        var isPicked = c.Longs(1);
        var picks = Enumerable.Range(0, isPicked.Length).Where(i => isPicked[i] != 0).ToArray();
        var index = Tensor.From<int>(picks, [picks.Length]);
        return c.HasAttribute("axis") ? x.IndexSelect(c.Int("axis", 0), index) : x.Flatten().IndexSelect(0, index);
    }

    // The rows of an update go into the cache from a place that each batch names.
    private static Tensor TensorScatter(OpCall c)
    {
        var (cache, update) = (c[0], c[1]);
        var axis = c.Axis(c.Long("axis", -2), cache.Rank);
        var (size, count) = (cache.Size(axis), update.Size(axis));
        var place = Tensor.Arange(0, count, dtype: DType.Int64).Reshape(Along(axis, count));
        place = c.TensorOrNull(2) is { } starts ? place + starts.Cast(DType.Int64).Reshape(Along(0, starts.Size(0))) : place;
        place = c.Text("mode", "linear") == "circular" ? place.FloorMod(size) : place;
        return cache.Scatter(axis, place.Expand(update.Shape), update);

        long[] Along(int only, long n) => [.. Enumerable.Range(0, cache.Rank).Select(i => i == only ? n : 1)];
    }
}
