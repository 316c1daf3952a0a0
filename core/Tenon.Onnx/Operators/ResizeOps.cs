using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators that resample, crop and pad.</summary>
internal static class ResizeOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("Upsample", 1, c => Upsample(c, [1, 1, c.Float("height_scale", 1), c.Float("width_scale", 1)]));
        ops.Add("Upsample", 7, c => Upsample(c, c.Floats("scales") ?? throw c.Error("scales are missing.")));
        ops.Add("Upsample", 9, c => Upsample(c, c.Doubles(1)));
        ops.Add("Resize", 10, c => Upsample(c, c.Doubles(1)));
        ops.Add("Resize", 11, Resize);
        ops.Add("CenterCropPad", 18, CenterCropPad);
    }

    private static Tensor Upsample(OpCall c, double[] scales) => Resized(c, Enumerable.Range(0, scales.Length), null, scales, null, new ResizeOptions
    {
        Mode = Mode(c),
        Coordinates = ResizeCoordinates.Asymmetric,
        Rounding = ResizeRounding.Floor,
    });

    private static Tensor Resize(OpCall c)
    {
        var axes = c.Ints("axes")?.Select(a => c.Axis(a, c[0].Rank)).ToArray() ?? [.. Enumerable.Range(0, c[0].Rank)];
        var coordinates = c.Text("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" => ResizeCoordinates.HalfPixel,
            "half_pixel_symmetric" => ResizeCoordinates.HalfPixelSymmetric,
            "pytorch_half_pixel" => ResizeCoordinates.PyTorchHalfPixel,
            "align_corners" => ResizeCoordinates.AlignCorners,
            "asymmetric" => ResizeCoordinates.Asymmetric,
            "tf_crop_and_resize" => ResizeCoordinates.CropAndResize,
            var other => throw c.Error($"coordinate_transformation_mode '{other}'."),
        };
        var region = coordinates == ResizeCoordinates.CropAndResize ? c.Doubles(1) : null;
        return Resized(c, axes, c.Has(3) ? c.Longs(3) : null, c.Has(3) ? null : c.Doubles(2), region?.Take(axes.Length).Zip(region.Skip(axes.Length)).ToArray(), new ResizeOptions
        {
            Mode = Mode(c),
            Coordinates = coordinates,
            Rounding = c.Text("nearest_mode", "round_prefer_floor") switch
            {
                "round_prefer_floor" => ResizeRounding.PreferFloor,
                "round_prefer_ceil" => ResizeRounding.PreferCeiling,
                "floor" => ResizeRounding.Floor,
                "ceil" => ResizeRounding.Ceiling,
                var other => throw c.Error($"nearest_mode '{other}'."),
            },
            CubicCoefficient = c.Float("cubic_coeff_a", -0.75),
            ExcludeOutside = c.Flag("exclude_outside"),
            Extrapolation = c.Float("extrapolation_value", 0),
            Antialias = c.Flag("antialias"),
            Aspect = c.Text("keep_aspect_ratio_policy", "stretch") switch
            {
                "stretch" => ResizeAspect.Stretch,
                "not_larger" => ResizeAspect.NotLarger,
                "not_smaller" => ResizeAspect.NotSmaller,
                var other => throw c.Error($"keep_aspect_ratio_policy '{other}'."),
            },
        });
    }

    // Axes that stay as they are need no work.
    private static Tensor Resized(OpCall c, IEnumerable<int> axes, long[]? sizes, double[]? scales, (double, double)[]? region, ResizeOptions options)
    {
        var x = c[0];
        var (all, kept) = (axes.ToArray(), new List<int>());
        if (all.Length != (sizes?.Length ?? scales?.Length))
        {
            throw c.Error($"{all.Length} axes, sizes [{string.Join(", ", sizes ?? [])}], scales [{string.Join(", ", scales ?? [])}]. Expected a size or a scale for each axis.");
        }

        for (var i = 0; i < all.Length; i++)
        {
            if (options.Aspect != ResizeAspect.Stretch || region is not null || (sizes is null ? scales![i] != 1 : sizes[i] != x.Size(all[i])))
            {
                kept.Add(i);
            }
        }

        return kept.Count == 0 ? x : x.Resize([.. kept.Select(i => all[i])], sizes is null ? null : [.. kept.Select(i => sizes[i])], scales is null ? null : [.. kept.Select(i => scales[i])], options, region is null ? null : [.. kept.Select(i => region[i])]).Cast(x.DType);
    }

    private static Interpolation Mode(OpCall c) => c.Text("mode", "nearest") switch
    {
        "nearest" => Interpolation.Nearest,
        "linear" or "bilinear" => Interpolation.Linear,
        "cubic" => Interpolation.Cubic,
        var other => throw c.Error($"mode '{other}'. Expected nearest, linear or cubic."),
    };

    // Of an odd difference the larger half is behind.
    private static Tensor CenterCropPad(OpCall c)
    {
        var (x, sizes) = (c[0], c.Longs(1));
        var axes = c.Ints("axes") ?? [.. Enumerable.Range(0, x.Rank).Select(i => (long)i)];
        var padding = new (Core.SymInt, Core.SymInt)[x.Rank];
        padding.AsSpan().Fill((0, 0));
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = c.Axis(axes[i], x.Rank);
            var difference = sizes[i] - x.Size(axis);
            padding[axis] = (difference / 2, difference - difference / 2);
        }

        return x.Pad(padding);
    }
}
