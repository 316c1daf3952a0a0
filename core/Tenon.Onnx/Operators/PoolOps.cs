using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Pools over any number of axes.</summary>
internal static class PoolOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("AveragePool", 1, c => c[0].AvgPool(Kernel(c), Strides(c), Around(c), c.Flag("count_include_pad"), c.Flag("ceil_mode"), null, Dilations(c)));
        ops.AddMany("MaxPool", 1, MaxPool);
        ops.Add("LpPool", 1, c => c[0].LpPool(c.Float("p", 2), Kernel(c), Strides(c), Around(c)));
        ops.Add("LpPool", 2, c => c[0].LpPool(c.Long("p", 2), Kernel(c), Strides(c), Around(c), Dilations(c), c.Flag("ceil_mode")));
        ops.Add("GlobalAveragePool", 1, c => c[0].Mean(Spatial(c), keepDim: true));
        ops.Add("GlobalMaxPool", 1, c => c[0].Max(Spatial(c), keepDim: true));
        ops.Add("GlobalLpPool", 1, c => c[0].LpPool(c.Float("p", 2), OpCall.SizesOf(c[0])[2..]));
        ops.Add("GlobalLpPool", 2, c => c[0].LpPool(c.Long("p", 2), OpCall.SizesOf(c[0])[2..]));
        ops.Add("MaxUnpool", 9, MaxUnpool);
    }

    private static long[] Kernel(OpCall c) => c.Ints("kernel_shape") ?? throw c.Error("kernel_shape is missing.");

    private static Sizes Strides(OpCall c) => c.Ints("strides") ?? [1];

    private static Sizes Dilations(OpCall c) => c.Ints("dilations") ?? [1];

    private static Padding Around(OpCall c) => ConvOps.PaddingOf(c, c[0].Rank - 2);

    private static int[] Spatial(OpCall c) => [.. Enumerable.Range(2, c[0].Rank - 2)];

    private static OnnxValue?[] MaxPool(OpCall c)
    {
        if (!c.Wants(1))
        {
            return [c[0].MaxPool(Kernel(c), Strides(c), Around(c), Dilations(c), c.Flag("ceil_mode"))];
        }

        var (values, indices) = c[0].MaxPoolWithIndices(Kernel(c), Strides(c), Around(c), Dilations(c), c.Flag("ceil_mode"));
        var sizes = OpCall.SizesOf(c[0]);
        var place = indices.Cast(DType.Int64);
        if (c.Flag("storage_order"))
        {
            // From the last axis running fastest to the first.
            var (rest, columnMajor, stride) = (place, place.ZerosLike(), sizes[2..].Aggregate(1L, (a, b) => a * b));
            for (var axis = sizes.Length - 1; axis >= 2; axis--)
            {
                stride /= sizes[axis];
                columnMajor += rest.FloorMod(sizes[axis]) * stride;
                rest = rest.FloorDiv(sizes[axis]);
            }

            place = columnMajor;
        }

        // ONNX counts over the whole tensor.
        var planes = Tensor.Arange(0, sizes[0] * sizes[1], dtype: DType.Int64).Reshape([sizes[0], sizes[1], .. Enumerable.Repeat((Core.SymInt)1, sizes.Length - 2)]);
        return [values, place + planes * sizes[2..].Aggregate(1L, (a, b) => a * b)];
    }

    private static Tensor MaxUnpool(OpCall c)
    {
        var sizes = OpCall.SizesOf(c[0]);
        var (kernel, strides, pads) = (Kernel(c), c.Ints("strides"), c.Ints("pads"));
        var axes = kernel.Length;
        var full = sizes.ToArray();
        for (var i = 0; i < axes; i++)
        {
            full[i + 2] = (sizes[i + 2] - 1) * (strides?[i] ?? 1) - (pads is null ? 0 : pads[i] + pads[i + axes]) + kernel[i];
        }

        var flat = Tensor.Zeros([full.Aggregate(1L, (a, b) => a * b)], c[0].DType, c.Context.Device);
        var y = flat.Scatter(0, c[1].Flatten(), c[0].Flatten()).Reshape(full);
        return c.LongsOrNull(2) is { } shape ? y.Pad([.. shape.Select((s, i) => ((Core.SymInt)0, (Core.SymInt)(s - full[i])))]) : y;
    }
}
