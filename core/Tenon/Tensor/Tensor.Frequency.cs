namespace Tenon;

/// <content>Frequencies of transforms, and windows of signals, as float32.</content>
public sealed partial class Tensor
{
    /// <summary>The frequencies of <see cref="Fft"/>, in cycles per unit: 0, 1, …, then the negative ones, over <c>n·spacing</c>.</summary>
    /// <param name="n">The length of the transform.</param>
    /// <param name="spacing">The distance between samples.</param>
    /// <param name="device">By default none.</param>
    public static Tensor FftFreq(long n, double spacing = 1, string? device = null) =>
        From<float>([.. Enumerable.Range(0, (int)n).Select(i => (float)((i < (n + 1) / 2 ? i : i - n) / (n * spacing)))], device);

    /// <summary>The frequencies of <see cref="Rfft"/>: 0, 1, …, n/2 over <c>n·spacing</c>.</summary>
    /// <inheritdoc cref="FftFreq"/>
    public static Tensor RfftFreq(long n, double spacing = 1, string? device = null) =>
        From<float>([.. Enumerable.Range(0, (int)(n / 2) + 1).Select(i => (float)(i / (n * spacing)))], device);

    /// <summary>Frequency 0 in the middle of the axes, all by default.</summary>
    public Tensor FftShift(params int[] axes) => Shifted(axes, static n => n - n / 2, nameof(FftShift));

    /// <summary>The inverse of <see cref="FftShift"/>.</summary>
    public Tensor IfftShift(params int[] axes) => Shifted(axes, static n => n / 2, nameof(IfftShift));

    /// <summary>J. von Hann's window: ½ - ½·cos(2πk/N).</summary>
    /// <param name="length">The number of samples.</param>
    /// <param name="periodic">Whether N is the length, for transforms; else the length - 1, so that the window is symmetric.</param>
    /// <param name="device">By default the default device.</param>
    public static Tensor HannWindow(long length, bool periodic = true, string? device = null) => CosineWindow(length, periodic, device, 0.5, 0.5);

    /// <summary>R. W. Hamming's window: 0.54 - 0.46·cos(2πk/N).</summary>
    /// <inheritdoc cref="HannWindow"/>
    public static Tensor HammingWindow(long length, bool periodic = true, string? device = null) => CosineWindow(length, periodic, device, 0.54, 0.46);

    /// <summary>R. B. Blackman's window: 0.42 - ½·cos(2πk/N) + 0.08·cos(4πk/N).</summary>
    /// <inheritdoc cref="HannWindow"/>
    public static Tensor BlackmanWindow(long length, bool periodic = true, string? device = null) => CosineWindow(length, periodic, device, 0.42, 0.5, 0.08);

    /// <summary>M. S. Bartlett's window, a triangle: 1 - |2k/N - 1|.</summary>
    /// <inheritdoc cref="HannWindow"/>
    public static Tensor BartlettWindow(long length, bool periodic = true, string? device = null) =>
        Window(length, periodic, device, static t => 1 - Math.Abs(2 * t - 1));

    private static Tensor CosineWindow(long length, bool periodic, string? device, params double[] terms) => Window(
        length, periodic, device, t => terms.Select((a, i) => (i % 2 == 0 ? a : -a) * Math.Cos(2 * Math.PI * i * t)).Sum());

    private static Tensor Window(long length, bool periodic, string? device, Func<double, double> value)
    {
        var last = periodic ? length : length - 1;
        return length < 0 ? throw new TenonException("TEN3116", $"A window of {length} samples. Expected 0 or more.")
            : From<float>([.. Enumerable.Range(0, (int)length).Select(i => length == 1 ? 1 : (float)value((double)i / last))], device);
    }

    private Tensor Shifted(int[] axes, Func<long, long> first, string operation)
    {
        var result = this;
        foreach (var at in axes.Length == 0 ? Enumerable.Range(0, Rank) : Shapes.AxisSet(axes, Rank, operation))
        {
            var n = Shapes.Known(Shape, at, operation);
            var parts = result.Split([first(n), n - first(n)], at);
            result = n == 0 ? result : Cat([parts[1], parts[0]], at);
        }

        return result;
    }
}
