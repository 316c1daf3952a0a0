using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class MovementTests
{
    private static Tensor Numbers(params long[] shape) => Tensor.Arange(shape.Aggregate(1L, (a, b) => a * b)).Reshape(shape);

    [Test]
    public void ReshapeFindsTheFreeSize()
    {
        Expect(Numbers(6).Reshape(2, -1), [0, 1, 2, 3, 4, 5], shape: [2, 3]);
        ExpectError("TEN3016", () => Numbers(6).Reshape(4, -1));
        ExpectError("TEN3016", () => Numbers(6).Reshape(-1, -1));
        ExpectError("TEN3016", () => Numbers(6).Reshape(7));
    }

    [Test]
    public void AxesChangePlaces()
    {
        Expect(Numbers(2, 3).T, [0, 3, 1, 4, 2, 5], shape: [3, 2]);
        Assert.That(Numbers(2, 3, 4).Permute(2, 0, -2).Shape.ToArray(), Is.EqualTo(new long[] { 4, 2, 3 }));
        Expect(Numbers(2, 3).Flip(1), [2, 1, 0, 5, 4, 3]);
        ExpectError("TEN3017", () => Numbers(2, 3).Permute(0));
        ExpectError("TEN3013", () => Numbers(2, 3).Permute(0, 0));
        ExpectError("TEN3012", () => Numbers(2, 3).Permute(0, 2));
    }

    [Test]
    public void SizesGrowAndShrink()
    {
        Expect(Numbers(2, 1).Expand(2, 3), [0, 0, 0, 1, 1, 1]);
        Expect(Numbers(2).Expand(2, 2), [0, 1, 0, 1]);
        Expect(Numbers(2).Pad([(1, 2)], 9), [9, 0, 1, 9, 9]);
        Expect(Numbers(4).Pad([(-1, 1)]), [1, 2, 3, 0]);
        Expect(Numbers(4).Shrink((1, 3)), [1, 2]);
        Expect(Numbers(2).Repeat(2, 2), [0, 1, 0, 1, 0, 1, 0, 1], shape: [2, 4]);
        ExpectError("TEN3022", () => Numbers(2).Expand(3));
        ExpectError("TEN3024", () => Numbers(2).Shrink((1, 3)));
        ExpectError("TEN3023", () => Numbers(2).Pad([]));
    }

    [Test]
    public void AxesOfSizeOneComeAndGo()
    {
        Assert.That(Numbers(1, 2, 1).Squeeze().Shape.ToArray(), Is.EqualTo(new long[] { 2 }));
        Assert.That(Numbers(1, 2, 1).Squeeze(-1).Shape.ToArray(), Is.EqualTo(new long[] { 1, 2 }));
        Assert.That(Numbers(2).Unsqueeze(-1).Shape.ToArray(), Is.EqualTo(new long[] { 2, 1 }));
        Assert.That(Numbers(2, 3, 4).Flatten(1).Shape.ToArray(), Is.EqualTo(new long[] { 2, 12 }));
    }

    [Test]
    public void PartsAreJoinedAndCut()
    {
        Expect(Tensor.Cat([Numbers(2), Numbers(1) + 7.5]), [0, 1, 7.5]);
        Expect(Tensor.Cat([Numbers(2, 1), Numbers(2, 2)], 1), [0, 0, 1, 1, 2, 3], shape: [2, 3]);
        Expect(Tensor.Cat([Numbers(2) < 1, Numbers(1) < 1]), [1, 0, 1]);
        Expect(Tensor.Stack([Numbers(2), Numbers(2) + 2], 1), [0, 2, 1, 3], shape: [2, 2]);
        var parts = Numbers(5).Split(2);
        Assert.That(parts.Select(p => p.Count), Is.EqualTo(new[] { 2L, 2, 1 }));
        Expect(parts[1], [2, 3]);
        Assert.That(Numbers(6).Chunk(3), Has.Length.EqualTo(3));
        ExpectError("TEN3028", () => Tensor.Cat([Numbers(2, 1), Numbers(3, 1)], 1));
        ExpectError("TEN3029", () => Numbers(5).Split([2, 2]));
    }

    [Test]
    public void IndicesSelect()
    {
        var x = Numbers(3, 4);
        Expect(x[1], [4, 5, 6, 7], shape: [4]);
        Expect(x[^1, 0], [8], shape: []);
        Expect(x[1..3, ^1], [7, 11], shape: [2]);
        Expect(x[.., -1], [3, 7, 11]);
        Expect(x[Tensor.Ellipsis, 1], [1, 5, 9]);
        Expect(x[Tensor.NewAxis, 0, 1..3], [1, 2], shape: [1, 2]);
        Expect(x[0, TensorIndex.Every(2)], [0, 2]);
        Expect(x[0, TensorIndex.Every(-3)], [3, 0]);
        Expect(x[0, TensorIndex.Every(2, 1..)], [1, 3]);
        Assert.That(x[..0].Count, Is.Zero);
        ExpectError("TEN3043", () => _ = x[3]);
        ExpectError("TEN3043", () => _ = x[1..5]);
        ExpectError("TEN3044", () => _ = x[0, 0, 0]);
    }

    [Test]
    public void SlicesAreChosenByIndices()
    {
        Expect(Numbers(3, 2).IndexSelect(0, new[] { 2, 0, 2, 7 }), [4, 5, 0, 1, 4, 5, 0, 0], shape: [4, 2]);
        Expect(Numbers(2, 3).IndexSelect(1, new[] { 1 }), [1, 4], shape: [2, 1]);
        Expect(Numbers(2, 3).Gather(1, Tensor.From<int>([2, 0], [2, 1])), [2, 3], shape: [2, 1]);
        Expect(Numbers(2, 3).Gather(0, Tensor.From<int>([1, 0, 1], [1, 3])), [3, 1, 5], shape: [1, 3]);
    }
}
