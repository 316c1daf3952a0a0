using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

public class CustomGradientTests
{
    [Test]
    public void WhatIsWrittenReplacesWhatFollows()
    {
        var x = Of([3], -1.4, 0.6, 2.5).Realize();
        Expect(x.Round().WithGradient([x], (g, _, _) => [g]).Square().Sum().Gradient(x)[0], [-2, 2, 4]);
        Expect((x * 3).WithGradient([x], (g, _, inputs) => [g * inputs[0]]).Sum().Gradient(x)[0], [-1.4, 0.6, 2.5]);
    }

    [Test]
    public void GradientsOfWrittenGradientsFollow()
    {
        // The gradient of x³, written as 3x²: the second is 6x. That of e^x, written as itself: so is the second.
        var x = Of([2], 2, -1).Realize();
        var y = (x * x * x).WithGradient([x], (g, _, inputs) => [g * 3 * inputs[0].Square()]);
        Expect(y.Sum().Gradient(x)[0].Sum().Gradient(x)[0], [12, -6]);
        var e = x.Exp().WithGradient([x], (g, value, _) => [g * value]);
        Expect(e.Sum().Gradient(x)[0].Sum().Gradient(x)[0], x.Exp());
    }

    [Test]
    public void NothingFlowsWhereNullIsGivenOrNobodyIsNamed()
    {
        var (x, w) = (Of([2], 1, 2).Realize(), Of([2], 3, 4).Realize());
        var y = (x * w).WithGradient([x, w], (g, _, _) => [g, null]);
        Expect(y.Sum().Gradient(x)[0], [1, 1]);
        Expect(y.Sum().Gradient(w)[0], [0, 0]);
        ExpectError("TEN3061", () => (x * w).WithGradient([x], (g, _, _) => [g]).Sum().Gradient(w));
    }

    [Test]
    public void WrongGradientsAreErrors()
    {
        var x = Of([2], 1, 2).Realize();
        ExpectError("TEN3301", () => x.WithGradient([x], (g, _, _) => []).Sum().Gradient(x));
        ExpectError("TEN3301", () => x.WithGradient([x], (g, _, _) => [g.Sum()]).Sum().Gradient(x));
        ExpectError("TEN3300", () => x.WithGradient([x.Cast(DType.Int32)], (g, _, _) => [g]));
    }

    [Test]
    public void LeavesAccumulateThroughWrittenGradients()
    {
        var w = Of([2], 1, 2).Realize();
        w.RequiresGrad = true;
        w.Exp().WithGradient([w], (g, _, inputs) => [g * 10]).Sum().Backward();
        Expect(w.Grad!, [10, 10]);
    }

    [Test]
    public void AVectorTimesTheJacobian()
    {
        var x = Of([2, 2], 1, 2, 3, 4).Realize();
        Expect(x.Square().Gradient(Of([2], 1, 10), [x])[0], [2, 40, 6, 80]);
        x.RequiresGrad = true;
        x.Square().Backward(Of([2, 2], 1, 0, 0, 1));
        Expect(x.Grad!, [2, 0, 0, 8]);
        ExpectError("TEN3063", () => x.Square().Backward());
    }

    [Test]
    public void ACheckpointHasTheSameGradients()
    {
        var (x, w, v) = (Sample(DType.Float32, 1, 3, 4).Realize(), Sample(DType.Float32, 2, 4, 4).Realize(), Sample(DType.Float32, 3, 4).Realize());
        var scale = v.Exp();
        Tensor Block(Tensor t) => (t.MatMul(w).Tanh() * scale).Sigmoid() + t;
        var expected = Block(Block(x)).Square().Sum().Gradient(x, w, v);
        var found = Tensor.Checkpoint(Block, Tensor.Checkpoint(Block, x)).Square().Sum().Gradient(x, w, v);
        for (var i = 0; i < expected.Length; i++)
        {
            Expect(found[i], expected[i]);
        }

        Expect(Tensor.Checkpoint(Block, x), Block(x));
        Expect(Tensor.Checkpoint((Tensor _) => w.Sum(), x).Gradient(w)[0], w.OnesLike());
    }

    [Test]
    public void ACheckpointDrawsTheSameRandomNumbersAgain()
    {
        var x = Tensor.Ones(64).Realize();
        var y = Tensor.Checkpoint(t => t.Dropout(0.5) * t, x);
        var (value, gradient) = (y.Values(), y.Sum().Gradient(x)[0].Values());
        Assert.That(gradient, Is.EqualTo(value.Select(v => 2 * v)));
        Assert.That(value, Does.Contain(0.0).And.Contain(2.0));
    }

    [Test]
    public void CheckpointsMayHaveIntegersAndTruthValuesAsInputs()
    {
        var (x, mask, ids) = (Sample(DType.Float32, 1, 4).Realize(), Of([4], 1, 0, 1, 1).Ne(0).Realize(), Tensor.From<int>([3, 1, 0, 2]).Realize());
        var y = Tensor.Checkpoint(t => Tensor.Where(t[1], t[0].Square(), 0) * t[2], x, mask, ids);
        Expect(y.Sum().Gradient(x)[0], Tensor.Where(mask, x * 2, 0) * ids);
    }
}
