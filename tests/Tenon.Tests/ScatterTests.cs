using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ScatterTests
{
    private const double NaN = double.NaN;

    private static readonly ScatterReduction[] Reductions = Enum.GetValues<ScatterReduction>();

    [Test]
    public void The_last_value_stays_where_a_place_is_named_twice()
    {
        var x = Of([5], 1, 2, 3, 4, 5);
        Expect(x.Scatter(0, new[] { 1, 3, 1, -1, 9 }, Of([5], 10, 20, 30, 40, 50)), [1, 30, 3, 20, 40]);
        Expect(x.Scatter(0, new[] { 0, 0 }, 7), [7, 2, 3, 4, 5]);

        // What the index doesn't cover of the other axes stays.
        var y = Tensor.Zeros(3, 3).Scatter(0, Tensor.From<int>([0, 2], [1, 2]), Of([2, 2], 1, 2, 3, 4));
        Expect(y, [1, 0, 0, 0, 0, 0, 0, 2, 0], shape: [3, 3]);
        ExpectError("TEN3154", () => x.Scatter(0, new[] { 0, 1 }, Of([1], 1)));
        ExpectError("TEN3042", () => x.Scatter(0, new[] { 0.5f }, Of([1], 1)));
    }

    /// <summary>Against a loop; small, and again as large inputs are scattered.</summary>
    [Test]
    public void Every_reduction_meets_all_values_of_a_place([ValueSource(nameof(Reductions))] ScatterReduction how, [Values] bool includeSelf, [Values] bool isSorted)
    {
        var before = Tensor.MostPairs;
        Tensor.MostPairs = isSorted ? 0 : before;
        try
        {
            long[] at = [4, 0, -1, 2, 0, 7, 0, 4];
            double[] self = [1.5, -2, 3, 4, 0.5], source = [2, 3, -1, 0.5, 4, 100, -6, 8];
            var expected = Loop(self, at, source, how, includeSelf);
            Expect(Of([5], self).ScatterReduce(0, at, Of([8], source), how, includeSelf), expected, 1e-5);

            // Along each axis, and as slices.
            var two = Tensor.Stack([Of([5], self), Of([5], self) * 2.0], 1);
            var sources = Tensor.Stack([Of([8], source), Of([8], source)], 1);
            var both = Loop([.. self.Select(v => v * 2)], at, source, how, includeSelf);
            var columns = two.IndexReduce(0, at, sources, how, includeSelf);
            Expect(columns[.., 0], expected, 1e-5);
            Expect(columns[.., 1], both, 1e-5);
            Expect(two.T.IndexReduce(-1, at, sources.T, how, includeSelf), columns.T);
            var wholes = Loop([3, 4, 5, 6, 7], at, [1, 2, 3, 4, 5, 6, 7, 8], how, includeSelf);
            Expect((Tensor.Arange(5) + 3).Cast(DType.Int16).ScatterReduce(0, at, Tensor.Arange(8) + 1, how, includeSelf), [.. wholes.Select(Math.Floor)]);
        }
        finally
        {
            Tensor.MostPairs = before;
        }
    }

    [Test]
    public void Sorted_scattering_equals_looking_at_all_pairs()
    {
        var random = new Random(3);
        int[] at = [.. Enumerable.Range(0, 37).Select(_ => random.Next(-3, 12))];
        var (x, source) = (Sample(DType.Float32, 1, 10, 3), Sample(DType.Float32, 2, 37, 3));
        var before = Tensor.MostPairs;
        Tensor[] Results() =>
        [
            x.IndexAdd(0, at, source, 2), x.IndexCopy(0, at, source), x.IndexReduce(0, at, source, ScatterReduction.AMin, false),
            (x.RequiresGradOf(out var table).IndexSelect(0, at) * source).Sum().Gradient(table)[0], (x.Gather(1, Tensor.From<int>([2, 2, 0, 7], [2, 2])).Square() * 3.0).Sum().Gradient(table)[0],
            x.IndexAdd(0, at, source.RequiresGradOf(out var s)).Square().Sum().Gradient(s)[0],
        ];
        var expected = Results().Select(r => r.Values()).ToArray();
        Tensor.MostPairs = 0;
        try
        {
            var actual = Results();
            for (var i = 0; i < actual.Length; i++)
            {
                Expect(actual[i], expected[i], 1e-5);
            }
        }
        finally
        {
            Tensor.MostPairs = before;
        }
    }

    [Test]
    public void NaN_stays_where_it_is_scattered_to()
    {
        var x = Tensor.Zeros(3);
        var source = Of([3], NaN, 1, double.PositiveInfinity);
        foreach (var how in Reductions)
        {
            var values = x.ScatterReduce(0, new[] { 1, 0, 2 }, source, how, includeSelf: false).Values();
            Assert.That(values, Is.EqualTo(new[] { 1, NaN, double.PositiveInfinity }), $"{how}");
        }

        Expect(Of([2], NaN, 1).ScatterReduce(0, new[] { 0 }, Of([1], 5), ScatterReduction.AMax), [NaN, 1]);
    }

    [Test]
    public void Slices_are_named_by_coordinates()
    {
        var x = Tensor.Arange(8).Reshape(2, 2, 2).Cast(DType.Float32);
        var at = Tensor.From<long>([0, 1, -1, 0, 0, 1], [3, 2]);
        var rows = Of([3, 2], 10, 11, 12, 13, 14, 15);
        Expect(x.ScatterNd(at, rows), [0, 1, 14, 15, 12, 13, 6, 7], shape: [2, 2, 2]);
        Expect(x.ScatterNd(at, rows, ScatterReduction.Sum), [0, 1, 26, 29, 16, 18, 6, 7]);
        Expect(x.GatherNd(at), [2, 3, 4, 5, 2, 3], shape: [3, 2]);
        Expect(x.GatherNd(Tensor.From<int>([1, 0], [2, 1]), 1), [2, 3, 4, 5], shape: [2, 2]);
        Expect(x.GatherNd(Tensor.From<int>([1, 1, 1, 0, 5, 0], [2, 3])), [7, 0], shape: [2]);
        ExpectError("TEN3155", () => x.ScatterNd(at, rows[..2]));
        ExpectError("TEN3150", () => x.GatherNd(Tensor.Zeros([1, 4], DType.Int32)));
    }

    [Test]
    public void Slices_of_an_axis_are_replaced()
    {
        var x = Tensor.Zeros(3, 2);
        Expect(x.IndexFill(1, new[] { -1 }, 5), [0, 5, 0, 5, 0, 5]);
        Expect(x.IndexCopy(0, new[] { 2, 0 }, Of([2, 2], 1, 2, 3, 4)), [3, 4, 0, 0, 1, 2]);
        Expect(x.IndexPut([new[] { 0, 0, 1 }, new[] { 1, 1, 0 }], Of([3], 1, 2, 3), accumulate: true), [0, 3, 3, 0, 0, 0]);
        Expect(x.IndexPut([new[] { 0, 0 }], Of([2], 1, 2)), [1, 2, 0, 0, 0, 0]);
        Expect(Of([4], 1, 2, 3, 4).SegmentSum(new[] { 1, 0, 1, 2 }, 4), [2, 4, 4, 0]);
        Expect(Tensor.Zeros(2, 3).Scatter(1, Tensor.Zeros([2, 0], DType.Int32), Tensor.Zeros(2, 0)), [0, 0, 0, 0, 0, 0]);
    }

    [Test]
    public void Gradients_pass_to_what_is_scattered()
    {
        var source = Of([4], 1, 2, 3, 4).RequiresGradOf(out var s);
        var x = Of([3], 5, 6, 7).RequiresGradOf(out var self);
        var weights = Of([3], 1, 10, 100);
        var at = new[] { 0, 2, 0, 5 };
        Expect((x.ScatterAdd(0, at, source) * weights).Sum().Gradient(s, self)[0], [1, 100, 1, 0]);
        Expect((x.Scatter(0, at, source) * weights).Sum().Gradient(s)[0], [0, 100, 1, 0]);
        Expect((x.Scatter(0, at, source) * weights).Sum().Gradient(self)[0], [0, 10, 0]);
        Expect((x.ScatterReduce(0, at, source, ScatterReduction.Prod) * weights).Sum().Gradient(s)[0], [15, 700, 5, 0]);
        Expect((x.ScatterReduce(0, at, source, ScatterReduction.AMax, false) * weights).Sum().Gradient(s)[0], [0, 100, 1, 0]);
        Expect((x.ScatterReduce(0, at, source, ScatterReduction.Mean) * weights).Sum().Gradient(self)[0], [1 / 3d, 10, 50]);
    }

    private static double[] Loop(double[] self, long[] at, double[] source, ScatterReduction how, bool includeSelf)
    {
        var groups = at.Zip(source).GroupBy(p => p.First < 0 ? p.First + self.Length : p.First).ToDictionary(g => g.Key, g => g.Select(p => p.Second));
        return [.. self.Select((own, i) => !groups.TryGetValue(i, out var values) ? own : Reduce(includeSelf ? values.Prepend(own) : values))];

        double Reduce(IEnumerable<double> values) => how switch
        {
            ScatterReduction.Sum => values.Sum(),
            ScatterReduction.Prod => values.Aggregate((a, b) => a * b),
            ScatterReduction.Mean => values.Average(),
            ScatterReduction.AMax => values.Max(),
            _ => values.Min(),
        };
    }
}
