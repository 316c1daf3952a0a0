using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Resamples axes as ONNX's Resize: either to sizes or by scales, o = ⌊i·scale⌋.</summary>
    /// <param name="axes">The axes.</param>
    /// <param name="sizes">Their sizes in the result; null if there are scales.</param>
    /// <param name="scales">By how much they grow; null if there are sizes.</param>
    /// <param name="options">How; the defaults of ONNX if null.</param>
    /// <param name="region">For <see cref="ResizeCoordinates.CropAndResize"/>: by axis, what is shown of the input, from 0 to 1.</param>
    /// <remarks>https://onnx.ai/onnx/operators/onnx__Resize.html</remarks>
    /// <exception cref="TenonException">The arguments don't fit the axes, or a size is not positive.</exception>
    public Tensor Resize(ReadOnlySpan<int> axes, long[]? sizes = null, double[]? scales = null, ResizeOptions? options = null, (double Begin, double End)[]? region = null)
    {
        var o = options ?? new ResizeOptions();
        if ((sizes is null) == (scales is null) || (sizes?.Length ?? scales!.Length) != axes.Length || (region is not null && region.Length != axes.Length)
            || (o.Coordinates == ResizeCoordinates.CropAndResize && region is null) || o.Mode is not (Interpolation.Nearest or Interpolation.Linear or Interpolation.Cubic))
        {
            throw new TenonException(
                "TEN3206",
                $"Resize: {axes.Length} axes, sizes [{string.Join(", ", sizes ?? [])}], scales [{string.Join(", ", scales ?? [])}], {o}. Expected either a size or a scale for each axis, for CropAndResize a region for each, and a mode of Nearest, Linear or Cubic.");
        }

        var at = new int[axes.Length];
        var (to, scale) = (new long[axes.Length], new double[axes.Length]);
        for (var i = 0; i < at.Length; i++)
        {
            at[i] = Shapes.Axis(axes[i], Rank, nameof(Resize));
            var from = Shapes.Known(Shape, at[i], nameof(Resize));
            scale[i] = scales is null ? (double)sizes![i] / from : scales[i];
            to[i] = scales is null ? sizes![i] : (long)Math.Floor(from * scale[i]);
        }

        if (sizes is not null && o.Aspect != ResizeAspect.Stretch)
        {
            scale.AsSpan().Fill(o.Aspect == ResizeAspect.NotLarger ? scale.Min() : scale.Max());
            to = [.. at.Select((a, i) => (long)Math.Floor(scale[i] * Size(a) + 0.5))];
        }

        if (to.Any(static s => s < 1))
        {
            throw new TenonException("TEN3206", $"Resize: axes [{string.Join(", ", at)}] of shape {Shape} to sizes [{string.Join(", ", to)}]. Expected 1 or more elements.");
        }

        var y = o.Mode == Interpolation.Nearest ? Along(this) : InSingle(Along);
        if (o.Coordinates != ResizeCoordinates.CropAndResize)
        {
            return y;
        }

        var isInside = Ones([], DType.Bool);
        for (var i = 0; i < at.Length; i++)
        {
            var (size, coordinate) = (Size(at[i]), Coordinates(i));
            int[] inside = [.. Enumerable.Range(0, (int)to[i]).Select(x => coordinate(x) < 0 || coordinate(x) > size - 1 ? 0 : 1)];
            isInside &= From<int>(inside, Device).Reshape(Shapes.Along(Rank, at[i], to[i])).Ne(0);
        }

        return Where(isInside, y, o.Extrapolation);

        Tensor Along(Tensor x)
        {
            for (var i = 0; i < at.Length; i++)
            {
                x = x.ResampledAlong(at[i], Step(i));
            }

            return x;
        }

        Resampling Step(int i)
        {
            var (size, coordinate) = (Size(at[i]), Coordinates(i));
            return o.Mode == Interpolation.Nearest
                ? Resampling.Nearest(size, to[i], x => Rounded(coordinate(x), o.Rounding))
                : Resampling.Filtered(
                    size,
                    to[i],
                    coordinate,
                    o.Mode == Interpolation.Linear ? ResampleFilter.Linear : ResampleFilter.Cubic(o.CubicCoefficient),
                    o.Antialias ? Math.Max(1, 1 / scale[i]) : 1,
                    o.ExcludeOutside);
        }

        // The width is what the scale asks for, before it is rounded to a size.
        Func<long, double> Coordinates(int i)
        {
            var (size, grow, begin, end) = ((double)Size(at[i]), scale[i], region?[i].Begin ?? 0, region?[i].End ?? 1);
            var (width, count) = (size * grow, to[i]);
            return o.Coordinates switch
            {
                ResizeCoordinates.HalfPixelSymmetric => x => size / 2 * (1 - count / width) + (x + 0.5) / grow - 0.5,
                ResizeCoordinates.PyTorchHalfPixel when width == 1 => static _ => -0.5,
                ResizeCoordinates.AlignCorners => x => width == 1 ? 0 : x * (size - 1) / (width - 1),
                ResizeCoordinates.Asymmetric => x => x / grow,
                ResizeCoordinates.CropAndResize => x => (size - 1) * (begin + (end - begin) * (width == 1 ? 0.5 : x / (width - 1))),
                _ => x => (x + 0.5) / grow - 0.5,
            };
        }
    }

    private static double Rounded(double x, ResizeRounding rounding) => rounding switch
    {
        ResizeRounding.PreferFloor => Math.Ceiling(x - 0.5),
        ResizeRounding.PreferCeiling => Math.Floor(x + 0.5),
        ResizeRounding.Floor => Math.Floor(x),
        _ => Math.Ceiling(x),
    };
}
