using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>The functions that the compiler makes from arithmetic.</summary>
public class TranscendentalTests
{
    private static readonly float[] Corners = [0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1.1754944e-38f, float.MaxValue, float.MinValue, 127.99f, 128f, -126.5f, -149f, -150f, -151f];

    private static IEnumerable<TestCaseData> Functions()
    {
        yield return Case("exp2", t => t.Exp2(), x => Math.Pow(2, x), -12.498980f, -24.499641f);
        yield return Case("exp", t => t.Exp(), Math.Exp, -5.8468394f, 5.8962364f, 88.72283f, 88.72284f, -87.33655f, -103.97208f, -103.972084f);
        yield return Case("expm1", t => t.Expm1(), x => MathFunction.Expm1.Evaluate(x, 0), 0.34659833f, 17.083963f, 1e-40f, 88.72283f, 88.72284f);
        yield return Case("log2", t => t.Log2(), Math.Log2, 1.4117228f, 1.3935025f, 1.405438f, 0.99999994f, 1.0000001f);
        yield return Case("log", t => t.Log(), Math.Log, 0.70697296f, 0.70002437f, 0.99999994f, 1.0000001f);
        yield return Case("log10", t => t.Log10(), Math.Log10, 1.3253305f, 1.2934505f, 0.99999994f, 1.0000001f);
        yield return Case("log1p", t => t.Log1p(), x => MathFunction.Log1p.Evaluate(x, 0), 0.42927936f, -0.99999994f, -0.3024894f, 1.6e7f, 3.4e7f);
        yield return Case("tanh", t => t.Tanh(), Math.Tanh, -0.8217448f, 0.9f, 0.90000004f, 9.01f, 9.02f);
        yield return Case("sigmoid", t => t.Sigmoid(), x => MathFunction.Sigmoid.Evaluate(x, 0), -16.289423f, -15.59896f, -88f, -103f, -104f);

        yield return Case("sin", t => t.Sin(), Math.Sin, 3.1926158E+38f, 3.029663E+38f, 1.1259e15f, 7.555787e22f, 5.0706e30f, 2.622308E+38f, 16367173f * MathF.Pow(2, 72));
        yield return Case("cos", t => t.Cos(), Math.Cos, 3.0921803E+38f, 3.250621E+38f, 1.1259e15f, 7.555787e22f, 5.0706e30f, 16367173f * MathF.Pow(2, 72));
        yield return Case("tan", t => t.Tan(), Math.Tan, 3.3332254E+38f, -2.808487E+38f, -3.3937047E+38f, 16367173f * MathF.Pow(2, 72));
        yield return Case("erf", t => t.Erf(), x => MathFunction.Erf.Evaluate(x, 0), 1.0033771f, 0.9983188f, 1.0775235f, -1.0254369f, 1.062473f, 1.125f, 1.1249999f, 0.99999994f, 3.91f, 3.93f);
        yield return Case("erfc", t => t.Erfc(), x => MathFunction.Erfc.Evaluate(x, 0), 0.65f, 0.6499999f, -0.65f, 6.5278845f, 9.19f, 10.05f, 10.06f, -3.9f, 1e-40f);

        static TestCaseData Case(string name, Func<Tensor, Tensor> function, Func<double, double> reference, params float[] worst) => new TestCaseData(function, reference, worst).SetArgDisplayNames(name);
    }

    /// <summary>Numbers of every size, ordinary ones, and those that the search over all numbers (the benchmarks' command maths) found worst.</summary>
    [TestCaseSource(nameof(Functions))]
    public void Functions_are_within_one_unit_in_the_last_place(Func<Tensor, Tensor> function, Func<double, double> reference, float[] worst)
    {
        float[] sizes = [.. Enumerable.Range(0, 20_000).Select(i => BitConverter.Int32BitsToSingle(i * 214_741))];
        float[] ordinary = [.. Enumerable.Range(0, 8000).Select(i => -20 + i * 0.005f)];
        Check([.. Corners, .. worst, .. sizes, .. ordinary], function, reference, 1);
    }

    [Test]
    public void Powers_are_within_one_unit_and_special_ones_as_IEEE_754_says()
    {
        var random = new Random(5);
        float[] special = [0, -0f, 1, -1, 2, -2, 3, -3, 0.5f, -0.5f, 2.5f, -2.5f, 8388609, 16777216, 33554432, -8388609, float.Epsilon, -float.Epsilon, 1e-39f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 0.99999994f, 1.0000001f];
        List<(float X, float Y)> pairs = [.. special.SelectMany(x => special.Select(y => (x, y)))];
        pairs.AddRange(Enumerable.Range(0, 20_000).Select(_ => (BitConverter.Int32BitsToSingle(random.Next()), random.NextSingle() * 4 - 2)));
        pairs.AddRange(Enumerable.Range(0, 20_000).Select(_ => (random.NextSingle() * 20, random.NextSingle() * 60 - 30)));
        pairs.AddRange(Enumerable.Range(0, 5_000).Select(_ => (random.NextSingle() * -20, (float)random.Next(-30, 30))));
        pairs.AddRange(Enumerable.Range(0, 5_000).Select(_ => (1 + (random.NextSingle() - 0.5f) * 1e-4f, (random.NextSingle() - 0.5f) * 2e6f)));
        var (bases, exponents) = (Tensor.From<float>(pairs.Select(p => p.X).ToArray(), [pairs.Count]), Tensor.From<float>(pairs.Select(p => p.Y).ToArray(), [pairs.Count]));
        var actual = bases.Pow(exponents).ToArray<float>();
        var wrong = Enumerable.Range(0, pairs.Count).Where(i => !IsNear(actual[i], Math.Pow(pairs[i].X, pairs[i].Y), 1)).ToList();
        Assert.That(wrong, Is.Empty, () => string.Join("\n", wrong.Take(8).Select(i => $"{pairs[i].X:R}^{pairs[i].Y:R} = {actual[i]:R}, expected {(float)Math.Pow(pairs[i].X, pairs[i].Y):R}")));
    }

    /// <summary>The fast set: to 1e-6 of the value in the ordinary range, and special values where the switch says nothing of them.</summary>
    [Test]
    public void The_fast_set_is_right_to_a_millionth()
    {
        float[] x = [.. Enumerable.Range(0, 8000).Select(i => -20 + i * 0.005f)];
        Assert.Multiple(() =>
        {
            CheckFast(x, t => t.Exp(), Math.Exp);
            CheckFast(x, t => t.Exp2(), v => Math.Pow(2, v));
            CheckFast(x, t => t.Tanh(), Math.Tanh);
            CheckFast(x, t => t.Sigmoid(), v => 1 / (1 + Math.Exp(-v)));
            CheckFast(x, t => t.Erf(), v => MathFunction.Erf.Evaluate(v, 0));
            CheckFast([.. x.Where(v => v > 0)], t => t.Log(), Math.Log);
            CheckFast([.. x.Where(v => v > 0)], t => t.Pow(-2.7), v => Math.Pow(v, -2.7f));
            CheckFast([.. x, 1000.5f, -999.25f], t => t.Sin(), Math.Sin, absolute: 3e-7);
            CheckFast([.. x, 1000.5f, -999.25f], t => t.Cos(), Math.Cos, absolute: 3e-7);
        });

        static void CheckFast(float[] x, Func<Tensor, Tensor> function, Func<double, double> reference, double absolute = 0)
        {
            using var scope = Tensor.FastMath();
            var actual = function(Tensor.From<float>(x, [x.Length])).ToArray<float>();
            var worst = Enumerable.Range(0, x.Length).MaxBy(i => Math.Abs(actual[i] - reference(x[i])) / (Math.Abs(reference(x[i])) + absolute / 1e-6 + 1e-30));
            Assert.That(actual[worst], Is.EqualTo(reference(x[worst])).Within(1e-6 * Math.Abs(reference(x[worst])) + absolute), $"at {x[worst]:R}");
        }
    }

    [Test]
    public void Float64_functions_are_accurate()
    {
        double[] x = [.. Enumerable.Range(0, 2000).Select(i => -20 + i * 0.0201)];
        var t = Tensor.From<double>(x, [x.Length]);
        Assert.Multiple(() =>
        {
            Assert.That(t.Exp2().ToArray<double>(), Is.EqualTo(x.Select(v => Math.Pow(2, v))).Within(1e-12).Percent);
            Assert.That(t.Sin().ToArray<double>(), Is.EqualTo(x.Select(Math.Sin)).Within(1e-14));
            Assert.That(t.Abs().Log2().ToArray<double>(), Is.EqualTo(x.Select(v => Math.Log2(Math.Abs(v)))).Within(1e-13));
        });
    }

    [Test]
    public void Float64_sine_and_cosine_keep_their_digits_up_to_a_thousand_million_million()
    {
        double[] x = [.. Enumerable.Range(0, 4000).Select(i => -20 + i * 0.01), .. Enumerable.Range(0, 2000).Select(i => Math.ScaleB(1 + i / 2000.0, i % 50)), .. Enumerable.Range(1, 500).Select(i => i * Math.PI / 2), 1e15, -1e15, 1e9 * Math.PI];
        var t = Tensor.From<double>(x, [x.Length]);
        Assert.Multiple(() =>
        {
            CheckDoubles(x, t.Sin().ToArray<double>(), Math.Sin);
            CheckDoubles(x, t.Cos().ToArray<double>(), Math.Cos);
        });
    }

    [Test]
    public void Acosh_below_one_is_NaN() => Assert.That(Tensor.From<float>([-2896.347f, 0.5f, 1f], [3]).Acosh().ToArray<float>(), Is.EqualTo(new[] { float.NaN, float.NaN, 0f }));

    /// <summary>By two units, one of which is the reference's.</summary>
    [Test]
    public void Float64_exponentials_and_logarithms_are_as_the_platforms()
    {
        double[] x = [.. Enumerable.Range(0, 4000).Select(i => -20 + i * 0.01), .. Enumerable.Range(0, 1400).Select(i => -740 + i * 1.03)];
        double[] positive = [.. Enumerable.Range(0, 4000).Select(i => Math.ScaleB(1 + i / 4000.0, i % 2000 - 1000)), .. Enumerable.Range(0, 2000).Select(i => 0.5 + i * 0.001)];
        var (t, p) = (Tensor.From<double>(x, [x.Length]), Tensor.From<double>(positive, [positive.Length]));
        Assert.Multiple(() =>
        {
            CheckDoubles(x, t.Exp().ToArray<double>(), Math.Exp);
            CheckDoubles(x, t.Exp2().ToArray<double>(), v => Math.Pow(2, v));
            CheckDoubles(x, t.Tanh().ToArray<double>(), Math.Tanh);
            CheckDoubles(positive, p.Log().ToArray<double>(), Math.Log);
            CheckDoubles(positive, p.Log2().ToArray<double>(), Math.Log2);
        });
    }

    /// <summary>Values that mpmath has computed, rounded: those of the greatest errors found, and ordinary ones.</summary>
    [Test]
    public void Float64_functions_are_within_one_unit_of_the_nearest_number()
    {
        var rows = File.ReadLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", "float64.txt")).Select(l => l.Split(' ')).ToLookup(w => w[0], w => w[1..].Select(double.Parse).ToArray());
        Assert.Multiple(() =>
        {
            foreach (var (name, function) in new (string, Func<Tensor, Tensor>)[] { ("erf", t => t.Erf()), ("erfc", t => t.Erfc()), ("sin", t => t.Sin()), ("cos", t => t.Cos()), ("tan", t => t.Tan()), ("log10", t => t.Log10()) })
            {
                CheckNear(name, [.. rows[name]], function(Numbers(rows[name], 0)));
            }

            CheckNear("pow", [.. rows["pow"]], Numbers(rows["pow"], 0).Pow(Numbers(rows["pow"], 1)));
        });

        static Tensor Numbers(IEnumerable<double[]> rows, int i) => Tensor.From<double>([.. rows.Select(r => r[i])], [rows.Count()]);

        static void CheckNear(string name, double[][] rows, Tensor actual)
        {
            var values = actual.ToArray<double>();
            var wrong = Enumerable.Range(0, rows.Length).Where(i => values[i] != rows[i][^1] && values[i] != Math.BitIncrement(rows[i][^1]) && values[i] != Math.BitDecrement(rows[i][^1]));
            Assert.That(wrong.Select(i => $"{name} of {string.Join(", ", rows[i][..^1])} = {values[i]:R}, not {rows[i][^1]:R}"), Is.Empty);
        }
    }

    [Test]
    public void Special_values_of_float64_are_as_IEEE_754_says()
    {
        double[] x = [0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 2.5, 9007199254740993, 18014398509481984, -9007199254740991, double.Epsilon, -double.Epsilon, 1e-310, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0.9999999999999999, 1.0000000000000002];
        double[] bases = [.. x.SelectMany(v => x.Select(_ => v))], exponents = [.. x.SelectMany(_ => x)];
        double[] turns = [.. x.Where(v => !(Math.Abs(v) >= 1e15) || double.IsInfinity(v))];
        var t = Tensor.From<double>(x, [x.Length]);
        Assert.Multiple(() =>
        {
            CheckSame(bases, Tensor.From<double>(bases, [bases.Length]).Pow(Tensor.From<double>(exponents, [bases.Length])), i => Math.Pow(bases[i], exponents[i]));
            CheckSame(x, t.Erf(), i => MathFunction.Erf.Evaluate(x[i], 0));
            CheckSame(x, t.Erfc(), i => MathFunction.Erfc.Evaluate(x[i], 0));
            CheckSame(turns, Tensor.From<double>(turns, [turns.Length]).Tan(), i => Math.Tan(turns[i]));
        });

        static void CheckSame(double[] x, Tensor actual, Func<int, double> expected)
        {
            var values = actual.ToArray<double>();
            var wrong = Enumerable.Range(0, x.Length).Where(i => !(values[i].Equals(expected(i)) && double.IsNegative(values[i]) == double.IsNegative(expected(i))) && !(double.IsNaN(values[i]) && double.IsNaN(expected(i)))
                && !(Math.Abs(values[i] - expected(i)) <= 1e-15 * Math.Abs(expected(i))) && !(Math.Abs(expected(i)) < 1e-300 && Math.Abs(values[i] - expected(i)) <= double.Epsilon));
            Assert.That(wrong.Select(i => $"{i}: f({x[i]:R}) = {values[i]:R}, expected {expected(i):R}"), Is.Empty);
        }
    }

    private static void CheckDoubles(double[] x, double[] actual, Func<double, double> reference)
    {
        var wrong = Enumerable.Range(0, x.Length).Where(i => !actual[i].Equals(reference(x[i])) && !(Math.Abs(actual[i] - reference(x[i])) <= 2 * (Math.BitIncrement(Math.Abs(reference(x[i]))) - Math.Abs(reference(x[i]))))).ToList();
        Assert.That(wrong, Is.Empty, () => string.Join("\n", wrong.Take(8).Select(i => $"f({x[i]:R}) = {actual[i]:R}, expected {reference(x[i]):R}")));
    }

    [Test]
    public void Odd_functions_of_minus_zero_are_minus_zero()
    {
        var functions = new (string, Func<Tensor, Tensor>)[] { ("tanh", t => t.Tanh()), ("sin", t => t.Sin()), ("tan", t => t.Tan()), ("erf", t => t.Erf()), ("expm1", t => t.Expm1()), ("log1p", t => t.Log1p()), ("sqrt", t => t.Sqrt()) };
        var x = Tensor.From<float>([-0f, 0f], [2]);
        Assert.Multiple(() =>
        {
            foreach (var (name, function) in functions)
            {
                Assert.That(function(x).ToArray<float>().Select(float.IsNegative), Is.EqualTo(new[] { true, false }), name);
                Assert.That(function(x.Cast(DType.Float64)).ToArray<double>().Select(double.IsNegative), Is.EqualTo(new[] { true, false }), $"{name} of float64");
            }
        });
    }

    [Test]
    public void Halves_are_rounded_to_nearest_even_as_dotnet_does()
    {
        float[] x = [.. Corners, .. Enumerable.Range(0, 20_000).Select(i => BitConverter.Int32BitsToSingle(i * 214_741)), 65504f, 65519.9f, 65520f, 6.1e-5f, 5.96e-8f, 2.98e-8f, 2.99e-8f];
        var halves = Tensor.From<float>(x, [x.Length]).Cast(DType.Float16);
        Assert.That(halves.ToArray<Half>().Select(Bits), Is.EqualTo(x.Select(v => Bits((Half)v))));
        Assert.That(halves.Cast(DType.Float32).ToArray<float>(), Is.EqualTo(x.Select(v => (float)(Half)v)));

        static int Bits(Half h) => Half.IsNaN(h) ? -1 : BitConverter.HalfToUInt16Bits(h);
    }

    /// <summary>By way of float32 a tie could be made that was none.</summary>
    [Test]
    public void Float64_is_rounded_to_halves_once()
    {
        double[] steps = [0, 1e-14, -1e-14, 3e-9, -3e-9];
        double[] x = [.. Enumerable.Range(0, 4000).SelectMany(i => steps.Select(s => Math.ScaleB(1 + (2 * i + 1) / 2048.0 + s, i % 44 - 26) * (i % 3 == 0 ? -1 : 1))),
            .. Corners, 65519.999999999, 65520, -65519.999999999, 2.98023223876953163e-8, 2.9802322387695312e-8, double.MaxValue, double.Epsilon];
        var halves = Tensor.From<double>(x, [x.Length]).Cast(DType.Float16).ToArray<Half>();
        Assert.That(halves.Select(h => Half.IsNaN(h) ? -1 : BitConverter.HalfToUInt16Bits(h)), Is.EqualTo(x.Select(v => double.IsNaN(v) ? -1 : BitConverter.HalfToUInt16Bits((Half)v))));
    }

    [Test]
    public void The_bits_of_one_half_type_are_those_of_the_other()
    {
        Half[] x = [(Half)0f, (Half)(-0f), (Half)1f, (Half)1.5f, Half.MaxValue, Half.Epsilon, (Half)(-3.25f)];
        var bits = Tensor.From<Half>(x, [x.Length]).Bitcast(DType.BFloat16).Bitcast(DType.UInt16).ToArray<ushort>();
        Assert.That(bits, Is.EqualTo(x.Select(BitConverter.HalfToUInt16Bits)));
        var there = Tensor.From<Half>(x, [x.Length]).Bitcast(DType.BFloat16).Cast(DType.Float32).ToArray<float>();
        Assert.That(there, Is.EqualTo(x.Select(h => BitConverter.Int32BitsToSingle(BitConverter.HalfToUInt16Bits(h) << 16))));
    }

    [Test]
    public void BFloat16_is_rounded_to_nearest_even()
    {
        float[] x = [.. Corners, .. Enumerable.Range(0, 20_000).Select(i => BitConverter.Int32BitsToSingle(i * 214_741))];
        Assert.That(Tensor.From<float>(x, [x.Length]).Cast(DType.BFloat16).Cast(DType.Float32).ToArray<float>(), Is.EqualTo(x.Select(Scalar.RoundToBFloat16)));
    }

    private static void Check(float[] x, Func<Tensor, Tensor> function, Func<double, double> reference, double units)
    {
        var actual = function(Tensor.From<float>(x, [x.Length])).ToArray<float>();
        var wrong = Enumerable.Range(0, x.Length).Where(i => !IsNear(actual[i], reference(x[i]), units)).ToList();
        Assert.That(wrong, Is.Empty, () => string.Join("\n", wrong.Take(8).Select(i => $"f({x[i]:R}) = {actual[i]:R}, expected {(float)reference(x[i]):R}")));
    }

    private static bool IsNear(float actual, double expected, double units)
    {
        var rounded = (float)expected;
        return actual.Equals(rounded) || (float.IsFinite(rounded) && Math.Abs(actual - expected) <= units * ((double)MathF.BitIncrement(Math.Abs(rounded)) - Math.Abs(rounded)));
    }
}
