using Tenon.Core;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Sizes and positions that are variables: every result is that of the same program with literal sizes.</summary>
internal sealed class SymbolicTests
{
    private static readonly Variable N = new("n", 1, 12);
    private static readonly Variable M = new("m", 0, 6);
    private static readonly long[] Values = [1, 2, 5, 12];

    [Test]
    public void PartsAndPositionsMayBeSymbolic()
    {
        var x = Sample(DType.Float32, 1, 16, 3);
        Same(n => x[TensorIndex.Range(0, n)]);
        Same(n => x[TensorIndex.Range(n, n + 4)]);
        Same(n => x[TensorIndex.Range(n, 16)]);
        Same(n => x[n]);
        Same(n => x[n + 1, 1..]);
        Same(n => x[TensorIndex.Every(3, TensorIndex.Range(0, n)), ^1]);
        Same(n => x[TensorIndex.Every(-2, TensorIndex.Range(0, n + 2))]);
        Same(n => x[TensorIndex.Range(0, n)][..1]);
        Same(n => x[TensorIndex.Range(0, n)][^1]);
        Same(n => x.Shrink((n, n + 2), (0, 3)));
        Same(n => x[TensorIndex.Range(0, n)].Flip(0));
    }

    [Test]
    public void SizesMayBeArithmetic()
    {
        var x = Sample(DType.Float32, 2, 4, 12);
        Same(n => x.Shrink((0, 4), (0, n)).Reshape(2, 2 * n));
        Same(n => x.Shrink((0, 4), (0, n)).Flatten() + 1);
        Same(n => (x.Shrink((0, 4), (0, n)).Flatten() * 2).Reshape(4, n));
        Same(n => (x.Shrink((0, 4), (0, n)).Flatten() * 2).Reshape(n, -1));
        Same(n => x.Shrink((0, 4), (0, n)).Reshape(4 * n).Reshape(n, 2, 2).Permute(2, 0, 1));
        Same(n => x.Shrink((0, 4), (0, n)).T.Reshape(2, n, 2));
        Same(n => Tensor.Full([n, 2], 3) + Tensor.Arange(n).Unsqueeze(1));
        Same(n => Tensor.Arange(n).Expand(2, n).Repeat(2, 1));
        Same(n => Tensor.Arange(n * 2 + 1).Reshape(-1, 1).Expand(-1, n));
        Same(n => Tensor.Zeros(3, n).Pad([(1, 0), (0, 12 - n)], 5));
        Same(n => Tensor.Eye(n, 4) + n);
    }

    [Test]
    public void JoinedAndPaddedPartsAreSymbolic()
    {
        var (x, y) = (Sample(DType.Float32, 3, 12, 2), Sample(DType.Float32, 4, 12, 2));
        Same(n => Tensor.Cat([x[TensorIndex.Range(0, n)], y[TensorIndex.Range(0, n + 0)], x[..2]]));
        Same(n => Tensor.Stack([x[TensorIndex.Range(0, n)], y[TensorIndex.Range(0, n)]], 1));
        Same(n => x[TensorIndex.Range(0, n)].Pad([(1, 12 - n), (0, 1)], -1));
        Same(n => x[TensorIndex.Range(0, n)].Pad([(2, 1), (0, 0)]).Pad([(-1, 0), (0, 0)]));
        Same(n => x.Split([n, 12 - n])[1].Sum(0));
    }

    [Test]
    public void ReductionsRunOverTheBoundSize()
    {
        var x = Sample(DType.Float32, 5, 12, 7);
        Same(n => x[TensorIndex.Range(0, n)].Sum());
        Same(n => x[TensorIndex.Range(0, n)].Sum(0));
        Same(n => x[TensorIndex.Range(0, n)].Mean(0));
        Same(n => x[TensorIndex.Range(0, n)].Var(0));
        Same(n => x[TensorIndex.Range(0, n)].Max(0));
        Same(n => x[TensorIndex.Range(0, n)].Min(1));
        Same(n => x[TensorIndex.Range(0, n)].Prod(0));
        Same(n => x[TensorIndex.Range(0, n)].ArgMax(0));
        Same(n => x[TensorIndex.Range(0, n)].CumSum(0));
        Same(n => x[TensorIndex.Range(0, n)].Softmax(0));
        Same(n => x[TensorIndex.Range(0, n)].LogSoftmax(0));
        Same(n => x[TensorIndex.Range(0, n)].LayerNorm());
    }

    [Test]
    public void MatrixProductsAndAttentionRunOverTheBoundSize()
    {
        var (q, k, v) = (Sample(DType.Float32, 6, 2, 12, 4), Sample(DType.Float32, 7, 2, 12, 4), Sample(DType.Float32, 8, 2, 12, 4));
        Tensor Part(Tensor x, SymInt n) => x[.., TensorIndex.Range(0, n)];
        Same(n => Part(q, n).MatMul(Part(k, n).T));
        Same(n => Part(q, n).T.MatMul(Part(k, n)));
        Same(n => q[.., ..1].ScaledDotProductAttention(Part(k, n), Part(v, n)));
        Same(n => Part(q, n).ScaledDotProductAttention(Part(k, n), Part(v, n), isCausal: true));
        Same(n => Where(n, Part(q, n).MatMul(Part(k, n).T)).Softmax());

        // A triangle.
        static Tensor Where(SymInt n, Tensor x) => Tensor.Where(Tensor.Arange(n).Unsqueeze(1) >= Tensor.Arange(n), x, double.NegativeInfinity);
    }

    [Test]
    public void SelectionsAreSymbolic()
    {
        var x = Sample(DType.Float32, 9, 12, 3);
        var index = Tensor.From<int>([0, 11, 3, 2, 5, 5, 1, 0, 7, 9, 10, 4]);
        Same(n => x.IndexSelect(0, index[TensorIndex.Range(0, n)]));
        Same(n => x[TensorIndex.Range(0, n)].IndexSelect(0, index));
        Same(n => x.Gather(0, index[TensorIndex.Range(0, n)].Unsqueeze(1).Expand(-1, 3)));
        Same(n => x[TensorIndex.Range(0, n)].Sort(0).Values);
        Same(n => x[TensorIndex.Range(0, n)].ArgSort(0));
        Same(n => index[TensorIndex.Range(0, n)].OneHot(12));
        Same(n => x[TensorIndex.Range(0, n)].CrossEntropy(index[TensorIndex.Range(0, n)] % 3));
    }

    [Test]
    public void ConvolutionsTakeSymbolicBatches()
    {
        var (x, w) = (Sample(DType.Float32, 10, 12, 2, 5, 5), Sample(DType.Float32, 11, 3, 2, 3, 3));
        Same(n => x[TensorIndex.Range(0, n)].Conv2d(w, padding: 1).MaxPool2d(2));
        ExpectError("TEN3010", () => x.Transpose(0, 3)[.., .., .., TensorIndex.Range(0, N.Bind(12))].Conv2d(Sample(DType.Float32, 12, 3, 2, 3, 3)));
    }

    [Test]
    public void EmptyPartsAreEmpty([Values(0, 1, 6)] long value)
    {
        var x = Sample(DType.Float32, 12, 8, 2);
        var (m, part) = (M.Bind(value), x[TensorIndex.Range(0, value)]);
        Expect(x[TensorIndex.Range(0, m)].Sum(0), part.Sum(0));
        Expect(x[TensorIndex.Range(0, m)].Prod(1).Sum(), part.Prod(1).Sum());
        Assert.That((x[TensorIndex.Range(0, m)] * 2).ToArray<float>(), Is.EqualTo((part * 2).ToArray<float>()));
    }

    [Test]
    public void ALoopOfAtMostOneTurnMayBeEmpty([Values(0, 1)] long value)
    {
        var bit = new Variable("bit", 0, 1).Bind(value);
        var x = Sample(DType.Float32, 13, 3);
        Expect(x[TensorIndex.Range(0, bit)].Sum(), x[TensorIndex.Range(0, value)].Sum());
        Expect((x[TensorIndex.Range(1, 1 + bit)] + 1).Sum(), (x[TensorIndex.Range(1, 1 + value)] + 1).Sum());
    }

    [Test]
    public void RealisedPartsAreUsedAgain()
    {
        var x = Sample(DType.Float32, 14, 12, 3).Realize();
        foreach (var value in Values)
        {
            var n = N.Bind(value);
            var y = (x[TensorIndex.Range(0, n)] * 2).Realize();
            Assert.That(y.Count, Is.EqualTo(3 * value));
            Assert.That(y.ToArray<float>(), Is.EqualTo((x[TensorIndex.Range(0, value)] * 2).ToArray<float>()));
            Expect((y + 1).Sum(1), (x[TensorIndex.Range(0, value)] * 2 + 1).Sum(1));
            Expect(y.T.MatMul(x[TensorIndex.Range(0, n)]), (x[TensorIndex.Range(0, value)] * 2).T.MatMul(x[TensorIndex.Range(0, value)]));
            Expect(y[n - 1], x[(int)value - 1] * 2);
            Expect(Tensor.Cat([y, x[..1]]).Sum(0), Tensor.Cat([x[TensorIndex.Range(0, value)] * 2, x[..1]]).Sum(0));
        }
    }

    [Test]
    public void StorageOfSymbolicSizeIsFilledAndRead()
    {
        var n = N.Bind(2);
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [n, 3]);
        Expect(x.T.Contiguous(), [1, 4, 2, 5, 3, 6]);
        Assert.That(x.ToArray<float>(), Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(Tensor.Empty([n, 3]).ToArray<float>(), Has.Length.EqualTo(6));
        ExpectError("TEN3064", () => Tensor.From<float>([1, 2, 3], [n, 3]));
    }

    [Test]
    public void GradientsPassThroughSymbolicShapes()
    {
        var x = Sample(DType.Float32, 15, 12, 3);
        var w = Sample(DType.Float32, 16, 3, 3);
        SameGradients(n => x[TensorIndex.Range(0, n)].Square().Sum());
        SameGradients(n => x[TensorIndex.Range(0, n)].Square().Mean());
        SameGradients(n => x[TensorIndex.Range(0, n)].Max(0).Sum());
        SameGradients(n => (x[TensorIndex.Range(0, n)].Softmax(0) * x[TensorIndex.Range(0, n)]).Sum());
        SameGradients(n => x[TensorIndex.Range(0, n)].MatMul(w).Square().Mean());
        SameGradients(n => x[TensorIndex.Range(0, n)].ScaledDotProductAttention(x[TensorIndex.Range(0, n)].MatMul(w), x[TensorIndex.Range(0, n)]).Sum());
        SameGradients(n => Tensor.Cat([x[TensorIndex.Range(0, n)], x[..2]]).Flatten().Square().Mean());
        SameGradients(n => x[TensorIndex.Range(n, n)].Sum() + x[n - 1].Square().Sum());
        SameGradients(n => x[TensorIndex.Range(0, n)].Pad([(1, 12 - n), (0, 0)]).Exp().Sum());

        void SameGradients(Func<SymInt, Tensor> loss)
        {
            foreach (var value in Values)
            {
                Expect(loss(N.Bind(value)).Gradient(x)[0], loss(value).Gradient(x)[0], 1e-5);
            }
        }
    }

    [Test]
    public void VariablesAreChecked()
    {
        ExpectError("TEN3090", () => _ = new Variable("", 0, 1));
        ExpectError("TEN3090", () => _ = new Variable("a b", 0, 1));
        ExpectError("TEN3090", () => _ = new Variable("n", -1, 1));
        ExpectError("TEN3090", () => _ = new Variable("n", 2, 1));
        ExpectError("TEN3091", () => N.Bind(0));
        ExpectError("TEN3091", () => N.Bind(13));
        Assert.That((N.Bind(3) * 2 + 1).Value, Is.EqualTo(7));
        Assert.That($"{N.Bind(3) * 2 + 1} {N - 1} {4 - (SymInt)N}", Is.EqualTo("n=3 * 2 + 1 n - 1 -n + 4"));
    }

    [Test]
    public void WhatDoesNotHoldForEveryValueIsRefused()
    {
        var x = Sample(DType.Float32, 17, 10);
        var n = N.Bind(3);
        ExpectError("TEN3043", () => _ = x[TensorIndex.Range(0, n)]);
        ExpectError("TEN3043", () => _ = x[n - 2]);
        ExpectError("TEN3024", () => x.Shrink((5, n)));
        ExpectError("TEN3014", () => _ = x + Tensor.Arange(n));
        ExpectError("TEN3014", () => _ = Tensor.Arange(n) + Tensor.Arange(N.Bind(4)));
        ExpectError("TEN3016", () => x.Reshape(n, -1));
        ExpectError("TEN3011", () => Tensor.Zeros(n - 2));
        ExpectError("TEN3023", () => x.Pad([(n - 2, 0)]));
        ExpectError("TEN3034", () => x[TensorIndex.Range(0, M.Bind(3))].Max());
        ExpectError("TEN3010", () => Tensor.Arange(n).Split(2));
        ExpectError("TEN3010", () => Tensor.Arange(n).Size(0));
    }

    // The program with a bound variable, and with the number itself.
    private static void Same(Func<SymInt, Tensor> program)
    {
        foreach (var value in Values)
        {
            var (actual, expected) = (program(N.Bind(value)), program(value));
            Assert.That(actual.Shape.ToSizes().Select(s => s.Value), Is.EqualTo(expected.Shape.ToArray()));
            Expect(actual, expected.Values(), 1e-5);
        }
    }
}
