namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Fourier transforms of overlapping parts of a signal: <c>[…, L]</c> → complex64 <c>[…, frequencies, frames]</c>.</summary>
    /// <param name="length">The length of a transform.</param>
    /// <param name="hop">The distance between parts; a quarter of the length by default.</param>
    /// <param name="window">What each part is multiplied by, <c>[at most length]</c>, in its middle; ones by default.</param>
    /// <param name="center">Whether part t is around sample t·hop, the signal being reflected at its ends; otherwise it begins there.</param>
    /// <param name="normalized">Whether results are divided by the square root of the length.</param>
    /// <param name="onesided">Whether only the frequencies 0 to length/2 are given; by default of real signals.</param>
    /// <exception cref="TenonException">The signal is shorter than a part, or the window doesn't fit.</exception>
    public Tensor Stft(long length, long? hop = null, Tensor? window = null, bool center = true, bool normalized = false, bool? onesided = null)
    {
        if (Rank == 0 || length < 1 || hop < 1 || Shapes.Known(Shape, Rank - 1, nameof(Stft)) is var n && n < (center ? length / 2 + 1 : length))
        {
            throw new TenonException("TEN3118", $"Stft: parts of {length} samples, {hop ?? length / 4} apart, of a signal {Shape}. Expected […, L] with L at least {(center ? length / 2 + 1 : length)}, and distances of 1 and more.");
        }

        // Windows of a row over both parts of complex numbers.
        var x = DType.IsComplex ? ViewAsReal() : Cast(DType.Float32).Unsqueeze(-1);
        var parts = x.Size(Rank);
        var outer = Core.Shape.FromDims(Shape.Dims[..^1]).ToSizes();
        var rows = x.Transpose(-1, -2).Reshape(-1, 1, 1, n);
        rows = center ? rows.Reflected(length / 2) : rows;
        var frames = rows.Unfold((1, length), stride: (1, hop ?? Math.Max(1, length / 4)));
        var weighted = frames * WindowOf(window, length, nameof(Stft)).Unsqueeze(-1);
        var pairs = weighted.Reshape([.. outer, parts, length, frames.Shape.Size(2)]);
        int[] order = [.. Enumerable.Range(0, outer.Length), outer.Length + 1, outer.Length + 2, outer.Length];
        var all = pairs.Permute(order).Dft(-3, norm: normalized ? FftNorm.Ortho : FftNorm.Backward);
        var bounds = Shapes.Bounds(all.Shape);
        bounds[^3] = (0, onesided ?? !DType.IsComplex ? length / 2 + 1 : length);
        return all.Shrink(bounds).ViewAsComplex();
    }

    /// <summary>The signal of <see cref="Stft"/>: <c>[…, frequencies, frames]</c> → <c>[…, L]</c>, the parts added and divided by their windows' squares.</summary>
    /// <param name="length">The length of a transform.</param>
    /// <param name="hop">The distance between parts; a quarter of the length by default.</param>
    /// <param name="window">The window of <see cref="Stft"/>.</param>
    /// <param name="center">As of <see cref="Stft"/>.</param>
    /// <param name="normalized">As of <see cref="Stft"/>.</param>
    /// <param name="onesided">Whether only the frequencies 0 to length/2 are there; the signal is real then.</param>
    /// <param name="samples">How many samples the signal has; as many as the parts cover by default.</param>
    /// <exception cref="TenonException">The shape doesn't fit the length, or the window the length.</exception>
    public Tensor Istft(long length, long? hop = null, Tensor? window = null, bool center = true, bool normalized = false, bool onesided = true, long? samples = null)
    {
        var step = hop ?? Math.Max(1, length / 4);
        if (Rank < 2 || length < 1 || step < 1 || Shape.Size(Rank - 2) != (onesided ? length / 2 + 1 : length))
        {
            throw new TenonException("TEN3118", $"Istft: {Shape} for transforms of {length} samples, {step} apart. Expected […, {(onesided ? length / 2 + 1 : length)}, frames].");
        }

        var norm = normalized ? FftNorm.Ortho : FftNorm.Backward;
        var x = Cast(DType.Complex64);
        var frames = onesided ? x.Irfft(length, -2, norm).Unsqueeze(-3) : x.Ifft(length, -2, norm).ViewAsReal() is var p ? p.Permute([.. Enumerable.Range(0, Rank - 2), Rank, Rank - 2, Rank - 1]) : this;
        var count = Shapes.Known(Shape, Rank - 1, nameof(Istft));
        var whole = length + step * (count - 1);
        var weights = WindowOf(window, length, nameof(Istft)).Unsqueeze(-1);
        var signal = Added(frames.Reshape(-1, length, count) * weights) / Added(weights.Square().Expand(length, count).Unsqueeze(0)).Maximum(1e-11);
        var begin = center ? length / 2 : 0;
        var end = samples is { } s ? Math.Min(whole, begin + s) : whole - begin;
        var cut = signal[.., (int)begin..(int)end].Reshape([.. Core.Shape.FromDims(Shape.Dims[..^2]), onesided ? 1 : 2, end - begin]);
        cut = samples > end - begin ? OfLength(cut, cut.Rank - 1, samples.Value) : cut;
        return onesided ? cut.Squeeze(-2) : cut.Transpose(-1, -2).Contiguous().ViewAsComplex();

        // [B, length, frames] → [B, whole]
        Tensor Added(Tensor parts) => parts.Fold((1, whole), (1, length), stride: (1, step)).Flatten(1);
    }

    private Tensor Reflected(long count)
    {
        var n = (int)Size(-1);
        return count == 0 ? this : Cat([this[Ellipsis, 1..((int)count + 1)].Flip(-1), this, this[Ellipsis, (n - 1 - (int)count)..(n - 1)].Flip(-1)], -1);
    }

    // Ones, or the window with zeros on both sides.
    private static Tensor WindowOf(Tensor? window, long length, string operation)
    {
        if (window is null)
        {
            return Ones(length);
        }

        var missing = window.Rank == 1 ? length - Shapes.Known(window.Shape, 0, operation) : -1;
        return missing >= 0
            ? window.Cast(DType.Float32).Pad([(missing / 2, missing - missing / 2)])
            : throw new TenonException("TEN3118", $"{operation}: a window {window.Shape} for parts of {length} samples. Expected one axis, at most as long.");
    }
}
