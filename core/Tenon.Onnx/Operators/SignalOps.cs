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
        return Transform(x.Transpose(at, -2), length, inverse, onesided).Transpose(at, -2);
    }

    // […, N, 1 or 2] → […, length, 2]; onesided: the half of it that tells the rest of a real signal, or a real signal […, length, 1] of such a half.
    private static Tensor Transform(Tensor x, long length, bool inverse, bool onesided)
    {
        var half = length / 2 + 1;
        var (from, to) = (inverse && onesided ? half : length, !inverse && onesided ? half : length);
        x = Sized(x, -2, from);

        // Cosines and sines of the frequencies; whole turns are taken off before. In float64, because the terms cancel.
        var dtype = DType.Float64;
        var turn = (Tensor.Arange(0, from, dtype: DType.Int64).Unsqueeze(1) * Tensor.Arange(0, to, dtype: DType.Int64)).FloorMod(length).Cast(dtype) * (2 * Math.PI / length);
        var (cos, sin) = (turn.Cos(), turn.Sin() * (inverse ? 1 : -1));
        var real = Last(x, 0).Cast(dtype);
        var imaginary = x.Size(-1) == 2 ? Last(x, 1).Cast(dtype) : null;
        if (inverse && onesided)
        {
            // Frequencies inside stand for their mirror too.
            var k = Tensor.Arange(0, from, dtype: DType.Int64);
            var weight = Tensor.Where(k.Eq(0) | (k * 2).Eq(length), Tensor.Full([], 1.0, dtype), 2);
            (real, imaginary) = (real * weight, imaginary is null ? null : imaginary * weight);
        }

        var parts = new List<Tensor> { imaginary is null ? real.MatMul(cos) : real.MatMul(cos) - imaginary.MatMul(sin) };
        if (!(inverse && onesided))
        {
            parts.Add(imaginary is null ? real.MatMul(sin) : real.MatMul(sin) + imaginary.MatMul(cos));
        }

        var y = Tensor.Stack([.. parts], -1);
        return (inverse ? y / length : y).Cast(x.DType);
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
        return Transform(framed, length, inverse: false, c.Flag("onesided", true) && x.Size(2) == 1);
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

        return Tensor.From<double>(weights, [size], c.Context.Device).Cast(c.DType("output_datatype") ?? DType.Float32);
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

        return Tensor.From<double>(weights, [bins, bands], c.Context.Device).Cast(c.DType("output_datatype") ?? DType.Float32);

        static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);
    }

    private static Tensor Last(Tensor x, int i) => x.Shrink([.. OpCall.SizesOf(x)[..^1].Select(s => ((Core.SymInt)0, (Core.SymInt)s)), (i, i + 1)]).Squeeze(-1);

    // An axis cut, or with zeros at its end.
    private static Tensor Sized(Tensor x, int axis, long size)
    {
        var padding = new (Core.SymInt, Core.SymInt)[x.Rank];
        padding.AsSpan().Fill((0, 0));
        padding[x.Rank + axis] = (0, size - x.Size(axis));
        return x.Pad(padding);
    }
}
