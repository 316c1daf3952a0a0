using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

public class TensorFunctionTests
{
    [Test]
    public void IsTracedOnceForEachKindOfArguments()
    {
        var runs = 0;
        var f = new TensorFunction((x, w) =>
        {
            runs++;
            return (x.MatMul(w) + 1).Relu();
        });
        var x = Sample(DType.Float32, 1, 2, 3);
        var weights = Enumerable.Range(0, 4).Select(i => Sample(DType.Float32, i, 3, 3).Realize()).ToArray();
        var (found, expected) = (x, x);
        foreach (var w in weights)
        {
            found = f.Invoke(found, w);
            expected = (expected.MatMul(w) + 1).Relu();
        }

        Expect(found, expected);
        Assert.That((runs, f.TraceCount), Is.EqualTo((1, 1)));
        Assert.That(found.Node, Is.SameAs(expected.Node));
        f.Invoke(Sample(DType.Float32, 1, 5, 3), weights[0]);
        Assert.That(runs, Is.EqualTo(2));
        for (var n = 10; n < 110; n++)
        {
            Assert.That(f.Invoke(Tensor.Zeros(n, 3), weights[0]).Size(0), Is.EqualTo(n));
        }
    }

    [Test]
    public void GradientsPassAndReachWhatItUsesBesides()
    {
        var (x, w, b) = (Sample(DType.Float32, 1, 2, 3).Realize(), Sample(DType.Float32, 2, 3, 3).Realize(), Sample(DType.Float32, 3, 3).Realize());
        (w.RequiresGrad, b.RequiresGrad) = (true, true);
        var f = new TensorFunction(t => (t.MatMul(w) + b).Tanh());
        f.Invoke(f.Invoke(x)).Sum().Backward();
        var expected = ((x.MatMul(w) + b).Tanh().MatMul(w) + b).Tanh().Sum().Gradient(w, b);
        Expect(w.Grad!, expected[0]);
        Expect(b.Grad!, expected[1]);
    }

    [Test]
    public void SeesWhatTensorsAreAtEachCall()
    {
        var w = Of([2], 1, 2).Realize();
        var f = new TensorFunction(t => t * w);
        var x = Of([2], 10, 10);
        Expect(f.Invoke(x), [10, 20]);
        w.Assign(Of([2], 3, 4));
        Expect(f.Invoke(x), [30, 40]);
        w.RequiresGrad = true;
        Expect(f.Invoke(x).Sum().Gradient(w)[0], [10, 10]);
        using (Tensor.NoGrad())
        {
            Assert.That(f.Invoke(x).RequiresGrad, Is.False);
        }

        Assert.That(f.Invoke(x).RequiresGrad, Is.True);
    }

    [Test]
    public void DrawsNewRandomNumbersAtEachCall()
    {
        var f = new TensorFunction(t => t + Tensor.Rand(3));
        var x = Of([3], 0, 0, 0);
        Tensor.ManualSeed(5);
        var first = f.Invoke(x).Values();
        Assert.That(f.Invoke(x).Values(), Is.Not.EqualTo(first));
    }

    [Test]
    public void MayBeNestedAndUseCheckpointsAndGradients()
    {
        var w = Sample(DType.Float32, 3, 3).Realize();
        var inner = new TensorFunction(t => (t * w).Exp());
        var outer = new TensorFunction(t => Tensor.Checkpoint(u => inner.Invoke(u) + inner.Invoke(u * 2), t));
        var x = Sample(DType.Float32, 1, 3).Realize();
        Tensor Plain(Tensor t) => (t * w).Exp() + (t * 2 * w).Exp();
        Expect(outer.Invoke(x), Plain(x));
        Expect(outer.Invoke(x).Sum().Gradient(x)[0], Plain(x).Sum().Gradient(x)[0]);
        Expect(outer.Invoke(x).Sum().Gradient(w)[0], Plain(x).Sum().Gradient(w)[0]);
        var slope = new TensorFunction(t => t.Square().Sum().Gradient(t)[0]);
        Expect(slope.Invoke(x), x * 2);
        Expect(slope.Invoke(x * 3), x * 6);
        w.Assign(w * 2);
        Expect(outer.Invoke(x), Plain(x));
    }

    [Test]
    public void WhatWouldHappenOnlyOnceIsAnError()
    {
        var (x, w) = (Of([2], 1, 2), Of([2], 1, 2).Realize());
        ExpectError("TEN3303", () => new TensorFunction(t => w.Assign(t)).Invoke(x));
        ExpectError("TEN3303", () => new TensorFunction(t => t.Assign(t * 2)).Invoke(x));
        ExpectError("TEN5015", () => new TensorFunction(t => t.IndexSelect(0, Tensor.RandPerm(2))).Invoke(x));
    }

    [Test]
    public void SeveralResults()
    {
        var f = new TensorFunction(t => [t[0] + t[1], t[0] * t[1]]);
        var results = f.InvokeAll(Of([2], 1, 2), Of([2], 3, 4));
        Expect(results[0], [4, 6]);
        Expect(results[1], [3, 8]);
    }
}
