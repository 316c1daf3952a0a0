using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Reductions, scans and what looks at sorted elements. Expected numbers are PyTorch's.</summary>
internal sealed class StatisticsTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    [Test]
    public void Medians_and_modes()
    {
        var x = Of([2, 4], 3, 1, 2, 4, 5, NaN, 1, 1);
        Expect(x.Median(1).Values, [2, NaN]);
        Expect(x.Median(1).Indices, [2, 1]);
        Expect(x.NanMedian(1).Values, [2, 1]);
        Expect(x.NanMedian(), [2]);
        Expect(Of([3], 3, 1, 2).Median(), [2]);
        Expect(x.Median(0, keepDim: true).Values, [3, NaN, 1, 1], shape: [1, 4]);
        var m = Of([2, 5], 1, 2, 2, 1, 3, 5, 4, 4, 4, 5).Mode();
        Expect(m.Values, [1, 4]);
        Expect(m.Indices, [3, 3]);
        Expect(Of([2, 2], 1, 2, 1, 3).Mode(0).Values, [1, 2]);
        Expect(x.KthValue(2).Values, [2, 1]);
        Expect(x.KthValue(4).Indices, [3, 1]);
        Expect(x.MSort(), [3, 1, 1, 1, 5, NaN, 2, 4]);
        ExpectError("TEN3045", () => x.KthValue(5));
    }

    [TestCase(QuantileMethod.Linear, new[] { 1, 1.9, 2.5, 4 })]
    [TestCase(QuantileMethod.Lower, new double[] { 1, 1, 2, 4 })]
    [TestCase(QuantileMethod.Higher, new double[] { 1, 2, 3, 4 })]
    [TestCase(QuantileMethod.Nearest, new double[] { 1, 2, 3, 4 })]
    [TestCase(QuantileMethod.Midpoint, new[] { 1, 1.5, 2.5, 4 })]
    public void Quantiles(QuantileMethod method, double[] expected)
    {
        var x = Of([4], 3, 1, 2, 4);
        expected[2] = method == QuantileMethod.Nearest ? 3 : expected[2];
        Expect(x.Quantile(Of([4], 0, 0.3, 0.5, 1), 0, method: method), expected);
        Expect(Of([2, 4], 3, 1, 2, 4, 3, NaN, 2, 4).Quantile(0.5, 1, method: method), [expected[2], NaN]);
        Expect(Of([2, 5], 3, 1, NaN, 2, 4, NaN, NaN, NaN, NaN, NaN).NanQuantile(Of([1], 0.3), 1, keepDim: true, method: method), [expected[1], NaN], shape: [1, 2, 1]);
    }

    [Test]
    public void Covariances_and_correlations()
    {
        var x = Of([2, 3], 0, 1, 2, 2, 1, 4);
        Expect(x.Cov(), [1, 1, 1, 7 / 3d]);
        Expect(x.CorrCoef(), [1, 0.6546537, 0.6546537, 1]);
        Expect(x[0].Cov(), [1], shape: []);
        Expect(x.Cov(correction: 0, weights: new[] { 1, 2, 1 }), [0.5, 0.5, 0.5, 1.5]);
    }

    [Test]
    public void Counts_by_interval()
    {
        var x = Of([7], 1, 2, 1, 0, 3, NaN, 9);
        Expect(x.Histc(4, 0, 3), [1, 2, 1, 1]);
        Expect(Of([3], 1, 2, 4).Histc(3), [1, 1, 1]);
        var (counts, edges) = Of([4], 1, 2, 1, 4).Histogram(3, (0, 3), density: true);
        Expect(counts, [0, 2 / 3d, 1 / 3d]);
        Expect(edges, [0, 1, 2, 3]);
        Expect(Of([5], 0, 0.5, 1, 2, NaN).Histogram(Of([3], 0, 1, 2)).Counts, [2, 2]);
        Expect(Of([2], 5, 5).Histogram(2).Edges, [4.5, 5, 5.5]);
        Expect(((Tensor)new[] { 1, 3, 1 }).BinCount(), [0, 2, 0, 1]);
        Expect(((Tensor)new[] { 1, 3, 1 }).BinCount(Of([3], 0.5, 1, 2), 6), [0, 2.5, 0, 1, 0, 0]);
        ExpectError("TEN3158", () => ((Tensor)new[] { -1 }).BinCount());
    }

    [Test]
    public void Running_reductions()
    {
        var x = Of([2, 4], 1, 3, 3, 2, -1, NaN, 5, -2);
        var (greatest, at) = x.CumMax(1);
        Expect(greatest, [1, 3, 3, 3, -1, NaN, NaN, NaN]);
        Expect(at[0], [0, 1, 2, 2]);
        Expect(x.CumMin(1).Values, [1, 1, 1, 1, -1, NaN, NaN, NaN]);
        Expect(x.CumMin(0).Indices[1], [1, 1, 0, 1]);
        Expect(x.CumProd(1), [1, 3, 9, 18, -1, NaN, NaN, NaN]);
        Expect(((Tensor)new[] { true, false }).CumMin(0).Values, [1, 0]);
        Expect(x[0].LogCumSumExp(0), [1, 3.126928, 3.758624, 3.917576], 1e-5);
        Expect(Of([2], -Inf, -Inf).LogCumSumExp(0), [-Inf, -Inf]);
        Expect(x[0].Diff(2), [-2, -1]);
        Expect(x[0].Diff(prepend: Of([1], 5)), [-4, 2, 0, -1]);
        Expect(x[0].Trapezoid(), [7.5]);
        Expect(x[0].Trapezoid(Of([4], 0, 1, 3, 4)), [10.5]);
        Expect(x[0].CumulativeTrapezoid(distance: 2), [4, 10, 15]);
        var n = 600;
        var y = (Tensor.Arange(n) % 7).Cast(DType.Float32);
        Expect(y.CumMax(0).Values, Tensor.Arange(n).Clamp(0, 6));
        Expect((y * 0.0 + 1.001).CumProd(0)[^1], [Math.Pow(1.001, n)], 1e-4);
    }

    [Test]
    public void Norms()
    {
        var x = Of([2, 2], 3, -4, 0, 0);
        Expect(x.Norm(2, [1]), [5, 0]);
        Expect(x.Norm(1), [7]);
        Expect(x.Norm(0, [1]), [2, 0]);
        Expect(x.Norm(Inf, [1]), [4, 0]);
        Expect(x.Norm(-Inf, [1]), [3, 0]);
        Expect(x.Norm(3, [1]), [4.497941, 0]);
        Expect(x.Normalize(), [0.6, -0.8, 0, 0]);
        Expect(x.Renorm(2, 0, 2.5), [1.5, -2, 0, 0], 1e-5);
        Expect(x.CDist(Of([1, 2], 0, 0)), [5, 0]);
        Expect(x.Norm(2, [1]).Sum().Gradient(x)[0], [0.6, -0.8, 0, 0]);
        Expect(x.LogSumExp([0, 1]), [Math.Log(Math.Exp(3) + Math.Exp(-4) + 2)]);
        Expect(Tensor.Zeros(2, 0).LogSumExp(1), [-Inf, -Inf]);
    }

    [Test]
    public void Counts_means_and_pairs()
    {
        var x = Of([2, 3], 1, NaN, 0, 2, 5, 2);
        Expect(x.CountNonZero([1]), [2, 3]);
        Expect(x.NanSum([1]), [1, 9]);
        Expect(x.NanMean([0]), [1.5, 5, 1]);
        Expect(x.MaxWithIndex(1).Indices, [1, 1]);
        Expect(x.MinWithIndex(0, keepDim: true).Values, [1, NaN, 0], shape: [1, 3]);
        Expect(x[1].MinMax().Min, [2]);
        Expect(x[1].VarMean().Var, [3]);
        Expect(x[1].StdMean(correction: 0).Std, [Math.Sqrt(2)]);
        Expect(x.ArgMinAll(), [1]);
        Assert.That(x.AllClose(x, equalNaN: true), Is.True);
        Assert.That(x.AllClose(x), Is.False);
        Assert.That(x[1].ArrayEqual(Of([3], 2, 5, 2)), Is.True);
        Expect(x.IsIn(Of([2], 2, 0)), [0, 0, 1, 1, 0, 1]);
        Expect(Tensor.SumOf(x[1], x[1], 1), [5, 11, 5]);
        Expect(Tensor.ProductOf(x[1], x[1]), [4, 25, 4]);
    }

    [Test]
    public void Integers()
    {
        var a = (Tensor)new[] { 12, -18, 0, 7, int.MaxValue, 1134903170 };
        var b = (Tensor)new[] { 18, 12, 5, 0, 1, 701408733 };
        Expect(a.Gcd(b), [6, 6, 5, 7, 1, 1]);
        Expect(a[..5].Lcm(b[..5]), [36, 36, 0, 0, int.MaxValue]);
        Expect(((Tensor)new[] { 1, -8, -8, 1 }).ShiftRight(new[] { 1, 1, 40, 40 }), [0, -4, -1, 0]);
        Expect(((Tensor)new[] { 1, -8, 3, 1 }).ShiftLeft(new[] { 31, 1, 40, -1 }), [int.MinValue, -16, 0, 0]);
        Expect(((Tensor)new[] { 0, -1, 5 }).PopCount(), [0, 32, 2]);
        Expect(((Tensor)new[] { 2, -3, 0, -1 }).Pow(new[] { 10, 3, 0, -1 }), [1024, -27, 1, -1]);
        Expect(((Tensor)new[] { 2, -3 }).FloatPower(new[] { -1, 2 }), [0.5, 9]);
        ExpectError("TEN3031", () => Of([1], 1).Gcd(b));
    }

    [Test]
    public void Activations_of_several_operands()
    {
        Expect(Of([2, 4], 1, 2, 0, 100, 3, 4, -100, 0).Glu(), [0.5, 2, 0, 2], 1e-6);
        Expect(Of([1, 2, 2], -1, 2, -3, 4).PRelu(Of([2], 0.5, 0.1)), [-0.5, 2, -0.3, 4]);
        Expect(Of([2], 0, 1).Softmin(), [0.7310586, 0.2689414]);
        Expect(Of([3], 1, 2, 3).AddCMul(Of([3], 1, 2, 3), Of([3], 1, 1, 2), 0.5), [1.5, 3, 6]);
        Expect(Of([3], 1, 2, 3).AddCDiv(Of([3], 1, 2, 3), Of([3], 1, 1, 2)), [2, 4, 4.5]);
        Expect(Of([4], 1, 2, 3, NaN).Clip(2, Of([4], 9, 9, 2.5, 1)), [2, 2, 2.5, NaN]);
        ExpectError("TEN3156", () => Tensor.Zeros(3).Glu());
    }

    [Test]
    public void Gradients_of_what_is_not_a_sum()
    {
        foreach (var (name, f) in new (string, Func<Tensor, Tensor>)[]
        {
            ("Asin", x => (x * 0.3).Asin()), ("Acos", x => (x * 0.3).Acos()), ("Atan", x => x.Atan()), ("Atan2", x => x.Atan2(x.Flip(0))), ("Sinh", x => x.Sinh()),
            ("Cosh", x => x.Cosh()), ("Asinh", x => x.Asinh()), ("Acosh", x => (x.Abs() + 1.1).Acosh()), ("Atanh", x => (x * 0.3).Atanh()),
            ("Sinc", x => x.Sinc()), ("Hypot", x => x.Hypot(x.Flip(0) * 2.0)), ("Erfc", x => x.Erfc()), ("ErfInv", x => (x * 0.3).ErfInv()),
            ("LogGamma", x => x.LogGamma()), ("Digamma", x => x.Digamma()), ("LogAddExp", x => x.LogAddExp(x.Flip(0))), ("XLogY", x => x.XLogY(x.Abs())),
            ("Selu", x => x.Selu()), ("Mish", x => x.Mish()), ("LogSigmoid", x => x.LogSigmoid()), ("Celu", x => x.Celu(0.7)), ("Softsign", x => x.Softsign()),
            ("FloorMod", x => x.FloorMod(x.Flip(0) * 0.4)), ("CopySign", x => x.CopySign(x.Flip(0))), ("Lerp", x => x.Lerp(x.Flip(0), x)),
            ("CumProd", x => x.CumProd(0)), ("CumMax", x => x.CumMax(0).Values * x), ("LogCumSumExp", x => x.LogCumSumExp(0)), ("Median", x => x.Median().Square()),
            ("Quantile", x => x.Quantile(0.3).Square()), ("Mode", x => x.Mode(0).Values.Square()), ("Norm3", x => x.Norm(3)), ("Cov", x => x.Reshape(2, 3).Cov()),
            ("Renorm", x => x.Reshape(2, 3).Renorm(2, 0, 0.5)), ("Ldexp", x => x.Ldexp(new[] { 1, 2, 3, 0, -1, 2 })), ("Frexp", x => x.Frexp().Mantissa),
            ("CDist", x => x.Reshape(2, 3).CDist(x.Reshape(2, 3) * 2.0)), ("Diff", x => x.Diff(2).Square()), ("KthValue", x => x.KthValue(2).Values.Square()),
        })
        {
            CheckGradient(name, f, Sample(DType.Float64, 5, 6));
        }
    }

    private static void CheckGradient(string name, Func<Tensor, Tensor> f, Tensor x)
    {
        x.Realize();
        Tensor Loss(Tensor at) => (f(at) is var y ? y * (Tensor.Arange(y.Count).Reshape(y.Shape) + 1.5) : y).Sum();
        var gradient = Loss(x).Gradient(x)[0].Values();
        for (var i = 0; i < gradient.Length; i++)
        {
            var step = Tensor.Arange(x.Count).Eq(i).Cast(DType.Float64) * 1e-5;
            var numeric = (Loss(x + step).Item<double>() - Loss(x - step).Item<double>()) / 2e-5;
            Assert.That(gradient[i], Is.EqualTo(numeric).Within(1e-4 * Math.Max(1, Math.Abs(numeric))), $"{name}, element {i}");
        }
    }
}
