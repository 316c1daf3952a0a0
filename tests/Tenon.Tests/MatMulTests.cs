using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class MatMulTests
{
    [TestCase(new long[] { 2, 3 }, new long[] { 3, 4 }, new long[] { 2, 4 })]
    [TestCase(new long[] { 3 }, new long[] { 3 }, new long[] { })]
    [TestCase(new long[] { 3 }, new long[] { 3, 4 }, new long[] { 4 })]
    [TestCase(new long[] { 2, 3 }, new long[] { 3 }, new long[] { 2 })]
    [TestCase(new long[] { 5, 1, 2, 3 }, new long[] { 6, 3, 4 }, new long[] { 5, 6, 2, 4 })]
    [TestCase(new long[] { 3 }, new long[] { 5, 3, 4 }, new long[] { 5, 4 })]
    public void ShapesFollowTheRules(long[] a, long[] b, long[] expected) =>
        Assert.That(Tensor.Ones(a).MatMul(Tensor.Ones(b)).Shape.ToArray(), Is.EqualTo(expected));

    [Test]
    public void ProductsAreSummed()
    {
        var (a, b) = (Of([2, 3], 1, 2, 3, 4, 5, 6), Of([3, 2], 1, 0, 0, 1, 2, 2));
        Expect(a.MatMul(b), [7, 8, 16, 17], shape: [2, 2]);
        Expect(a.Linear(b.T, Of([2], 10, 20)), [17, 28, 26, 37]);
        var batched = Tensor.Stack([a, a * 2]).MatMul(b);
        Expect(batched, [7, 8, 16, 17, 14, 16, 32, 34], shape: [2, 2, 2]);
    }

    [Test]
    public void NarrowTypesAreSummedInWideOnes()
    {
        var half = Tensor.Full([1, 4096], 1.0, DType.Float16).MatMul(Tensor.Full([4096, 1], 1.0, DType.Float16));
        Assert.That(half.DType, Is.EqualTo(DType.Float16));
        Expect(half, [4096]);
        var bytes = Tensor.Full([1, 10], 100, DType.Int8).MatMul(Tensor.Full([10, 1], 100, DType.Int8));
        Assert.That(bytes.DType, Is.EqualTo(DType.Int32));
        Expect(bytes, [100_000]);
    }

    [Test]
    public void WrongShapesSayBoth()
    {
        var error = Assert.Throws<TenonException>(() => Tensor.Ones(2, 3).MatMul(Tensor.Ones(2, 3)));
        Assert.That(error!.Message, Does.StartWith("TEN3037").And.Contain("[2, 3] and [2, 3]"));
        ExpectError("TEN3014", () => Tensor.Ones(2, 2, 3).MatMul(Tensor.Ones(3, 3, 4)));
        ExpectError("TEN3037", () => Tensor.Ones().MatMul(Tensor.Ones(2)));
    }
}
