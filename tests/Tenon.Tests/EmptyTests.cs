using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Tensors without elements, and of rank 0.</summary>
internal sealed class EmptyTests
{
    private static readonly Tensor Empty = Tensor.From<float>([], [0, 3]);

    [Test]
    public void TheyAreMadeAndCopied()
    {
        Has(Tensor.Zeros(2, 0), 2, 0);
        Has(Tensor.From<int>([]), 0);
        Has(Tensor.FromArray(new double[0, 4]), 0, 4);
        Has(Tensor.Arange(0), 0);
        Has(Tensor.Linspace(0, 1, 0), 0);
        Has(Tensor.Eye(0), 0, 0);
        Has(Tensor.Eye(3, 0), 3, 0);
        Has(Tensor.Rand(0, 2), 0, 2);
        Has(Tensor.Randn(2, 0), 2, 0);
        Has(Tensor.RandInt(0, 9, [0]), 0);
        Has(Tensor.RandPerm(0), 0);
        Has(Tensor.From<long>([]).OneHot(5), 0, 5);
        Has(Empty.Cast(DType.Int4), 0, 3);
        Has(Empty.Cast(DType.Complex64), 0, 3);
        Has(Empty.To("CPU:1"), 0, 3);
        Has(Empty.Contiguous().Realize(), 0, 3);
        Assert.That(Empty.ToBytes(), Is.Empty);
        Assert.That(Tensor.FromBytes([], DType.BFloat16, [3, 0]).Count, Is.Zero);
        ExpectError("TEN3065", () => Empty.Item<float>());
    }

    [Test]
    public void ALayerOfNoInputsGivesNumbers()
    {
        Expect(new NN.Linear(0, 2).Forward(Tensor.Zeros(1, 0)), [0, 0]);
    }

    [Test]
    public void SizesBeyondAnyMemoryAreRefused()
    {
        Has(Tensor.Zeros(1L << 40, 0, 1L << 40), 1L << 40, 0, 1L << 40);
        ExpectError("TEN3011", () => Tensor.Zeros(1L << 40, 1L << 40).Realize());
    }

    [Test]
    public void ElementsAreComputedFromNone()
    {
        Has(Empty + 1, 0, 3);
        Has(Empty * Tensor.Ones(3), 0, 3);
        Has(Empty / Tensor.Ones(1, 3), 0, 3);
        Has(Tensor.Zeros(1, 0, 1) - Tensor.Zeros(4, 1, 2), 4, 0, 2);
        Has(-Empty.Exp().Sqrt().Tanh(), 0, 3);
        Has(Empty < 1, 0, 3);
        Has(Tensor.Where(Empty > 0, Empty, 0), 0, 3);
        Has(Empty.Clamp(0, 1).Relu().Gelu(), 0, 3);
        Has(Empty.Softmax(-1), 0, 3);
        Has(Empty.LogSoftmax(0), 0, 3);
        Has(Empty.Dropout(), 0, 3);
        ExpectError("TEN3014", () => _ = Tensor.Zeros(2, 0) + Tensor.Zeros(2, 3));
    }

    [Test]
    public void SumsOfNothingAreNeutral()
    {
        Expect(Empty.Sum(), [0], shape: []);
        Expect(Empty.Sum(0), [0, 0, 0], shape: [3]);
        Has(Empty.Sum(1), 0);
        Expect(Empty.Sum(0, keepDim: true), [0, 0, 0], shape: [1, 3]);
        Expect(Empty.Prod(0), [1, 1, 1]);
        Expect(Tensor.From<int>([]).Sum(), [0]);
        Expect(Empty.Mean(), [double.NaN]);
        Expect(Empty.Mean(0), [double.NaN, double.NaN, double.NaN]);
        Expect(Empty.Var(), [double.NaN]);
        Expect(Empty.Any(), [0]);
        Expect(Empty.All(0), [1, 1, 1]);
        Has(Empty.Max(1), 0);
        Has(Empty.Cast(DType.Bool).Max(1), 0);
        Has(Empty.CumSum(0), 0, 3);
        Has(Empty.CumSum(1), 0, 3);
        foreach (var nothing in (Action[])[() => Empty.Max(), () => Empty.Max(0), () => Empty.Min(0)])
        {
            ExpectError("TEN3034", () => nothing());
        }

        Assert.Throws<TenonException>(() => Empty.ArgMax(0));
        Has(Empty.ArgMax(1), 0);
    }

    [Test]
    public void MovementKeepsNone()
    {
        Has(Empty.Reshape(3, 0), 3, 0);
        Has(Empty.Reshape(0, 7, 5), 0, 7, 5);
        Has(Empty.Reshape(-1), 0);
        Has(Empty.Reshape(-1, 3), 0, 3);
        Has(Empty.Flatten(), 0);
        Has(Empty.T, 3, 0);
        Has(Empty.Flip(0, 1), 0, 3);
        Has(Empty.Unsqueeze(1).Expand(0, 5, 3), 0, 5, 3);
        Has(Tensor.Ones(1, 3).Expand(0, 3), 0, 3);
        Has(Empty.Repeat(2, 3), 0, 9);
        Has(Tensor.Ones(2).Repeat(0), 0);
        Expect(Empty.Pad([(1, 1), (0, 0)], 7), [7, 7, 7, 7, 7, 7], shape: [2, 3]);
        Expect(Empty.Pad([(2, 0), (0, -1)]), [0, 0, 0, 0], shape: [2, 2]);
        Has(Tensor.Ones(3, 2)[1..1], 0, 2);
        Has(Tensor.Ones(3, 2)[3..], 0, 2);
        Has(Empty[.., 1], 0);
        Has(Empty[TensorIndex.Every(2)], 0, 3);
        Assert.Throws<TenonException>(() => Empty.Reshape(1, 3));
        Assert.Throws<TenonException>(() => _ = Empty[0]);
        Assert.Throws<TenonException>(() => Empty.Reshape(-1, 0));
    }

    [Test]
    public void NoneAreJoinedGatheredAndSorted()
    {
        Expect(Tensor.Cat([Empty, Tensor.Ones(1, 3), Empty]), [1, 1, 1], shape: [1, 3]);
        Has(Tensor.Cat([Empty, Empty]), 0, 3);
        Has(Tensor.Cat([Empty, Empty], 1), 0, 6);
        Has(Tensor.Stack([Empty, Empty]), 2, 0, 3);
        Has(Empty.Split([0, 0])[1], 0, 3);
        Has(Empty.Split([1, 2], 1)[1], 0, 2);
        Has(Tensor.Ones(2, 3).IndexSelect(0, Tensor.From<int>([])), 0, 3);
        Expect(Empty.IndexSelect(0, new[] { 0 }), [0, 0, 0], shape: [1, 3]);
        Has(Tensor.Ones(2, 3).Gather(1, Tensor.From<int>([], [2, 0])), 2, 0);
        Has(Empty.Sort(0).Values, 0, 3);
        Has(Empty.Sort(1).Indices, 0, 3);
        Has(Empty.TopK(0, 0).Values, 0, 3);
        Has(Tensor.Ones(2, 3).TopK(0).Indices, 2, 0);
    }

    [Test]
    public void MatricesOfNothing()
    {
        Has(Empty.MatMul(Tensor.Ones(3, 4)), 0, 4);
        Has(Tensor.Ones(2, 3).MatMul(Tensor.Zeros(3, 0)), 2, 0);
        Expect(Tensor.Zeros(2, 0).MatMul(Tensor.Zeros(0, 3)), [0, 0, 0, 0, 0, 0], shape: [2, 3]);
        Expect(Tensor.Zeros(0).MatMul(Tensor.Zeros(0)), [0], shape: []);
        Has(Tensor.Zeros(0, 2, 3).MatMul(Tensor.Ones(3, 4)), 0, 2, 4);
        Has(Empty.Linear(Tensor.Ones(5, 3), Tensor.Ones(5)), 0, 5);
        Has(Tensor.Zeros(0, 2, 5, 5).Conv2d(Tensor.Ones(4, 2, 3, 3), Tensor.Ones(4)), 0, 4, 3, 3);
        Has(Tensor.Zeros(0, 2, 4, 4).MaxPool2d(2), 0, 2, 2, 2);
        Has(Tensor.Zeros(0, 2, 4, 4).AvgPool2d(2), 0, 2, 2, 2);
    }

    [Test]
    public void GradientsOfNothingAreZeros()
    {
        var x = Tensor.From<float>([], [0, 3]);
        x.RequiresGrad = true;
        var w = Tensor.From<float>([1, 2, 3]);
        w.RequiresGrad = true;
        ((x * w).Exp().Sum() + x.MatMul(w.Reshape(3, 1)).Prod()).Backward();
        Has(x.Grad!, 0, 3);
        Expect(w.Grad!, [0, 0, 0]);
        var y = Tensor.From<float>([1, 2]);
        y.RequiresGrad = true;
        Tensor.Cat([y, Tensor.Zeros(0)]).Sum().Backward();
        Expect(y.Grad!, [1, 1]);
        Expect(y[1..1].Sum().Gradient(y)[0], [0, 0]);
    }

    [Test]
    public void AssignmentsOfNothingChangeNothing()
    {
        var x = Tensor.Ones(2, 2).Contiguous().Realize();
        x[1..1] = 5;
        x[.., 2..] = 7;
        x[..0] += 1;
        Expect(x, [1, 1, 1, 1]);
        var none = Tensor.From<float>([], [0, 3]);
        none.Assign(2);
        Has(none.Realize(), 0, 3);
        Tensor.Realize(none, x, Empty * 2);
    }

    [Test]
    public void RankZeroHasOneElement()
    {
        var x = Tensor.From<float>([3], []);
        Expect(x, [3], shape: []);
        Expect(x + 1, [4], shape: []);
        Expect(x * Tensor.Ones(2), [3, 3], shape: [2]);
        Expect(x.Sum(), [3], shape: []);
        Expect(x.Max(), [3], shape: []);
        Expect(x.Prod([]), [3], shape: []);
        Expect(x.Reshape(1, 1), [3], shape: [1, 1]);
        Expect(x.Permute(), [3], shape: []);
        Expect(x.Unsqueeze(0), [3], shape: [1]);
        Expect(x.Squeeze(), [3], shape: []);
        Expect(x.Expand(2, 2), [3, 3, 3, 3], shape: [2, 2]);
        Expect(x[Tensor.NewAxis], [3], shape: [1]);
        Expect(x[Tensor.Ellipsis], [3], shape: []);
        Expect(x.Flatten(), [3], shape: [1]);
        Expect(Tensor.Stack([x, x + 1]), [3, 4], shape: [2]);
        Expect(x.Mean(), [3]);
        x.Assign(5);
        Expect(x, [5]);
        x.RequiresGrad = true;
        Expect(x.Square().Gradient(x)[0], [10], shape: []);
        Assert.Throws<TenonException>(() => _ = x[0]);
        Assert.Throws<TenonException>(() => x.MatMul(x));
        Assert.Throws<TenonException>(() => Tensor.Cat([x, x]));
    }

    private static void Has(Tensor x, params long[] shape)
    {
        Assert.That(x.Shape.ToArray(), Is.EqualTo(shape));
        Assert.That(x.ToBytes(), Is.Empty);
    }
}
