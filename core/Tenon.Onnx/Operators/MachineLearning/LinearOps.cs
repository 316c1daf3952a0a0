using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators.MachineLearning;

/// <summary>Linear models.</summary>
internal static class LinearOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add(OpRegistry.MachineLearning, "LinearRegressor", 1, c => Scores.Transformed(c, Product(c, c.Long("targets", 1)), c.Text("post_transform", "NONE")));
        ops.AddMany(OpRegistry.MachineLearning, "LinearClassifier", 1, LinearClassifier);
    }

    // [N, F] → [N, targets]
    private static Tensor Product(OpCall c, long targets)
    {
        var weights = c.Floats("coefficients") ?? throw c.Error("coefficients are missing.");
        var x = c[0].Rank == 1 ? c[0].Unsqueeze(0) : c[0];
        var dtype = x.DType == DType.Float64 ? x.DType : DType.Float32;
        var y = x.Cast(dtype).MatMul(c.Computed(weights, dtype, targets, weights.Length / targets).T);
        return c.Floats("intercepts") is { Length: > 0 } shifts ? y + c.Computed(shifts, dtype) : y;
    }

    // One row of weights for two labels gives the score of the second; with one label, whether it holds.
    private static OnnxValue?[] LinearClassifier(OpCall c)
    {
        var labels = Scores.LabelCount(c, "classlabels_strings", "classlabels_ints");
        var features = c[0].Size(-1);
        var y = Product(c, (c.Floats("coefficients")?.Length ?? 0) / features);
        y = y.Size(1) == 1 && labels == 2 ? Tensor.Cat([-y, y], 1) : y;
        var transform = c.Text("post_transform", "NONE");
        y = Scores.Transformed(c, y, transform).Cast(DType.Float32);
        if (y.Size(1) > 1)
        {
            return [Scores.Labels(c, y.ArgMax(1), "classlabels_strings", "classlabels_ints"), y];
        }

        var isOn = (y >= (transform == "NONE" ? 0 : 0.5)).Flatten();
        return
        [
            c.Texts("classlabels_strings") is { Length: > 0 } texts
                ? StringPositions.Moved(new StringValue(["", texts[0]], [2]), x => x.IndexSelect(0, isOn.Cast(DType.Int32)))
                : isOn.Cast(DType.Int64) * (c.Ints("classlabels_ints") is { Length: > 0 } numbers ? numbers[0] : 1),
            y,
        ];
    }
}
