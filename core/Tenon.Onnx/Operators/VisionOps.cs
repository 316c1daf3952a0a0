using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that sample pictures at places that are computed.</summary>
internal static class VisionOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("GridSample", 16, GridSample);
        ops.Add("AffineGrid", 20, c => c[0].AffineGrid(c.Longs(1)[2..], c.Flag("align_corners")));
        ops.Add("RoiAlign", 10, c => RoiAlign(c, c.Text("coordinate_transformation_mode", "output_half_pixel")));
        ops.Add("RoiAlign", 16, c => RoiAlign(c, c.Text("coordinate_transformation_mode", "half_pixel")));
        ops.Add("DeformConv", 19, DeformConv);
    }

    private static Tensor GridSample(OpCall c) => c[0].GridSample(
        c[1],
        c.Text("mode", "linear") switch
        {
            "linear" or "bilinear" => Interpolation.Linear,
            "cubic" or "bicubic" => Interpolation.Cubic,
            "nearest" => Interpolation.Nearest,
            var other => throw c.Error($"mode '{other}'. Expected linear, nearest or cubic."),
        },
        c.Text("padding_mode", "zeros") switch
        {
            "zeros" => GridPadding.Zeros,
            "border" => GridPadding.Border,
            "reflection" => GridPadding.Reflection,
            var other => throw c.Error($"padding_mode '{other}'. Expected zeros, border or reflection."),
        },
        c.Flag("align_corners"));

    private static Tensor RoiAlign(OpCall c, string coordinates) => c[0].RoiAlign(
        c[1],
        c[2],
        new long[] { c.Long("output_height", 1), c.Long("output_width", 1) },
        c.Float("spatial_scale", 1),
        c.Int("sampling_ratio", 0),
        coordinates == "half_pixel",
        c.Text("mode", "avg") == "max");

    private static Tensor DeformConv(OpCall c)
    {
        var axes = c[0].Rank - 2;
        var pads = c.Ints("pads") ?? new long[2 * axes];
        return c[0].DeformConv(
            c[2],
            c[1],
            c.TensorOrNull(3),
            c.TensorOrNull(4),
            c.Ints("strides") ?? [1],
            Padding.Sides(pads[..axes], pads[axes..]),
            c.Ints("dilations") ?? [1],
            c.Int("group", 1),
            c.Int("offset_group", 1));
    }
}
