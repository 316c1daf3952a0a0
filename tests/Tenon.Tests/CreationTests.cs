using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class CreationTests
{
    [Test]
    public void ConstantsHaveShapeAndType()
    {
        Expect(Tensor.Zeros(2, 3), [0, 0, 0, 0, 0, 0], shape: [2, 3]);
        Expect(Tensor.Ones([2], DType.Int8), [1, 1]);
        Expect(Tensor.Full([2, 2], 7), [7, 7, 7, 7]);
        Assert.That(Tensor.Full([1], 7).DType, Is.EqualTo(DType.Int32));
        Assert.That(Tensor.Full([1], 7.5).DType, Is.EqualTo(DType.Float32));
        Assert.That(Tensor.Zeros(0, 3).Values(), Is.Empty);
    }

    // C# makes a tensor of the number, because the other side is one: then it is no longer a number beside a tensor.
    [TestCase(true)]
    [TestCase(false)]
    public void NumbersBesideTensorsTakeTheirTypeUnlessTheyBecomeTensors(bool isNumber)
    {
        var x = Tensor.Ones([2], DType.Int8);
        Assert.That((x + 1L).DType, Is.EqualTo(DType.Int8));
        var one = isNumber ? 1L : x;
        Assert.That((one.DType, (x + one).DType), Is.EqualTo(isNumber ? (DType.Int32, DType.Int32) : (DType.Int8, DType.Int8)));
        Assert.That((x + (isNumber ? x.FullLike(1) : x)).DType, Is.EqualTo(DType.Int8));
        Assert.That(((Tensor)(1L << 40)).DType, Is.EqualTo(DType.Int64));
    }

    [Test]
    public void RangesEndWhereTheyShould()
    {
        Expect(Tensor.Arange(5), [0, 1, 2, 3, 4]);
        Expect(Tensor.Arange(2, 9, 3), [2, 5, 8]);
        Expect(Tensor.Arange(5, 0, -2), [5, 3, 1]);
        Expect(Tensor.Arange(0.0, 1.0, 0.25), [0, 0.25, 0.5, 0.75]);
        Assert.That(Tensor.Arange(3, 3).Count, Is.Zero);
        Assert.That(Tensor.Arange(3, 1).Count, Is.Zero);
        Expect(Tensor.Linspace(-1, 1, 5), [-1, -0.5, 0, 0.5, 1]);
        Expect(Tensor.Linspace(3, 4, 1), [3]);
        ExpectError("TEN3038", () => Tensor.Arange(0, 3, 0));
    }

    [Test]
    public void EyeAndOneHotAreOneAtTheirPlaces()
    {
        Expect(Tensor.Eye(2, 3), [1, 0, 0, 0, 1, 0], shape: [2, 3]);
        Expect(((Tensor)new[] { 2, 0, 5 }).OneHot(3), [0, 0, 1, 1, 0, 0, 0, 0, 0], shape: [3, 3]);
    }

    [Test]
    public void DataGoesInAndOut()
    {
        Assert.That(Tensor.From<float>([1, 2, 3, 4], [2, 2]).ToArray<float>(), Is.EqualTo(new float[] { 1, 2, 3, 4 }));
        Assert.That(Tensor.FromArray(new int[,] { { 1, 2, 3 }, { 4, 5, 6 } }).Shape.ToArray(), Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(Tensor.FromArray(new[, ,] { { { true, false } } }).ToArray<bool>(), Is.EqualTo(new[] { true, false }));
        Assert.That(((Tensor)2.5f).Item<float>(), Is.EqualTo(2.5f));
        Assert.That(((Tensor)(1L << 40)).Item<long>(), Is.EqualTo(1L << 40));
        ExpectError("TEN3064", () => Tensor.From<float>([1, 2, 3], [2, 2]));
        ExpectError("TEN3066", () => Tensor.Ones(2).ToArray<int>());
        ExpectError("TEN3065", () => Tensor.Ones(2).Item<float>());
    }
}
