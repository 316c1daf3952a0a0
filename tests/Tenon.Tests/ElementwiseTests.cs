using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ElementwiseTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    private static readonly double[] Corners = [-Inf, -100, -2.5, -1, -0.5, -1e-4, 0, 1e-4, 0.5, 1, 1.5, 2.5, 100, Inf, NaN];

    private static IEnumerable<TestCaseData> Functions()
    {
        yield return Case("Exp", x => x.Exp(), Math.Exp, 1e-4);
        yield return Case("Log", x => x.Log(), Math.Log);
        yield return Case("Log1p", x => x.Log1p(), x => x > -1 && Math.Abs(x) < 1e-3 ? x - x * x / 2 : Math.Log(1 + x));
        yield return Case("Exp2", x => x.Exp2(), x => Math.Pow(2, x));
        yield return Case("Log2", x => x.Log2(), Math.Log2);
        yield return Case("Sqrt", x => x.Sqrt(), Math.Sqrt);
        yield return Case("Rsqrt", x => x.Rsqrt(), x => 1 / Math.Sqrt(x));
        yield return Case("Sin", x => x.Sin(), Math.Sin);
        yield return Case("Cos", x => x.Cos(), Math.Cos);
        yield return Case("Tan", x => x.Tan(), Math.Tan, 1e-5);
        yield return Case("Tanh", x => x.Tanh(), Math.Tanh);
        yield return Case("Sigmoid", x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x)));
        yield return Case("Relu", x => x.Relu(), x => Math.Max(x, 0));
        yield return Case("Relu6", x => x.Relu6(), x => Math.Min(Math.Max(x, 0), 6));
        yield return Case("LeakyRelu", x => x.LeakyRelu(0.1), x => x < 0 ? 0.1 * x : x);
        yield return Case("Elu", x => x.Elu(), x => x > 0 ? x : Math.Exp(x) - 1);
        yield return Case("Silu", x => x.Silu(), x => x / (1 + Math.Exp(-x)));
        yield return Case("Softplus", x => x.Softplus(), x => x > 50 ? x : Math.Log(1 + Math.Exp(x)));
        yield return Case("GeluTanh", x => x.Gelu(approximate: true), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
        yield return Case("Abs", x => x.Abs(), Math.Abs);
        yield return Case("Sign", x => x.Sign(), x => double.IsNaN(x) ? NaN : Math.Sign(x));
        yield return Case("Floor", x => x.Floor(), Math.Floor);
        yield return Case("Ceil", x => x.Ceil(), Math.Ceiling);
        yield return Case("Round", x => x.Round(), Math.Round);
        yield return Case("Trunc", x => x.Trunc(), Math.Truncate);
        yield return Case("Reciprocal", x => x.Reciprocal(), x => 1 / x);
        yield return Case("Square", x => x.Square(), x => x * x);
        yield return Case("Negate", x => -x, x => -x);
        yield return Case("Pow3", x => x.Pow(3), x => x * x * x);
        yield return Case("Pow-2", x => x.Pow(-2), x => 1 / (x * x));
        yield return Case("IsNaN", x => x.IsNaN(), x => double.IsNaN(x) ? 1 : 0);
        yield return Case("IsInf", x => x.IsInf(), x => double.IsInfinity(x) ? 1 : 0);
        yield return Case("IsFinite", x => x.IsFinite(), x => double.IsFinite(x) ? 1 : 0);
        yield return Case("Less", x => x < 0.5, x => x < 0.5 ? 1 : 0);
        yield return Case("LessOrEqual", x => x <= 0.5, x => x <= 0.5 ? 1 : 0);
        yield return Case("Greater", x => x > 0.5, x => x > 0.5 ? 1 : 0);
        yield return Case("GreaterOrEqual", x => x >= 0.5, x => x >= 0.5 ? 1 : 0);
        yield return Case("Equal", x => x.Eq(0.5), x => x == 0.5 ? 1 : 0);
        yield return Case("NotEqual", x => x.Ne(0.5), x => x != 0.5 ? 1 : 0);
        yield return Case("Minimum", x => x.Minimum(0.5), x => Math.Min(x, 0.5));
        yield return Case("Clamp", x => x.Clamp(-1, 1), x => double.IsNaN(x) ? x : Math.Clamp(x, -1, 1));
        yield return Case("Remainder", x => x % 0.75, x => double.IsInfinity(x) ? NaN : x % 0.75, 1e-5);
        yield return Case("FloorMod", x => x.FloorMod(0.75), x => double.IsInfinity(x) ? NaN : x - 0.75 * Math.Floor(x / 0.75), 1e-5);

        static TestCaseData Case(string name, Func<Tensor, Tensor> tensor, Func<double, double> number, double tolerance = 2e-6) =>
            new TestCaseData(tensor, number, tolerance).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Functions))]
    public void FunctionsAgreeWithMath(Func<Tensor, Tensor> tensor, Func<double, double> number, double tolerance)
    {
        var x = Of([Corners.Length], Corners);
        var inputs = x.Values();
        var expected = inputs.Select(v => (double)(float)number(v)).ToArray();
        Expect(tensor(x), expected, tolerance);
    }

    [Test]
    public void SmallResultsKeepTheirDigits()
    {
        var tiny = Of([2], 1e-6, -1e-6);
        Assert.That(tiny.Tanh().Values()[0], Is.EqualTo(1e-6).Within(1e-12));
        Assert.That(tiny.Expm1().Values()[1], Is.EqualTo(-1e-6 + 5e-13).Within(1e-12));
        Assert.That(tiny.Log1p().Values()[0], Is.EqualTo(1e-6).Within(1e-12));
        Assert.That(tiny.Erf().Values()[0], Is.EqualTo(2e-6 / Math.Sqrt(Math.PI)).Within(1e-12));
        Assert.That(Of([1], -20).Softplus().Item<float>(), Is.EqualTo(Math.Exp(-20)).Within(1e-14));
    }

    // Values of Abramowitz and Stegun, table 7.1.
    [TestCase(0.1, 0.1124629160)]
    [TestCase(0.5, 0.5204998778)]
    [TestCase(1.0, 0.8427007929)]
    [TestCase(2.0, 0.9953222650)]
    [TestCase(double.PositiveInfinity, 1)]
    public void ErfAgreesWithTheTables(double x, double expected)
    {
        Assert.That(Of([1], x).Erf().Values()[0], Is.EqualTo(expected).Within(2e-7));
        Assert.That(((Tensor)new[] { -x }).Erf().Item<double>(), Is.EqualTo(-expected).Within(2e-10));
    }

    [Test]
    public void PowersFollowIeee754()
    {
        double[] values = [-Inf, -2, -1, -0.5, -0.0, 0.0, 0.5, 1, 2, Inf, NaN];
        double[] exponents = [-Inf, -3, -2, -0.5, -1, 0, 0.5, 1, 2, 3, Inf, NaN];
        var x = Tensor.From<double>(values).Unsqueeze(1);
        var expected = values.SelectMany(a => exponents.Select(b => Math.Pow(a, b))).ToArray();
        Expect(x.Pow((Tensor)exponents), expected, 1e-12);
        Expect(((Tensor)new[] { 2, -3, 1, -1, 5 }).Pow((Tensor)new[] { 10, 3, -4, -3, -1 }), [1024, -27, 1, -1, 0]);
    }

    [Test]
    public void ZeroKeepsItsSignWhereItMatters()
    {
        var x = Of([2], -0.0, 0.0);
        Expect(1.0 / x, [-Inf, Inf]);
        Expect(1.0 / x.Abs(), [Inf, Inf]);
        Expect(1.0 / x.Floor(), [-Inf, Inf]);
        Expect(1.0 / x.Tanh(), [-Inf, Inf]);
        Expect(x.Eq(0), [1, 1]);
    }

    [Test]
    public void DTypesMeetInTheLattice()
    {
        var i8 = Tensor.Ones([1], DType.Int8);
        var u8 = Tensor.Ones([1], DType.UInt8);
        var i32 = Tensor.Ones([1], DType.Int32);
        var f16 = Tensor.Ones([1], DType.Float16);
        Assert.Multiple(() =>
        {
            Assert.That((i8 + u8).DType, Is.EqualTo(DType.Int16));
            Assert.That((i32 + f16).DType, Is.EqualTo(DType.Float16));
            Assert.That((f16 + 1.5).DType, Is.EqualTo(DType.Float16));
            Assert.That((i8 + 1).DType, Is.EqualTo(DType.Int8));
            Assert.That((i8 + 1.5).DType, Is.EqualTo(DType.Float32));
            Assert.That((i32 / i32).DType, Is.EqualTo(DType.Float32));
            Assert.That(((i8 < 1) + 1).DType, Is.EqualTo(DType.Int32));
            Assert.That(i8.Sqrt().DType, Is.EqualTo(DType.Float32));
            Assert.That(f16.Exp().DType, Is.EqualTo(DType.Float16));
        });
    }

    [Test]
    public void IntegersWrapAndDivide()
    {
        Expect(Tensor.Full([1], 200, DType.UInt8) + 100, [44]);
        Expect(Tensor.Full([1], -128, DType.Int8) - 1, [127]);
        Tensor a = new[] { 7, -7, 7, -7, 5 }, b = new[] { 2, 2, -2, -2, 0 };
        Expect(a.IntDiv(b), [3, -3, -3, 3, 0]);
        Expect(a.FloorDiv(b), [3, -4, -4, 3, 0]);
        Expect(a % b, [1, -1, 1, -1, 5]);
        Expect(a.FloorMod(b), [1, 1, -1, -1, 5]);
        Expect(a.Minimum(b), [2, -7, -2, -7, 0]);
        Expect(Tensor.Full([1], 3, DType.UInt8).Minimum(200), [3]);
        Expect(-Tensor.Ones([1], DType.UInt8), [255]);
        Expect((a & 6) ^ 1, [7, 1, 7, 1, 5]);
        Expect(~a, [-8, 6, -8, 6, -6]);
        Expect((Tensor)new[] { 3, -8 } << 2, [12, -32]);
        Expect((Tensor)new[] { 3, -8 } >> 1, [1, -4]);
        ExpectError("TEN3032", () => _ = a << 32);
        ExpectError("TEN3031", () => _ = Tensor.Ones(1) & a);
    }

    [Test]
    public void TruthValuesFollowLogic()
    {
        Tensor a = new[] { true, true, false, false }, b = new[] { true, false, true, false };
        Expect(a & b, [1, 0, 0, 0]);
        Expect(a + b, [1, 1, 1, 0]);
        Expect(a * b, [1, 0, 0, 0]);
        Expect(a ^ b, [0, 1, 1, 0]);
        Expect(~a, [0, 0, 1, 1]);
        Expect(a < b, [0, 0, 1, 0]);
        Expect(a <= b, [1, 0, 1, 1]);
        Expect(a.Minimum(b), [1, 0, 0, 0]);
        Expect(Of([3], 0, NaN, -0.5).Cast(DType.Bool), [0, 1, 1]);
        ExpectError("TEN3030", () => _ = a - b);
    }

    [Test]
    public void OperandsBroadcastOrSayWhyNot()
    {
        Expect(Tensor.Arange(2).Unsqueeze(1) + Tensor.Arange(3), [0, 1, 2, 1, 2, 3], shape: [2, 3]);
        Expect(Tensor.Where(Tensor.Arange(3) < 1, 1, 2.5), [1, 2.5, 2.5]);
        Expect(Tensor.Where(Tensor.Arange(2).Unsqueeze(1) < 1, Tensor.Arange(2), 9), [0, 1, 9, 9], shape: [2, 2]);
        var error = Assert.Throws<TenonException>(() => _ = Tensor.Ones(2, 3) + Tensor.Ones(2));
        Assert.That(error!.Message, Does.StartWith("TEN3014").And.Contain("[2, 3]").And.Contain("[2]").And.Contain("'+'"));
    }

    [Test]
    public void BitsAreKept()
    {
        Assert.That(((Tensor)1f).Bitcast(DType.Int32).Item<int>(), Is.EqualTo(0x3f800000));
        Assert.That(Tensor.Full([1], 0x3f80, DType.Int16).Bitcast(DType.BFloat16).Values()[0], Is.EqualTo(1));
        ExpectError("TEN3033", () => Tensor.Ones(1).Bitcast(DType.Int16));
    }

    [Test]
    public void DevicesDoNotMixSilently()
    {
        var a = Tensor.From<float>([1], "CPU");
        var b = Tensor.From<float>([1], "CPU:1");
        ExpectError("TEN3015", () => _ = a + b);
        Expect(a.To("CPU:1") + b, [2]);
        Assert.That((a + 1).Device, Is.EqualTo("CPU"));
    }
}
