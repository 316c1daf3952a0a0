using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>NaN wins wherever values are compared, at every place of long and short axes.</summary>
internal sealed class NaNTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    [TestCase("float32")]
    [TestCase("float64")]
    [TestCase("float16")]
    [TestCase("bfloat16")]
    public void One_NaN_is_the_extreme_of_its_row(string name)
    {
        var dtype = DType.Parse(name);
        const int n = 37;
        var rows = Enumerable.Range(0, n * n).Select(i => i / n == i % n ? NaN : (i * 7 % 11 == 0 ? Inf : i % 5 - 2.0)).ToArray();
        var x = Tensor.From<double>(rows, [n, n]).Cast(dtype).Realize();
        var places = Enumerable.Range(0, n).Select(i => (double)i).ToArray();
        foreach (var axis in (int[])[0, 1])
        {
            Expect(x.Max(axis), [.. places.Select(_ => NaN)]);
            Expect(x.Min(axis), [.. places.Select(_ => NaN)]);
            Expect(x.ArgMax(axis), places);
            Expect(x.ArgMin(axis), places);
        }

        Expect(x.Max(), [NaN]);
        Expect(Tensor.Where(x.IsNaN(), -Inf, x).Max(), [Inf]);
        Expect(Tensor.Where(x.IsNaN(), Inf, x).Min(), [-2]);
    }

    [Test]
    public void The_first_of_several_is_found()
    {
        var x = Of([2, 5], 1, NaN, Inf, NaN, 9, -Inf, 2, -Inf, 2, 2);
        Expect(x.ArgMax(1), [1, 1]);
        Expect(x.ArgMin(1), [1, 0]);
        Expect(((Tensor)new[] { int.MinValue, int.MaxValue, int.MinValue, int.MaxValue }).ArgMin(0), [0]);
        Expect(((Tensor)new[] { int.MinValue, int.MaxValue, int.MinValue, int.MaxValue }).ArgMax(0), [1]);
        Expect(((Tensor)new[] { false, true, true }).ArgMax(0), [1]);
        Expect(Tensor.From<byte>([255, 0, 0]).ArgMin(0), [1]);
    }

    [Test]
    public void Elementwise_extremes_pass_it_on()
    {
        var (x, y) = (Of([5], NaN, 1, NaN, -Inf, Inf), Of([5], 1, NaN, NaN, Inf, -Inf));
        Expect(x.Maximum(y), [NaN, NaN, NaN, Inf, Inf]);
        Expect(x.Minimum(y), [NaN, NaN, NaN, -Inf, -Inf]);
        Expect(x.Clamp(-1, 2), [NaN, 1, NaN, -1, 2]);
        Expect(x.Clamp(3, 2), [NaN, 2, NaN, 2, 2]);
        Expect(x.Relu(), [NaN, 1, NaN, 0, Inf]);
        Expect(x.Relu6(), [NaN, 1, NaN, 0, 6]);
        Expect(x.LeakyRelu(), [NaN, 1, NaN, -Inf, Inf]);
        Expect(x.Elu(), [NaN, 1, NaN, -1, Inf]);
        Expect(x.HardSwish()[0..3], [NaN, 2.0 / 3, NaN]);
        foreach (var f in (Func<Tensor, Tensor>[])[t => t.Sigmoid(), t => t.Tanh(), t => t.Gelu(), t => t.Silu(), t => t.Softplus(), t => t.Sign(), t => t.Abs(), t => t.Floor(), t => t.Round()])
        {
            Expect(f(x)[0..1], [NaN]);
        }
    }

    [Test]
    public void Nothing_that_NaN_or_infinity_meets_is_simplified_away()
    {
        var x = Of([4], NaN, Inf, -0.0, 2).Realize();
        Expect(x * 0, [NaN, NaN, 0, 0]);
        Expect(x - x, [NaN, NaN, 0, 0]);
        Expect(x / x, [NaN, NaN, NaN, 1]);
        Expect((x + 0.0).Reciprocal(), [NaN, 0, Inf, 0.5]);
        Expect(x.Eq(x), [0, 1, 1, 1]);
    }
}
