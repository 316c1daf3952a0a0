using static Tenon.Tensor;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class IndexingTests
{
    private const double NaN = double.NaN;

    [Test]
    public void Tensors_pick_as_in_NumPy()
    {
        var x = Arange(24).Reshape(2, 3, 4);
        Expect(x[new[] { 1, 0, -1 }], x.IndexSelect(0, new[] { 1, 0, 1 }));
        Expect(x[.., new[] { 2, 0 }], x.IndexSelect(1, new[] { 2, 0 }));
        Expect(x[new[] { 0, 1 }, new[] { 2, 1 }], [8, 9, 10, 11, 16, 17, 18, 19], shape: [2, 4]);
        Expect(x[From<int>([0, 1], [2, 1]), .., new[] { 3, 0 }], [3, 7, 11, 0, 4, 8, 15, 19, 23, 12, 16, 20], shape: [2, 2, 3]);
        Expect(x[.., new[] { 2, 0 }, new[] { 3, 1 }], [11, 1, 23, 13], shape: [2, 2]);
        Expect(x[.., 1..3, new[] { 3, 3, 0 }], [7, 7, 4, 11, 11, 8, 19, 19, 16, 23, 23, 20], shape: [2, 2, 3]);
        Expect(x[1, new[] { 2, 5, -3 }, ^1], [23, 0, 15], shape: [3]);
        Expect(x[NewAxis, new[] { 1 }, NewAxis, ^1, 0], [20], shape: [1, 1, 1]);
        Expect(x[Ellipsis, From<int>([1, 2, 3, 0], [2, 2])][0, 0], [1, 2, 3, 0], shape: [2, 2]);
        Expect(x[0, 0, From<int>([2], [])], [2], shape: []);
        Assert.That(x[Zeros([0, 2], DType.Int32)].Shape.ToArray(), Is.EqualTo(new long[] { 0, 2, 3, 4 }));
        ExpectError("TEN3041", () => _ = x[Zeros(2)]);
        ExpectError("TEN3014", () => _ = x[new[] { 0, 1 }, new[] { 0, 1, 2 }]);
        ExpectError("TEN3044", () => _ = x[0, 0, 0, new[] { 0 }]);
    }

    [Test]
    public void Masks_pick_where_they_are_true()
    {
        var x = Arange(6).Reshape(2, 3);
        Expect(x[x > 2], [3, 4, 5], shape: [3]);
        Expect(x[.., new[] { true, false, true }], [0, 2, 3, 5], shape: [2, 2]);
        Expect(x[new[] { false, true }, new[] { 0, 2 }], [3, 5], shape: [2]);
        Expect(x[x > 100], [], shape: [0]);
        Expect(x[0, (Tensor)true], [0, 1, 2], shape: [1, 3]);
        Expect(Arange(24).Reshape(2, 3, 4)[x.Eq(4)], [16, 17, 18, 19], shape: [1, 4]);
        ExpectError("TEN3151", () => _ = x[new[] { true }]);
    }

    [Test]
    public void What_tensors_name_is_set()
    {
        var x = Zeros(2, 3);
        x[new[] { 1, 0 }, new[] { 2, 0 }] = Of([2], 5, 6);
        Expect(x, [6, 0, 0, 0, 0, 5]);
        x[x.Eq(0)] = -1.0;
        Expect(x, [6, -1, -1, -1, -1, 5]);
        x[.., new[] { 0, 0, 7 }] = Of([2, 3], 1, 2, 3, 4, 5, 6);
        Expect(x, [2, -1, -1, 5, -1, 5]);
        x[1, new[] { 1, 2 }] += 10;
        Expect(x, [2, -1, -1, 5, 9, 15]);
        x[x > 4] = Of([3], 1, 2, 3);
        Expect(x, [2, -1, -1, 1, 2, 3]);
        x[new[] { true, false }] = Of([3], 7, 8, 9);
        Expect(x, [7, 8, 9, 1, 2, 3]);
        x[1..][0, new[] { 0 }] = 0;
        Expect(x, [7, 8, 9, 0, 2, 3]);
        var y = Zeros(2, 2, 2);
        y[new[] { 0, 1 }, .., new[] { 1, 0 }] = Of([2, 2], 1, 2, 3, 4);
        Expect(y, [0, 1, 0, 2, 3, 0, 4, 0]);
        ExpectError("TEN3022", () => x[new[] { 0, 1 }] = Of([2], 1, 2));
    }

    [Test]
    public void Gradients_pass_through_picks_and_what_is_set()
    {
        var x = Of([4], 1, 2, 3, 4).RequiresGradOf(out var leaf);
        Expect((x[new[] { 3, 1, 3 }] * Of([3], 1, 10, 100)).Sum().Gradient(leaf)[0], [0, 10, 0, 101]);
        Expect(x[x > 2].Square().Sum().Gradient(leaf)[0], [0, 0, 6, 8]);
        var y = x * 2.0;
        y[new[] { 0, 2 }] = x[..2] * 5.0;
        Expect((y * Of([4], 1, 10, 100, 1000)).Sum().Gradient(leaf)[0], [5, 520, 0, 2000]);
    }

    [Test]
    public void What_is_not_zero_is_counted_and_found()
    {
        Expect(Of([2, 3], 0, NaN, 0, -1, 0, 2).NonZero(), [0, 1, 1, 0, 1, 2], shape: [3, 2]);
        Assert.That(Zeros(3).NonZero().Shape.ToArray(), Is.EqualTo(new long[] { 0, 1 }));
        Assert.That(((Tensor)5).NonZero().Shape.ToArray(), Is.EqualTo(new long[] { 1, 0 }));
        Assert.That(Zeros(0, 2).NonZero().Shape.ToArray(), Is.EqualTo(new long[] { 0, 2 }));
        Expect(Arange(4).MaskedSelect(From<bool>([true, false], [2, 1]).Expand(2, 4)), [0, 1, 2, 3]);
        Expect(Arange(6).Reshape(2, 3).Compress(new[] { false, true, true }, 1), [1, 2, 4, 5], shape: [2, 2]);
        Expect(Arange(6).Reshape(2, 3).Compress(new[] { false, true, true }), [1, 2]);
        Expect(Arange(4).MaskedFill(Arange(4) > 1, 9), [0, 1, 9, 9]);
        Expect(Arange(4).MaskedScatter(new[] { true, false, true, true }, new[] { 7, 8, 9 }), [7, 1, 8, 9]);
        Expect(Arange(4).Take(From<int>([3, -4, 8], [1, 3])), [3, 0, 0], shape: [1, 3]);
        Expect(Arange(6).Reshape(2, 3).TakeAlongAxis(From<int>([2, 0], [1, 2]), 1), [2, 0, 5, 3], shape: [2, 2]);
    }

    [Test]
    public void Positions_in_sorted_rows()
    {
        var row = Of([5], 1, 3, 3, 5, NaN);
        Expect(row.SearchSorted(Of([6], 0, 3, 4, 5, 9, NaN)), [0, 1, 3, 3, 4, 4]);
        Expect(row.SearchSorted(Of([2, 3], 0, 3, 4, 5, 9, NaN), right: true), [0, 3, 3, 4, 4, 5], shape: [2, 3]);
        Expect(Of([2, 2], 1, 2, 3, 4).SearchSorted(Of([2, 1], 2, 2)), [1, 0], shape: [2, 1]);
        Expect(Of([3], 0.5, 2, 7).Bucketize(Of([2], 0.5, 2)), [0, 1, 2]);
        Expect(Of([3], 0.5, 2, 7).Bucketize(Of([2], 0.5, 2), right: true), [1, 2, 2]);
        Expect(Zeros(0).SearchSorted(Of([1], 3)), [0]);
        ExpectError("TEN3153", () => Of([2, 2], 1, 2, 3, 4).SearchSorted(Of([3], 1, 2, 3)));
    }

    [Test]
    public void Distinct_elements_and_slices()
    {
        var x = From<int>([3, 1, 3, 2, 1, 3], [2, 3]);
        var all = x.Unique();
        Expect(all.Values, [1, 2, 3]);
        Expect(all.Indices, [1, 3, 0]);
        Expect(all.Inverse, [2, 0, 2, 1, 0, 2], shape: [2, 3]);
        Expect(all.Counts, [2, 1, 3]);
        var first = x.Unique(sorted: false);
        Expect(first.Values, [3, 1, 2]);
        Expect(first.Inverse, [0, 1, 0, 2, 1, 0], shape: [2, 3]);
        Expect(first.Counts, [3, 2, 1]);

        var rows = From<int>([2, 1, 1, 2, 2, 1, 1, 1], [4, 2]).Unique(0);
        Expect(rows.Values, [1, 1, 1, 2, 2, 1], shape: [3, 2]);
        Expect(rows.Inverse, [2, 1, 2, 0]);
        Expect(rows.Counts, [1, 1, 2]);
        Expect(x.Unique(1).Values, [1, 3, 3, 1, 2, 3], shape: [2, 3]);
        Expect(Of([4], NaN, 1, NaN, 1).Unique().Values, [1, NaN, NaN]);
        Assert.That(Zeros(0).Unique().Values.Count, Is.Zero);

        var runs = ((Tensor)new[] { 1, 1, 2, 2, 2, 1 }).UniqueConsecutive();
        Expect(runs.Values, [1, 2, 1]);
        Expect(runs.Inverse, [0, 0, 1, 1, 1, 2]);
        Expect(runs.Counts, [2, 3, 1]);
    }
}
