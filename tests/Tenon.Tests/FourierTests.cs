using System.Numerics;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Fourier transforms against PyTorch's numbers, with gradients.</summary>
internal sealed class FourierTests
{
    private static readonly Dictionary<string, GoldenCase> Golden = GoldenCase.Read("fft.json");

    private static readonly Dictionary<string, Func<Tensor[], Tensor>> Functions = new()
    {
        ["ifft"] = t => C(t[0]).Ifft(),
        ["ifft 67"] = t => C(t[0]).Ifft(),
        ["fft real"] = t => t[0].Fft(),
        ["fft axis cut"] = t => C(t[0]).Fft(3, 0, FftNorm.Ortho),
        ["fft axis filled"] = t => C(t[0]).Fft(7, 1, FftNorm.Forward),
        ["ifft forward"] = t => C(t[0]).Ifft(norm: FftNorm.Forward),
        ["ifft ortho"] = t => C(t[0]).Ifft(norm: FftNorm.Ortho),
        ["irfft"] = t => C(t[0]).Irfft(norm: FftNorm.Ortho),
        ["irfft filled"] = t => C(t[0]).Irfft(9, 0, FftNorm.Forward),
        ["fft2"] = t => C(t[0]).Fft2(),
        ["ifft2"] = t => C(t[0]).Ifft2([4, 2]),
        ["rfft2"] = t => t[0].Rfft2(),
        ["irfft2"] = t => C(t[0]).Irfft2([3, 5]),
        ["fftn"] = t => C(t[0]).FftN(norm: FftNorm.Ortho),
        ["ifftn"] = t => C(t[0]).IfftN(axes: [0, 2]),
        ["rfftn"] = t => t[0].RfftN([4, 3]),
        ["irfftn"] = t => C(t[0]).IrfftN(),
        ["shift"] = t => t[0].FftShift(),
        ["unshift"] = t => t[0].IfftShift(1),
        ["fftfreq"] = _ => Tensor.FftFreq(5, 0.5),
        ["fftfreq even"] = _ => Tensor.FftFreq(6),
        ["rfftfreq"] = _ => Tensor.RfftFreq(7, 2),
        ["hann"] = _ => Tensor.HannWindow(7),
        ["hann symmetric"] = _ => Tensor.HannWindow(6, periodic: false),
        ["hann 1"] = _ => Tensor.HannWindow(1, periodic: false),
        ["hamming"] = _ => Tensor.HammingWindow(7),
        ["hamming symmetric"] = _ => Tensor.HammingWindow(6, periodic: false),
        ["hamming 1"] = _ => Tensor.HammingWindow(1, periodic: false),
        ["blackman"] = _ => Tensor.BlackmanWindow(7),
        ["blackman symmetric"] = _ => Tensor.BlackmanWindow(6, periodic: false),
        ["blackman 1"] = _ => Tensor.BlackmanWindow(1, periodic: false),
        ["bartlett"] = _ => Tensor.BartlettWindow(7),
        ["bartlett symmetric"] = _ => Tensor.BartlettWindow(6, periodic: false),
        ["bartlett 1"] = _ => Tensor.BartlettWindow(1, periodic: false),
        ["stft"] = t => t[0].Stft(8, window: Tensor.HannWindow(8)),
        ["stft plain"] = t => t[0].Stft(6, 3, center: false, normalized: true, onesided: false),
        ["stft short window"] = t => t[0].Stft(9, 4, t[1]),
        ["stft complex"] = t => C(t[0]).Stft(8, 2, Tensor.HannWindow(8)),
        ["istft"] = t => C(t[0]).Istft(8, window: Tensor.HannWindow(8)),
        ["istft length"] = t => C(t[0]).Istft(8, 4, Tensor.HannWindow(8), normalized: true, samples: 21),
        ["istft twosided"] = t => C(t[0]).Istft(6, 2, center: false, onesided: false),
    };

    private static IEnumerable<GoldenCase> Cases => Golden.Values;

    [TestCaseSource(nameof(Cases))]
    public void PyTorchHasTheSame(GoldenCase golden) => golden.Check(
        inputs =>
        {
            Tensor[] x = Array.ConvertAll(inputs, t => t.Cast(DType.Float32));
            var y = Functions.TryGetValue(golden.Name, out var known) ? known(x) : ByLength(golden.Name.Split(' '), x[0]);
            return [y.DType.IsComplex ? y.ViewAsReal() : y];
        },
        tolerance: 2e-5);

    [Test]
    public void PairsAreTransformedInTheirPrecision()
    {
        var x = Sample(DType.Float64, 1, 70, 2);
        var parts = x.ToArray<double>();
        var expected = Enumerable.Range(0, 70).Select(k => Enumerable.Range(0, 70).Aggregate(Complex.Zero, (s, j) => s + Value(j) * Complex.FromPolarCoordinates(1, -2 * Math.PI * j * k / 70))).ToArray();
        Expect(x.Dft(0), [.. expected.SelectMany(z => new[] { z.Real, z.Imaginary })], 1e-12, [70, 2]);
        Expect(x.Dft().Dft(inverse: true), x, 1e-13);
        Expect(x[.., ..1].Cast(DType.Float16).Dft(-2, 4).Cast(DType.Float32), Tensor.Cat([x[..4, ..1].Cast(DType.Float16).Cast(DType.Float32), Tensor.Zeros(4, 1)], 1).Dft(), 2e-3);

        Complex Value(int j) => new(parts[2 * j], parts[2 * j + 1]);
    }

    [Test]
    public void LongTransformsComeBack()
    {
        foreach (var n in (long[])[300, 131, 512])
        {
            var x = Sample(DType.Float32, 2, n);
            Expect(x.Rfft().Irfft(n), x, 2e-6);
        }
    }

    [Test]
    public void TheSignalComesBack()
    {
        var x = Sample(DType.Float32, 3, 2, 64);
        var window = Tensor.HannWindow(16);
        Expect(x.Stft(16, window: window).Istft(16, window: window), x, 1e-5);
    }

    [Test]
    public void WhatDoesNotFitIsRefused()
    {
        ExpectError("TEN3116", () => Tensor.Zeros(2, 0).Fft());
        ExpectError("TEN3116", () => Tensor.Zeros(2).Fft(0));
        ExpectError("TEN3116", () => Tensor.Zeros(2, 3).Dft());
        ExpectError("TEN3116", () => Tensor.Zeros(2, 3).FftN([2], [0, 1]));
        ExpectError("TEN3117", () => Tensor.Zeros([3], DType.Float64).Fft());
        ExpectError("TEN3112", () => Tensor.Zeros([3], DType.Complex64).Rfft());
        ExpectError("TEN3118", () => Tensor.Zeros(5).Stft(12));
        ExpectError("TEN3118", () => Tensor.Zeros(50).Stft(8, window: Tensor.Ones(9)));
        ExpectError("TEN3118", () => Tensor.Zeros([4, 3], DType.Complex64).Istft(8));
        Assert.That(Tensor.Zeros(0, 4).Fft().Shape.ToArray(), Is.EqualTo(new long[] { 0, 4 }));
    }

    private static Tensor C(Tensor pairs) => pairs.ViewAsComplex();

    private static Tensor ByLength(string[] name, Tensor x) => name[0] switch
    {
        "fft" => C(x).Fft(),
        "rfft" => x.Rfft(),
        _ => C(x).Irfft(long.Parse(name[1], System.Globalization.CultureInfo.InvariantCulture)),
    };
}
