namespace Tenon.Compiler.Tests;

/// <summary>The functions that the compiler makes from arithmetic.</summary>
public class TranscendentalTests
{
    private static readonly float[] Corners = [0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1.1754944e-38f, float.MaxValue, float.MinValue, 127.99f, 128f, -126.5f, -149f, -150f, -151f];

    private static float[] Inputs(double low, double high) => [.. Corners, .. Enumerable.Range(0, 4096).Select(i => (float)(low + (high - low) * i / 4095))];

    [Test]
    public void Exp2_is_within_two_units_in_the_last_place() => Check(Inputs(-150, 129), t => t.Exp2(), x => Math.Pow(2, x), 2);

    [Test]
    public void Log2_is_within_two_units_in_the_last_place() => Check([.. Inputs(1e-3, 100), .. Enumerable.Range(-148, 270).Select(i => MathF.ScaleB(1.7f, i))], t => t.Log2(), x => Math.Log2(x), 2);

    [Test]
    public void Sin_is_within_one_unit_in_the_last_place() => Check([.. Inputs(-1000, 1000), .. Enumerable.Range(-148, 276).Select(i => MathF.ScaleB(i % 2 == 0 ? 1.7f : -1.2f, i))], t => t.Sin(), Math.Sin, 1);

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
