using Tenon.Onnx.Graph;
using Tenon.Onnx.Run;

namespace Tenon.Onnx.Operators;

/// <summary>Operators on signals. Complex numbers are pairs in the last axis.</summary>
internal static class SignalOps
{
    /// <summary>Adds them.</summary>
    public static void Register(OpRegistry ops)
    {
        ops.Add("DFT", 17, c => Dft(c, c.Long("axis", 1)));
        ops.Add("DFT", 20, c => Dft(c, c.ScalarOrNull(2)?.AsLong ?? -2));
        ops.Add("STFT", 17, Stft);
        ops.Add("HannWindow", 17, c => Window(c, 0.5, 0.5, 0));
        ops.Add("HammingWindow", 17, c => Window(c, 25.0 / 46, 21.0 / 46, 0));
        ops.Add("BlackmanWindow", 17, c => Window(c, 0.42, 0.5, 0.08));
        ops.Add("MelWeightMatrix", 17, MelWeightMatrix);
    }

    private static Tensor Dft(OpCall c, long axis)
    {
        var x = c[0];
        var at = c.Axis(axis, x.Rank);
        var (inverse, onesided) = (c.Flag("inverse"), c.Flag("onesided"));
        if (at == x.Rank - 1 || x.Size(-1) is not (1 or 2))
        {
            throw c.Error($"axis {axis} of shape {x.Shape}. Expected a last axis of 1 or 2, and another axis to transform.");
        }

        var length = c.ScalarOrNull(1)?.AsLong ?? (inverse && onesided ? 2 * (x.Size(at) - 1) : x.Size(at));
        return Transform(x, at, length, inverse, onesided);
    }

    // onesided: the half of a transform that tells the rest of a real signal, or a real signal […, 1] of such a half.
    private static Tensor Transform(Tensor x, int axis, long length, bool inverse, bool onesided)
    {
        var half = length / 2 + 1;
        if (!inverse || !onesided)
        {
            var y = x.Dft(axis, length, inverse);
            return onesided ? Part(y, axis, 0, half) : y;
        }

        // What is missing mirrors what is there, turned the other way round.
        x = Part(x, axis, 0, half);
        var mirror = Part(x, axis, 1, length - half + 1).Flip(axis);
        mirror = x.Size(-1) == 2 ? mirror * Tensor.From<float>([1, -1]).Cast(x.DType) : mirror;
        return Part(Tensor.Cat([x, mirror], axis).Dft(axis, length, inverse: true), x.Rank - 1, 0, 1);
    }

    // Frames of a signal [B, L, 1 or 2], each weighted and transformed: [B, frames, bins, 2].
    private static Tensor Stft(OpCall c)
    {
        var (x, step, window) = (c[0], c.Scalar(1).AsLong, c.TensorOrNull(2));
        x = x.Rank == 2 ? x.Unsqueeze(2) : x;
        var length = c.ScalarOrNull(3)?.AsLong ?? window?.Size(0) ?? x.Size(1);
        if (step < 1 || length < 1 || length > x.Size(1))
        {
            throw c.Error($"frames of {length} every {step} elements of {x.Shape}. Expected positive numbers, and frames not longer than the signal.");
        }

        var frames = 1 + (x.Size(1) - length) / step;
        var place = Tensor.Arange(0, frames, dtype: DType.Int64).Unsqueeze(1) * step + Tensor.Arange(0, length, dtype: DType.Int64);
        var framed = x.IndexSelect(1, place.Flatten()).Reshape(x.Size(0), frames, length, x.Size(2));
        framed = window is null ? framed : framed * window.Unsqueeze(1);
        return Transform(framed, 2, length, inverse: false, c.Flag("onesided", true) && x.Size(2) == 1);
    }

    // mean - first·cos(2πn/N) + second·cos(4πn/N)
    private static Tensor Window(OpCall c, double mean, double first, double second)
    {
        var size = c.Scalar(0).AsLong;
        var span = c.Flag("periodic", true) ? size : size - 1;
        var weights = new double[size];
        for (var n = 0; n < size; n++)
        {
            var angle = 2 * Math.PI * n / span;
            weights[n] = span == 0 ? 1 : mean - first * Math.Cos(angle) + second * Math.Cos(2 * angle);
        }

        return c.Computed(weights, c.DType("output_datatype") ?? DType.Float32, size);
    }

    // Triangles over the bins of a spectrum, evenly spaced by pitch: [bins, bands].
    private static Tensor MelWeightMatrix(OpCall c)
    {
        var (bands, length, rate) = (c.Scalar(0).AsLong, c.Scalar(1).AsLong, c.Scalar(2).AsLong);
        var (low, high) = (Mel(c.Scalar(3).AsDouble), Mel(c.Scalar(4).AsDouble));
        var bins = length / 2 + 1;
        var edges = Enumerable.Range(0, checked((int)bands + 2))
            .Select(i => (long)Math.Floor((length + 1) * (700 * (Math.Pow(10, (low + i * (high - low) / (bands + 2)) / 2595) - 1)) / rate)).ToArray();
        var weights = new double[bins * bands];
        for (var band = 0; band < bands; band++)
        {
            var (left, centre, right) = (edges[band], edges[band + 1], edges[band + 2]);
            for (var bin = left; bin <= right && bin < bins; bin++)
            {
                weights[bin * bands + band] = bin == centre ? 1 : bin < centre ? (bin - left) / (double)(centre - left) : (right - bin) / (double)(right - centre);
            }
        }

        return c.Computed(weights, c.DType("output_datatype") ?? DType.Float32, bins, bands);

        static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);
    }

    // An axis from one place to another, with zeros where it ends before.
    private static Tensor Part(Tensor x, int axis, long from, long to)
    {
        var padding = new (Core.SymInt, Core.SymInt)[x.Rank];
        padding.AsSpan().Fill((0, 0));
        padding[axis] = (-from, to - x.Size(axis));
        return x.Pad(padding);
    }
}
