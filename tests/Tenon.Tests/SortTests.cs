using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class SortTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    private static readonly DType[] DTypes = [.. DType.All.Where(d => !d.IsComplex)];

    [Test]
    public void NaN_is_the_greatest_and_equal_elements_keep_their_order()
    {
        var x = Of([2, 5], 3, NaN, -Inf, 3, -0.0, 0, -0.0, Inf, NaN, NaN);
        var (values, indices) = x.Sort();
        Expect(values, [-Inf, 0, 3, 3, NaN, 0, 0, Inf, NaN, NaN], shape: [2, 5]);
        Expect(indices, [2, 4, 0, 3, 1, 0, 1, 2, 3, 4]);
        Expect(x.ArgSort(descending: true), [1, 0, 3, 4, 2, 3, 4, 2, 0, 1]);
        Expect(x.Sort(0).Values, [0, 0, -Inf, 3, 0, 3, NaN, Inf, NaN, NaN]);
        Expect(x.ArgSort(0), [1, 1, 0, 0, 0, 0, 0, 1, 1, 1]);
        Assert.That(indices.DType, Is.EqualTo(DType.Int32));
    }

    [Test]
    public void TopK_gives_the_first_in_order()
    {
        var x = Of([2, 4], 1, 7, NaN, 7, 2, 2, -Inf, 5);
        var (values, indices) = x.TopK(2);
        Expect(values, [NaN, 7, 5, 2], shape: [2, 2]);
        Expect(indices, [2, 1, 3, 0]);
        Expect(x.TopK(3, largest: false).Values, [1, 7, 7, -Inf, 2, 2]);
        Expect(x.TopK(1, 0).Values, [2, 7, NaN, 7], shape: [1, 4]);
        Assert.That(x.TopK(0).Values.Shape.ToArray(), Is.EqualTo(new long[] { 2, 0 }));
        ExpectError("TEN3045", () => x.TopK(5));
        ExpectError("TEN3012", () => x.Sort(2));
    }

    [Test]
    public void Lengths_of_zero_and_one_are_in_order()
    {
        Assert.That(Tensor.Zeros(3, 0).Sort().Values.Shape.ToArray(), Is.EqualTo(new long[] { 3, 0 }));
        Expect(Of([1], 5).Sort().Values, [5]);
        Expect(Of([1], 5).ArgSort(), [0]);
    }

    /// <summary>Extremes of every dtype, with ties, against the stable order of LINQ.</summary>
    [TestCaseSource(nameof(DTypes))]
    public void Any_dtype_and_length_sorts_as_LINQ_does(DType dtype)
    {
        var random = new Random(dtype.Id);
        foreach (var n in (int[])[2, 3, 7, 16, 21])
        {
            var x = Tensor.From<double>([.. Enumerable.Range(0, n).Select(_ => Pick(dtype, random))], [n]);
            x = (dtype.IsInteger && dtype.Bits == 64 ? Extreme(x, dtype) : x.Cast(dtype)).Realize();
            foreach (var descending in (bool[])[false, true])
            {
                var (values, indices) = x.Sort(0, descending);
                var keys = x.Cast(dtype == DType.UInt64 ? DType.UInt64 : dtype.IsFloat ? DType.Float64 : DType.Int64);
                int[] order = dtype == DType.UInt64 ? Sorted(keys.ToArray<ulong>(), descending)
                    : dtype.IsFloat ? Sorted([.. keys.ToArray<double>().Select(v => double.IsNaN(v) ? (1, 0) : (0, v))], descending)
                    : Sorted(keys.ToArray<long>(), descending);
                Assert.That(indices.ToArray<int>(), Is.EqualTo(order), $"{dtype} {n} {descending}");
                var all = x.Values();
                Expect(values, [.. order.Select(i => all[i])], 0);
            }
        }
    }

    // Few elements by counting, many by a network.
    [TestCase(300)]
    [TestCase(2500)]
    public void Long_axes_sort(int n)
    {
        var random = new Random(1);
        var x = Enumerable.Range(0, 2 * n).Select(_ => (float)random.Next(50)).ToArray();
        var (values, indices) = Tensor.From<float>(x, [2, n]).Sort(descending: true);
        Assert.That(indices.ToArray<int>(), Is.EqualTo(Sorted(x[..n], true).Concat(Sorted(x[n..], true))));
        Assert.That(values.ToArray<float>(), Is.EqualTo(x[..n].OrderDescending().Concat(x[n..].OrderDescending())));
    }

    // Few of many elements are chosen one by one, more of them by sorting all.
    [TestCase(2500, 1)]
    [TestCase(2500, 7)]
    [TestCase(2500, 79)]
    [TestCase(300, 7)]
    public void TopK_of_long_axes_is_the_head_of_the_order(int n, int k)
    {
        var random = new Random(1);
        var x = Enumerable.Range(0, 2 * n).Select(_ => random.Next(9) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => -0f, var v => v }).ToArray();
        foreach (var largest in (bool[])[true, false])
        {
            var (values, indices) = Tensor.From<float>(x, [2, n]).TopK(k, largest: largest);
            (int, float)[] keys = [.. x.Select(v => float.IsNaN(v) ? (1, 0) : (0, v + 0f))];
            int[] order = [.. Sorted(keys[..n], largest)[..k], .. Sorted(keys[n..], largest)[..k]];
            Assert.That(indices.ToArray<int>(), Is.EqualTo(order));
            Assert.That(values.ToArray<float>(), Is.EqualTo(order.Select((i, at) => x[at < k ? i : i + n])));
        }
    }

    [Test]
    public void Gradients_go_where_the_values_came_from()
    {
        var x = Of([5], 3, 1, 2, 5, 4).Realize();
        var loss = (x.Sort().Values * Tensor.Arange(5)).Sum() + x.TopK(2).Values.Sum() * 10.0;
        Expect(loss.Gradient(x)[0], [2, 0, 1, 14, 13]);
    }

    [Test]
    public void The_graph_grows_with_the_square_of_the_logarithm()
    {
        int Nodes(int n) => Tensor.Zeros(n).Contiguous().ArgSort().Node.TopologicalOrder().Count;
        Assert.That(Nodes(4096), Is.LessThan(1200));
        Assert.That(Nodes(16384), Is.LessThan(Nodes(4096) * 3 / 2));
        Assert.That(Nodes(1024), Is.LessThan(60));
    }

    private static int[] Sorted<T>(T[] keys, bool descending) =>
        [.. descending ? Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]) : Enumerable.Range(0, keys.Length).OrderBy(i => keys[i])];

    private static double Pick(DType dtype, Random random) => random.Next(4) switch
    {
        0 when dtype.IsFloat => random.Next(3) switch { 0 => NaN, 1 => -Inf, _ => Inf },
        0 => random.Next(2) == 0 ? dtype.MinInteger : dtype.MaxInteger,
        1 when dtype.IsFloat => -0.0,
        _ => random.Next(-3, 4),
    };

    // What doubles don't hold: neighbours of the extremes.
    private static Tensor Extreme(Tensor x, DType dtype)
    {
        var small = x.Clamp(-3, 3).Cast(DType.Int32).Cast(dtype);
        return Tensor.Where(small > 2, ~Tensor.Zeros([x.Count], dtype) ^ small, Tensor.Where((small & 1).Eq(1), small ^ (1L << 62), small));
    }
}
