using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ReduceTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;

    [Test]
    public void SumsHaveTheRightShapesAndTypes()
    {
        var x = Tensor.Arange(24).Reshape(2, 3, 4);
        Expect(x.Sum(), [276], shape: []);
        Expect(x.Sum([0, -1]), [60, 92, 124], shape: [3]);
        Expect(x.Sum(1, keepDim: true), [12, 15, 18, 21, 48, 51, 54, 57], shape: [2, 1, 4]);
        Expect(Tensor.Zeros(0, 2).Sum(0), [0, 0]);
        Assert.That(Tensor.Ones([1], DType.Bool).Sum().DType, Is.EqualTo(DType.Int32));
        Assert.That(Tensor.Ones([1], DType.UInt8).Sum().DType, Is.EqualTo(DType.UInt32));
        Assert.That(Tensor.Ones([1], DType.Float16).Sum().DType, Is.EqualTo(DType.Float16));
        Expect(Tensor.Full([1000], 200, DType.UInt8).Sum(), [200_000]);
        Expect(Tensor.Full([4096], 1.5, DType.Float16).Sum(), [6144]);
    }

    [Test]
    public void MomentsAgreeWithTheirDefinitions()
    {
        var x = Of([2, 3], 1, 2, 6, -1, 0, 4);
        Expect(x.Mean(1), [3, 1]);
        Expect(x.Var(1), [7, 7]);
        Expect(x.Std(1, correction: 0), [Math.Sqrt(14.0 / 3), Math.Sqrt(14.0 / 3)]);
        Expect(Tensor.Arange(4).Mean(), [1.5]);
        Expect(x.Prod(0), [-1, 0, 24]);
        Expect(Tensor.Zeros(0).Mean(), [NaN]);
    }

    [Test]
    public void ExtremesPropagateNaN()
    {
        var x = Of([2, 3], 1, 5, 5, -Inf, NaN, 2);
        Expect(x.Max(1), [5, NaN]);
        Expect(x.Min(1), [1, NaN]);
        Expect(x.ArgMax(1), [1, 1]);
        Expect(x.ArgMin(1), [0, 1]);
        Expect(x.ArgMax(0, keepDim: true), [0, 1, 0], shape: [1, 3]);
        Expect(Tensor.Full([2], -3, DType.Int8).Max(), [-3]);
        Expect(((Tensor)new[] { 3, 9, -4 }).Min(), [-4]);
        Expect(((Tensor)new[] { false, true }).Max(), [1]);
        ExpectError("TEN3034", () => Tensor.Zeros(0).Max());
        ExpectError("TEN3012", () => x.Sum(2));
    }

    [Test]
    public void AnyAndAllCountTruth()
    {
        var x = Of([2, 2], 0, 3, 0, 0);
        Expect(x.Any(1), [1, 0]);
        Expect(x.All(1), [0, 0]);
        Expect(Tensor.Zeros(0).All(), [1]);
        Expect(Tensor.Zeros(0).Any(), [0]);
    }

    [Test]
    public void SoftmaxDoesNotOverflow()
    {
        var x = Of([2, 3], 1, 2, 3, 1000, 1000, -1000);
        var e = new[] { Math.Exp(-2), Math.Exp(-1), 1 };
        Expect(x.Softmax(), [e[0] / e.Sum(), e[1] / e.Sum(), e[2] / e.Sum(), 0.5, 0.5, 0]);
        Expect(x.LogSoftmax(), [-2 - Math.Log(e.Sum()), -1 - Math.Log(e.Sum()), -Math.Log(e.Sum()), -Math.Log(2), -Math.Log(2), -2000 - Math.Log(2)]);
        Expect(x.LogSumExp(1), [3 + Math.Log(e.Sum()), 1000 + Math.Log(2)]);
        Expect(Of([2], -Inf, -Inf).LogSumExp(0), [-Inf]);
        Expect(Of([2], Inf, 0).LogSumExp(0), [Inf]);
    }

    [TestCase(5)]
    [TestCase(600)]
    public void RunningSumsAddUp(int n)
    {
        var expected = Enumerable.Range(0, n).Select(i => i * (i + 1) / 2.0).ToArray();
        Expect(Tensor.Arange(n).CumSum(), expected, shape: [n]);
        Expect(Tensor.Stack([Tensor.Arange(n), Tensor.Arange(n)], 1).CumSum(0), [.. expected.SelectMany(v => new[] { v, v })], shape: [n, 2]);
    }

    [Test]
    public void LayerNormNormalises()
    {
        var x = Sample(DType.Float32, 3, 4, 6);
        var y = x.LayerNorm();
        Expect(y.Mean(1), [0, 0, 0, 0], 1e-5);
        Expect(y.Var(1, correction: 0), [1, 1, 1, 1], 1e-4);
        Expect(x.LayerNorm(1, Tensor.Full([6], 2.0), Tensor.Ones(6)), y * 2 + 1);
    }

    [Test]
    public void CrossEntropyPicksTheTarget()
    {
        var x = Of([2, 3], 1, 2, 3, 0, 0, 0);
        Tensor target = new[] { 2, 0 };
        var first = Math.Log(Math.Exp(-2) + Math.Exp(-1) + 1);
        Expect(x.CrossEntropy(target), [(first + Math.Log(3)) / 2]);
        Expect(x.CrossEntropy(target, reduction: Reduction.None), [first, Math.Log(3)]);
        Expect(x.CrossEntropy(target, ignoreIndex: 0), [first]);
        Expect(x.CrossEntropy(target, labelSmoothing: 0.3, reduction: Reduction.None), [0.7 * first + 0.3 * (first + 1), Math.Log(3)]);
        Expect(x.LogSoftmax().NllLoss(target, reduction: Reduction.Sum), [first + Math.Log(3)]);
        ExpectError("TEN3036", () => x.CrossEntropy(Tensor.Arange(3)));
        ExpectError("TEN3036", () => x.CrossEntropy(Tensor.Zeros(2)));
    }

    [Test]
    public void OtherLossesAgreeWithTheirFormulas()
    {
        var x = Of([3], -200, 0, 3);
        var target = Of([3], 0, 1, 1);
        Expect(x.BinaryCrossEntropyWithLogits(target, reduction: Reduction.None), [0, Math.Log(2), Math.Log(1 + Math.Exp(-3))]);
        Expect(Of([2], 0.25, 1).BinaryCrossEntropy(Of([2], 1, 1), reduction: Reduction.None), [-Math.Log(0.25), 0]);
        Expect(Of([2], 0.25, 1).MseLoss(Of([2], 1, 1)), [0.75 * 0.75 / 2]);
    }

    /// <summary>Matrices larger than the second level of a cache, whose rows are added up as they lie in memory.</summary>
    [TestCase(1, 301, 4111)]
    [TestCase(3, 130, 4096)]
    public void Rows_of_large_matrices(int matrices, int rows, int columns)
    {
        var numbers = new float[matrices * rows * columns];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i * 7919L % 61 - 30;
        }

        var (sums, greatest) = (new float[matrices * columns], new float[matrices * columns]);
        Array.Fill(greatest, float.NegativeInfinity);
        for (var i = 0; i < numbers.Length; i++)
        {
            var to = i / (rows * columns) * columns + i % columns;
            (sums[to], greatest[to]) = (sums[to] + numbers[i], Math.Max(greatest[to], numbers[i]));
        }

        var x = Tensor.From<float>(numbers).Reshape(matrices, rows, columns);
        Assert.That(x.Sum([1]).ToArray<float>(), Is.EqualTo(sums));
        Assert.That(x.Max([1]).ToArray<float>(), Is.EqualTo(greatest));
    }
}
