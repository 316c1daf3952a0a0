using System.Numerics;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ComplexTests
{
    private static readonly Complex[] Values = [new(1, 2), new(-3, 0.5), new(0, -1), new(2.5, 0), new(-1, -1), new(0, 0)];
    private static readonly Complex[] Others = [new(0.5, -1), new(2, 3), new(-1, 1), new(0, 4), new(1, 0), new(-2, 5)];

    [Test]
    public void NumbersGoInAndOut()
    {
        var x = Tensor.From<Complex>(Values, [2, 3]);
        Assert.That((x.DType, x.ToBytes().Length), Is.EqualTo((DType.Complex64, 48)));
        Assert.That(x.ToArray<Complex>(), Is.EqualTo(Values));
        Assert.That(x[1].ToArray<Complex>(), Is.EqualTo(Values[3..]));
        Assert.That(x.Reshape(3, 2).T.Flip(0).Pad([(0, 0), (1, 0)])[0, 1].Item<Complex>(), Is.EqualTo(Values[1]));
        Assert.That(Tensor.FromArray(new[,] { { Values[0] }, { Values[1] } }).ToArray<Complex>(), Is.EqualTo(Values[..2]));
        Assert.That(((Tensor)new Complex(1, -2)).Item<Complex>(), Is.EqualTo(new Complex(1, -2)));
        Expect(x.ViewAsReal(), [1, 2, -3, 0.5, 0, -1, 2.5, 0, -1, -1, 0, 0], shape: [2, 3, 2]);
        Same(x.ViewAsReal().ViewAsComplex(), Values);
        Same(Tensor.Complex(x.Real, x.Imag), Values);
        Same(Tensor.Complex(Tensor.From<float>([1, 2]), 3), [new(1, 3), new(2, 3)]);
        Same(Tensor.Polar(2.0, Tensor.From<float>([0, MathF.PI / 2])), [new(2, 0), new(0, 2)]);
        Expect(x.Real, [1, -3, 0, 2.5, -1, 0], shape: [2, 3]);
        Expect(x.Imag, [2, 0.5, -1, 0, -1, 0]);
        Same(Tensor.Arange(3).Cast(DType.Complex64), [0, 1, 2]);
        Same(Tensor.FromBytes(x.ToBytes(), DType.Complex64, [6]).To("CPU:1").Contiguous(), Values);
        Expect(x.Cast(DType.Bool), [1, 1, 1, 1, 1, 0]);
    }

    [Test]
    public void ArithmeticIsThatOfComplexNumbers()
    {
        var (x, y) = (Tensor.From<Complex>(Values), Tensor.From<Complex>(Others));
        Same(x + y, Values.Zip(Others, (a, b) => a + b));
        Same(x - y, Values.Zip(Others, (a, b) => a - b));
        Same(x * y, Values.Zip(Others, (a, b) => a * b));
        Same(x / y, Values.Zip(Others, (a, b) => a / b));
        Same(-x, Values.Select(a => -a));
        Same(x * 2 + 1, Values.Select(a => 2 * a + 1));
        Same(3 - x / 2.0, Values.Select(a => 3 - a / 2));
        Same(Tensor.From<float>([2, 3, 4, 5, 6, 7]) * x, Values.Select((a, i) => a * (i + 2)));
        Same(1.0 / y, Others.Select(b => 1 / b));
        Same(x * new Complex(0, 1), Values.Select(a => a * Complex.ImaginaryOne));
        Same(Tensor.From<float>([1, 2]) * new Complex(0, 1), [new(0, 1), new(0, 2)]);
        Same(x.Conj(), Values.Select(Complex.Conjugate));
        Same(x.Exp(), Values.Select(a => Complex.Exp(a)));
        Same(y.Log(), Others.Select(b => Complex.Log(b)));
        Same(x.Sqrt(), Values.Select(a => Complex.Sqrt(a)));
        Expect((x / 0.0).IsFinite(), [0, 0, 0, 0, 0, 0]);
        Expect(Tensor.From<Complex>([new(1, double.NaN), new(double.NegativeInfinity, 0), 1]).IsNaN(), [1, 0, 0]);
        Expect(x.Abs(), [.. Values.Select(Complex.Abs)]);
        Expect(y.Angle(), [.. Others.Select(b => b.Phase)]);
        Expect(x.Angle(), [.. Values.Select(b => b.Phase)]);
        Expect(x.Eq(x.Conj()), [0, 0, 0, 1, 0, 1]);
        Expect(x.Ne(x.Conj()), [1, 1, 1, 0, 1, 0]);
        Same(x.Sum(), [Values.Aggregate((a, b) => a + b)]);
        Same(x.Reshape(2, 3).Mean(1), [(Values[0] + Values[1] + Values[2]) / 3, (Values[3] + Values[4] + Values[5]) / 3]);
        Same(Tensor.Where(x.Real > 0, x, y), Values.Zip(Others, (a, b) => a.Real > 0 ? a : b));
        Same(Tensor.Cat([x[..2], y[..1]]), [Values[0], Values[1], Others[0]]);
        Same(x.IndexSelect(0, new[] { 4, 1 }), [Values[4], Values[1]]);
        Expect(Tensor.From<Complex>([new(3e30, 4e30), new(3e-30, 4e-30)]).Abs() / new[] { 5e30f, 5e-30f }, [1, 1]);
        Expect(Tensor.From<Complex>([new(double.PositiveInfinity, double.NaN)]).Abs(), [double.PositiveInfinity]);
    }

    [Test]
    public void AnglesKeepSignsAndAxes()
    {
        double[] parts = [0, -0.0, 1, -1, 1e-20, double.PositiveInfinity, double.NegativeInfinity];
        var all = parts.SelectMany(re => parts.Select(im => new Complex(re, im))).ToArray();
        Expect(Tensor.From<Complex>(all).Angle(), [.. all.Select(z => Math.Atan2((float)z.Imaginary, (float)z.Real))]);
        Expect(Tensor.From<float>([-1, 2, float.NaN]).Angle(), [Math.PI, 0, double.NaN]);
    }

    [Test]
    public void ProductsOfMatrices()
    {
        var (x, y) = (Tensor.From<Complex>(Values, [2, 3]), Tensor.From<Complex>(Others, [3, 2]));
        var expected = new List<Complex>();
        var real = new List<Complex>();
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                expected.Add(Enumerable.Range(0, 3).Select(k => Values[3 * i + k] * Others[2 * k + j]).Aggregate((a, b) => a + b));
                real.Add(Enumerable.Range(0, 3).Select(k => Values[3 * i + k] * Others[2 * k + j].Real).Aggregate((a, b) => a + b));
            }
        }

        Same(x.MatMul(y), expected);
        Same(x.MatMul(y.Real), real);
    }

    [Test]
    public void PartsAreAssigned()
    {
        var x = Tensor.From<Complex>(Values);
        x[1] = new Complex(7, 8);
        x[^2..] += 1;
        Same(x.Realize(), [Values[0], new(7, 8), Values[2], Values[3], Values[4] + 1, Values[5] + 1]);
        x.Assign(x * 2);
        Same(x, [Values[0] * 2, new(14, 16), Values[2] * 2, Values[3] * 2, Values[4] * 2 + 2, Values[5] * 2 + 2]);
        Same(Tensor.Zeros([2], DType.Complex64).Pad([(1, 0)], new Complex(0, 1)), [new(0, 1), 0, 0]);
    }

    // L = Σ |z²|: dL/dRe + i dL/dIm = 2|z| · 2z / |z| · … = 2z for |z|², by the convention of PyTorch.
    [Test]
    public void GradientsAreThoseOfTheParts()
    {
        var z = Tensor.From<Complex>(Values);
        z.RequiresGrad = true;
        (z * z.Conj()).Real.Sum().Backward();
        Same(z.Grad!, Values.Select(v => 2 * v));
        z.Grad = null;
        var w = Tensor.From<Complex>(Others);
        (z * w).Real.Sum().Backward();
        Same(z.Grad!, Others.Select(Complex.Conjugate));
        z.Grad = null;
        z.Abs().Sum().Backward();
        Same(z.Grad!, Values.Select(v => v == 0 ? 0 : v / v.Magnitude));
        var r = Tensor.From<float>([2, 3]);
        r.RequiresGrad = true;
        Expect((r * Tensor.From<Complex>([new(1, 2), new(3, 4)])).Imag.Sum().Gradient(r)[0], [2, 4]);
    }

    [Test]
    public void WhatIsNotDefinedSaysSo()
    {
        var z = Tensor.From<Complex>(Values);
        ExpectError("TEN3112", () => _ = z < -z);
        ExpectError("TEN3112", () => z.Max());
        ExpectError("TEN3112", () => z.Prod());
        ExpectError("TEN3112", () => z.Maximum(z));
        ExpectError("TEN3113", () => z.Cast(DType.Float32));
        ExpectError("TEN3113", () => z.Sin());
        ExpectError("TEN3112", () => z.Floor());
        ExpectError("TEN3112", () => z.Round());
        ExpectError("TEN3114", () => Tensor.Ones(2).ViewAsReal());
        ExpectError("TEN3114", () => Tensor.Ones(3).ViewAsComplex());
        ExpectError("TEN3033", () => z.Bitcast(DType.Int64));
        ExpectError("TEN3066", () => z.ToArray<float>());
        ExpectError("TEN3063", () => z.Sum().Backward());
    }

    private static void Same(Tensor actual, IEnumerable<Complex> expected)
    {
        var values = actual.ToArray<Complex>();
        var wanted = expected.ToArray();
        Assert.That(values, Has.Length.EqualTo(wanted.Length));
        for (var i = 0; i < values.Length; i++)
        {
            Assert.That(Complex.Abs(values[i] - wanted[i]), Is.LessThan(1e-5 * (1 + Complex.Abs(wanted[i]))), $"element {i}: {values[i]}, expected {wanted[i]}");
        }
    }
}
