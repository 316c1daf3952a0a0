using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Convolutions over any number of axes.</summary>
internal static class ConvOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("Conv", 1, c => Conv(c, c[0], c[1], c.TensorOrNull(2)));
        ops.Add("ConvTranspose", 1, ConvTranspose);
    }

    /// <summary>A convolution by the attributes of a node.</summary>
    public static Tensor Conv(OpCall c, Tensor x, Tensor weight, Tensor? bias) =>
        x.Conv(weight, bias, c.Ints("strides") ?? [1], PaddingOf(c, x.Rank - 2), c.Ints("dilations") ?? [1], c.Int("group", 1));

    /// <summary>The padding that a node asks for.</summary>
    public static Padding PaddingOf(OpCall c, int axes)
    {
        var pads = c.Ints("pads") ?? new long[2 * axes];
        return c.Text("auto_pad", "NOTSET") switch
        {
            "SAME_UPPER" => Padding.Same,
            "SAME_LOWER" => Padding.SameLower,
            "VALID" => Padding.Valid,
            "NOTSET" or "" when pads.Length == 2 * axes => Padding.Sides(pads[..axes], pads[axes..]),
            var mode => throw c.Error($"auto_pad '{mode}' and pads [{string.Join(", ", pads)}] for {axes} axes. Expected SAME_UPPER, SAME_LOWER, VALID or NOTSET, and two pads for each axis."),
        };
    }

    private static Tensor ConvTranspose(OpCall c)
    {
        var (x, weight) = (c[0], c[1]);
        var axes = x.Rank - 2;
        var strides = c.Ints("strides") ?? [.. Enumerable.Repeat(1L, axes)];
        var dilations = c.Ints("dilations") ?? [.. Enumerable.Repeat(1L, axes)];
        var extra = c.Ints("output_padding")?.ToArray() ?? new long[axes];
        var pads = c.Ints("pads")?.ToArray() ?? new long[2 * axes];
        var mode = c.Text("auto_pad", "NOTSET");
        var shape = c.Ints("output_shape") ?? (mode.StartsWith("SAME", StringComparison.Ordinal) ? [.. Enumerable.Range(0, axes).Select(i => x.Size(i + 2) * strides[i])] : null);
        for (var i = 0; i < axes && shape is not null; i++)
        {
            // What is cut off follows from the size that is asked for; one more before, unless SAME_UPPER.
            var full = strides[i] * (x.Size(i + 2) - 1) + extra[i] + (weight.Size(i + 2) - 1) * dilations[i] + 1;
            var total = full - shape[^(axes - i)];
            extra[i] += Math.Max(0, -total);
            total = Math.Max(0, total);
            pads[i] = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
            pads[i + axes] = total - pads[i];
        }

        return x.ConvTranspose(weight, c.TensorOrNull(2), strides, Padding.Sides(pads[..axes], pads[axes..]), extra, dilations, c.Int("group", 1));
    }
}
