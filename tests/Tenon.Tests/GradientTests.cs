using Tenon.Core;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class GradientTests
{
    private static IEnumerable<TestCaseData> Functions()
    {
        yield return Case("Add", x => x + x[0]);
        yield return Case("Sub", x => x[0] - x);
        yield return Case("Mul", x => x * x[0]);
        yield return Case("Div", x => x[0] / (x.Square() + 1.0) + x / x.Exp());
        yield return Case("Neg", x => -x);
        yield return Case("Remainder", x => x % 0.7);
        yield return Case("Sqrt", x => x.Abs().Sqrt());
        yield return Case("Exp2", x => x.Exp2());
        yield return Case("Log2", x => x.Abs().Log2());
        yield return Case("Sin", x => x.Sin());
        yield return Case("Cos", x => x.Cos());
        yield return Case("Tan", x => (x * 0.5).Tan());
        yield return Case("Exp", x => x.Exp());
        yield return Case("Expm1", x => x.Expm1());
        yield return Case("Log", x => x.Abs().Log());
        yield return Case("Log1p", x => x.Abs().Log1p());
        yield return Case("Tanh", x => x.Tanh());
        yield return Case("Sigmoid", x => x.Sigmoid());
        yield return Case("Relu", x => x.Relu());
        yield return Case("LeakyRelu", x => x.LeakyRelu());
        yield return Case("Elu", x => x.Elu());
        yield return Case("Gelu", x => x.Gelu());
        yield return Case("GeluTanh", x => x.Gelu(approximate: true));
        yield return Case("Silu", x => x.Silu());
        yield return Case("Softplus", x => x.Softplus());
        yield return Case("Erf", x => x.Erf());
        yield return Case("HardSwish", x => (x * 3.0).HardSwish());
        yield return Case("Abs", x => x.Abs());
        yield return Case("Pow", x => x.Abs().Pow(x));
        yield return Case("Pow3", x => x.Pow(3));
        yield return Case("Pow1.7", x => x.Abs().Pow(1.7));
        yield return Case("Maximum", x => x.Maximum(x.Flip(0) * 0.9));
        yield return Case("Minimum", x => x.Minimum(x.Flip(0) * 0.9));
        yield return Case("Clamp", x => x.Clamp(-0.5, 1));
        yield return Case("Where", x => Tensor.Where(x > 0, x * 2.0, x.Square()));
        yield return Case("Reshape", x => x.Reshape(-1) * Tensor.Arange(12));
        yield return Case("Permute", x => x.T * Tensor.Arange(3));
        yield return Case("Expand", x => x.Unsqueeze(0).Expand(3, 3, 4) * Tensor.Arange(3).Reshape(3, 1, 1));
        yield return Case("Pad", x => x.Pad([(1, 2), (0, 1)], 3) * Tensor.Arange(5));
        yield return Case("Shrink", x => x[1.., 1..3]);
        yield return Case("Flip", x => x.Flip(0, 1) * Tensor.Arange(4));
        yield return Case("Stride", x => x[Tensor.Ellipsis, TensorIndex.Every(2)]);
        yield return Case("Backwards", x => x[TensorIndex.Every(-2)] * Tensor.Arange(4));
        yield return Case("Cat", x => Tensor.Cat([x, x * 2.0], 1).Square());
        yield return Case("Gather", x => x.Gather(1, Tensor.From<int>([1, 3, 3], [3, 1])));
        yield return Case("IndexSelect", x => x.IndexSelect(0, Tensor.From<int>([2, 2])).Square());
        yield return Case("Sum", x => x.Sum(0).Square());
        yield return Case("Mean", x => x.Mean(1, keepDim: true) * x);
        yield return Case("Prod", x => x.Prod(1));
        yield return Case("Max", x => x.Max(1).Square());
        yield return Case("Min", x => x.Min(0).Square());
        yield return Case("Var", x => x.Var(1));
        yield return Case("Std", x => x.Std(0));
        yield return Case("CumSum", x => x.CumSum(1).Square());
        yield return Case("Softmax", x => x.Softmax().Square());
        yield return Case("LogSoftmax", x => x.LogSoftmax(0).Square());
        yield return Case("LogSumExp", x => x.LogSumExp().Square());
        yield return Case("LayerNorm", x => x.LayerNorm(1, Tensor.Arange(4) + 1.0).Pow(3));
        yield return Case("CrossEntropy", x => x.CrossEntropy(new[] { 1, 3, 0 }, labelSmoothing: 0.1));
        yield return Case("Bce", x => x.BinaryCrossEntropyWithLogits(Tensor.Eye(3, 4)));
        yield return Case("Mse", x => x.MseLoss(Tensor.Eye(3, 4)));
        yield return Case("MatMul", x => x.MatMul(x.T).Square());
        yield return Case("Contiguous", x => x.Contiguous().Square());
        yield return Case("Copy", x => x.To("CPU:1").Square());
        yield return Case("Cast", x => x.Cast(DType.Float64).Square());
        yield return Case("Conv", x => Image(x).Conv2d(Sample(DType.Float64, 9, 3, 1, 2, 2)).Square());
        yield return Case("ConvStrided", x => Image(x).Conv2d(Sample(DType.Float64, 9, 3, 1, 3, 2), stride: (2, 1), padding: 1).Square());
        yield return Case("ConvDilated", x => Image(x).Conv2d(Sample(DType.Float64, 9, 3, 1, 2, 2), padding: (1, 0), dilation: (2, 3)).Square());
        yield return Case("ConvWeight", x => Sample(DType.Float64, 8, 1, 3, 5, 5).Conv2d(x.Reshape(1, 3, 2, 2), stride: 2).Square());
        yield return Case("ConvFarStride", x => Image(x).Conv2d(Sample(DType.Float64, 9, 3, 1, 2, 2), stride: (4, 2), dilation: (2, 1)).Square());
        yield return Case("MaxPool", x => Image(x).MaxPool2d(2, 1).Square());
        yield return Case("AvgPool", x => Image(x).AvgPool2d((2, 3), 1, 1, countPadding: false).Square());

        static TestCaseData Case(string name, Func<Tensor, Tensor> function) => new TestCaseData(function).SetArgDisplayNames(name);
        static Tensor Image(Tensor x) => x.Reshape(1, 1, 3, 4);
    }

    [TestCaseSource(nameof(Functions))]
    public void GradientsAgreeWithDifferences(Func<Tensor, Tensor> function)
    {
        const double Step = 1e-5;
        var x = Sample(DType.Float64, 7, 3, 4).Realize();
        var gradient = function(x).Sum().Gradient(x)[0];
        Assert.That(gradient.Shape, Is.EqualTo(x.Shape));
        var values = x.Values();
        var expected = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            expected[i] = (At(i, Step) - At(i, -Step)) / (2 * Step);
        }

        Expect(gradient, expected, 1e-5);

        double At(int i, double step)
        {
            var moved = (double[])values.Clone();
            moved[i] += step;
            return function(Tensor.From<double>(moved, [3, 4])).Sum().Values()[0];
        }
    }

    [Test]
    public void TiesShareEqually()
    {
        var x = Of([4], 1, 3, 3, 2).Realize();
        Expect(x.Max().Gradient(x)[0], [0, 0.5, 0.5, 0]);
        var (a, b) = (Of([1], 2).Realize(), (Of([1], 1) + 1).Realize());
        Expect(a.Maximum(b).Sum().Gradient(a, b)[1], [0.5]);
        Expect(Of([2], 0, 1).Realize() is var z ? z.Relu().Sum().Gradient(z)[0] : x, [0, 1]);
    }

    [Test]
    public void ProductsWithZerosHaveGradients()
    {
        var x = Of([3, 3], 2, 0, 3, 0, 0, 3, 1, 2, 3).Realize();
        Expect(x.Prod(1).Sum().Gradient(x)[0], [0, 6, 0, 0, 0, 0, 6, 3, 2]);
    }

    [Test]
    public void LargeArgumentsGiveFiniteGradients()
    {
        var x = Of([4], -1000, -50, 50, 1000).Realize();
        Expect(x.Sigmoid().Sum().Gradient(x)[0], [0, 0, 0, 0]);
        Expect(x.Tanh().Sum().Gradient(x)[0], [0, 0, 0, 0]);
        Expect(x.Softplus().Sum().Gradient(x)[0], [0, 0, 1, 1]);
        Expect(x.Elu().Sum().Gradient(x)[0], [0, 0, 1, 1]);
        Expect(x.Gelu().Sum().Gradient(x)[0], [0, 0, 1, 1]);
    }

    [Test]
    public void BackwardAccumulatesInLeaves()
    {
        var w = Of([2], 1, 2);
        w.RequiresGrad = true;
        var x = Of([2], 3, 4);
        (w * x).Sum().Backward();
        (w * w).Sum().Backward();
        Expect(w.Grad!, [5, 8]);
        Assert.That(x.Grad, Is.Null);
        Assert.That((w * x).RequiresGrad, Is.True);
        Assert.That(x.RequiresGrad, Is.False);
    }

    [Test]
    public void EqualLeavesKeepTheirOwnGradients()
    {
        Tensor a = Tensor.Ones(2), b = Tensor.Ones(2);
        a.RequiresGrad = b.RequiresGrad = true;
        (a * b * b).Sum().Backward();
        Expect(a.Grad!, [1, 1]);
        Expect(b.Grad!, [2, 2]);
    }

    [Test]
    public void HistorySurvivesRealisation()
    {
        var w = Of([2], 1, 2);
        w.RequiresGrad = true;
        var hidden = w * 3;
        var loss = hidden.Square().Sum();
        w.Realize();
        hidden.Realize();
        loss.Realize();
        loss.Backward();
        Expect(w.Grad!, [18, 36]);
        Expect(loss.Gradient(hidden)[0], [6, 12]);
        Expect((hidden * w).Sum().Gradient(w)[0], [6, 12]);
    }

    [Test]
    public void NoGradAndDetachCutHistory()
    {
        var w = Of([1], 3);
        w.RequiresGrad = true;
        Tensor frozen;
        using (Tensor.NoGrad())
        {
            frozen = w * 2;
        }

        Assert.That(frozen.RequiresGrad, Is.False);
        (frozen * w + w.Detach() * w).Sum().Backward();
        Expect(w.Grad!, [9]);
        ExpectError("TEN3062", () => frozen.Sum().Backward());
        ExpectError("TEN3061", () => frozen.Sum().Gradient(w));
        ExpectError("TEN3063", () => (w * Tensor.Ones(2)).Backward());
        ExpectError("TEN3060", () => Tensor.Arange(2).RequiresGrad = true);
    }

    [Test]
    public void DeepGraphsDoNotOverflowTheStack()
    {
        var x = Of([1], 0.5).Realize();
        var node = x.Node;
        var half = TensorGraph.FullLike(node, 0.5);
        for (var i = 0; i < 100_000; i++)
        {
            node = UOp.Alu(i % 2 == 0 ? Ops.Add : Ops.Sub, node, half);
        }

        var y = new Tensor(node, "CPU").Sum();
        Assert.That(y.Gradient(x)[0].Shape.ToArray(), Is.EqualTo(new long[] { 1 }));
    }
}
