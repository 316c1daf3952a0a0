using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Tests;

// Of gradients.
internal sealed partial class JitFootgunTests
{
    [Test]
    public void GradientsAccumulate()
    {
        var w = Of(1, 2);
        w.RequiresGrad = true;
        var add = Jit.Capture((Tensor x) => (w * x).Sum().Backward());
        for (var i = 1; i <= 6; i++)
        {
            add(Of(1, 10));
            Assert.That(Values(w.Grad!), Is.EqualTo(new[] { i, 10f * i }), $"after call {i}");
        }

        w.Grad = null;
        add(Of(1, 10));
        Assert.That(Values(w.Grad!), Is.EqualTo(new[] { 1f, 10 }));
    }

    [Test]
    public void GradientsMayAccumulateOverSeveralCaptures()
    {
        Assert.That(Train(capture: true), Is.EqualTo(Train(capture: false)).Within(1e-6f));

        static float[] Train(bool capture)
        {
            Tensor.ManualSeed(2);
            var model = new Linear(3, 2);
            var optimizer = new Sgd(model, 0.1);
            Action<Tensor> add = x => model.Forward(x).Square().Mean().Backward();
            Action step = () =>
            {
                optimizer.Step();
                optimizer.ZeroGrad();
            };
            (add, step) = capture ? (Jit.Capture(add), Jit.Capture(step)) : (add, step);
            for (var i = 0; i < 12; i++)
            {
                add(Tensor.Randn(4, 3));
                if (i % 2 == 1)
                {
                    step();
                }
            }

            return [.. model.Parameters().SelectMany(p => p.ToArray<float>())];
        }
    }

    [Test]
    public void AGradientThatWasUsedAndNotKeptSaysSo()
    {
        var model = new Linear(2, 1);
        var optimizer = new Sgd(model, 0.1);
        var step = Jit.Capture((Tensor x) =>
        {
            optimizer.ZeroGrad();
            model.Forward(x).Sum().Backward();
            optimizer.Step();
        });
        Repeat(4, () => step(Of(1, 2)));
        Expect("TEN5306", "ZeroGrad", () => _ = model.Parameters()[0].Grad);
        optimizer.ZeroGrad();
        Assert.That(model.Parameters()[0].Grad, Is.Null);
    }

    [Test]
    public void GradientsDoNotGoOnOutside()
    {
        var w = Of(2f);
        w.RequiresGrad = true;
        var lazy = w * 2;
        Expect("TEN5304", "Detach", () => Jit.Capture((Tensor x) => x * 2)(lazy));
        Expect("TEN5304", "Detach", () => Jit.Capture(() => lazy * 2)());
        var f = Jit.Capture((Tensor x) => x * w);
        Repeat(4, () => Assert.That(f(lazy.Detach()).RequiresGrad, Is.False));
    }
}
