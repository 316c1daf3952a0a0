using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    private const int MostTapsInPlace = 4;

    /// <summary>Resamples all axes behind the first two: <c>[N, C, i…]</c> → <c>[N, C, o…]</c>.</summary>
    /// <param name="size">The sizes of these axes in the result; one number stands for all. By default they follow from <paramref name="scale"/>.</param>
    /// <param name="scale">By how much the axes grow, one number for all or one for each: o = ⌊i·scale⌋.</param>
    /// <param name="mode">What an element is made of.</param>
    /// <param name="alignCorners">Whether the first and last elements stay where they are; otherwise the edges of the elements do. For linear and cubic modes.</param>
    /// <param name="antialias">Whether axes that shrink are smoothed before. For linear and cubic modes.</param>
    /// <param name="recomputeScale">Whether positions follow from the sizes, also where <paramref name="scale"/> is given.</param>
    /// <remarks>As torch.nn.functional.interpolate; linear over two axes is its bilinear, over three its trilinear mode.</remarks>
    /// <exception cref="TenonException">Neither or both of size and scale are given, or they don't fit the shape.</exception>
    public Tensor Interpolate(
        Sizes size = default, double[]? scale = null, Interpolation mode = Interpolation.Nearest, bool alignCorners = false, bool antialias = false, bool recomputeScale = false)
    {
        var axes = Rank - 2;
        if (axes < 1 || (size.Count == 0) == (scale is null) || (scale is not null && scale.Length != 1 && scale.Length != axes))
        {
            throw new TenonException("TEN3205", $"Interpolate: input {Shape}, size {size}, scale [{string.Join(", ", scale ?? [])}]. Expected [N, C, i…], and either a size or a scale: one number, or one for each axis i.");
        }

        var to = size.Count == 0 ? new long[axes] : (long[])size.For(axes, 1, nameof(Interpolate)).Clone();
        var steps = new Resampling?[axes];
        for (var i = 0; i < axes; i++)
        {
            var from = Shapes.Known(Shape, 2 + i, nameof(Interpolate));
            double? factor = scale is null ? null : scale[scale.Length == 1 ? 0 : i];
            to[i] = factor is { } f ? (long)Math.Floor(from * f) : to[i];
            if (to[i] < 1 || from < 1)
            {
                throw new TenonException("TEN3205", $"Interpolate: axis {2 + i} of shape {Shape} to a size of {to[i]}. Expected 1 or more elements of both.");
            }

            steps[i] = mode == Interpolation.Area ? null : Step(from, to[i], recomputeScale ? null : factor);
        }

        return mode switch
        {
            Interpolation.Area => AdaptiveAvgPool(to),
            Interpolation.Nearest or Interpolation.NearestExact => Resampled(steps!),
            _ => InSingle(x => x.Resampled(steps!)),
        };

        Resampling Step(long from, long to, double? factor)
        {
            var perElement = factor is { } f ? 1 / f : (double)from / to;
            var single = (float)perElement;    // PyTorch finds the nearest in float32, and which one it is can hang on that.
            if (mode is Interpolation.Nearest or Interpolation.NearestExact)
            {
                return Resampling.Nearest(from, to, o => MathF.Floor((mode == Interpolation.Nearest ? o : o + 0.5f) * single));
            }

            perElement = !alignCorners ? perElement : to > 1 ? (double)(from - 1) / (to - 1) : 0;
            var filter = mode == Interpolation.Linear ? ResampleFilter.Linear : ResampleFilter.Cubic(antialias ? -0.5 : -0.75);
            return Resampling.Filtered(
                from, to, o => alignCorners && !antialias ? o * perElement : (o + 0.5) * perElement - 0.5, filter, antialias ? Math.Max(1, perElement) : 1, excludeOutside: antialias);
        }
    }

    // The last axes, one after the other.
    private Tensor Resampled(params ReadOnlySpan<Resampling> steps)
    {
        var x = this;
        for (var i = 0; i < steps.Length; i++)
        {
            x = x.ResampledAlong(Rank - steps.Length + i, steps[i]);
        }

        return x;
    }

    private Tensor ResampledAlong(int axis, Resampling step)
    {
        if (step.IsIdentity)
        {
            return this;
        }

        var x = DType.IsFloat ? Detach() : this;
        var result = x.PickedAlong(axis, step);
        return DType.IsFloat ? result.WithGradient([this], (g, _, _) => [g.ResampledAlong(axis, step.Transposed())]) : result;
    }

    private Tensor PickedAlong(int axis, Resampling step)
    {
        var index = From<int>(step.Index, [step.Count, step.Taps], Device);
        if (step.IsSelection)
        {
            return IndexSelect(axis, index.Flatten());
        }

        var weight = (DType.Bits > 32 ? From<double>(step.Weight, Device) : From<float>(Array.ConvertAll(step.Weight, static w => (float)w), Device)).Cast(DType);
        weight = weight.Reshape([step.Count, step.Taps, .. Enumerable.Repeat((SymInt)1, Rank - axis - 1)]);
        if (step.Taps > MostTapsInPlace)
        {
            var sizes = Shape.ToSizes();
            return (IndexSelect(axis, index.Flatten()).Reshape([.. sizes[..axis], step.Count, step.Taps, .. sizes[(axis + 1)..]]) * weight).Sum(axis + 1);
        }

        // A sum of a few picks is no reduction, and is computed where it is used.
        Tensor? sum = null;
        for (var t = 0; t < step.Taps; t++)
        {
            var part = IndexSelect(axis, index[.., t]) * weight[.., t];
            sum = sum is null ? part : sum + part;
        }

        return sum!;
    }
}
