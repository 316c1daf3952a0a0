using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;
using Tenon.Tests.Shared;

namespace Tenon.Tests;

/// <summary>What goes wrong when a function is captured carelessly: each is right here, or throws and says why.</summary>
[NonParallelizable]
internal sealed partial class JitFootgunTests
{
    private int _scale = 1;

    [Test]
    public void WhatGoesOnAfterACaptureIsNotRecorded()
    {
        using var go = new ManualResetEventSlim();
        Task<float>? later = null;
        var f = Jit.Capture((Tensor x) =>
        {
            later ??= Task.Factory.StartNew(
                () =>
                {
                    go.Wait();
                    return Of(1, 2).Sum().Item<float>();
                },
                TaskCreationOptions.LongRunning);
            return x + 1;
        });
        f(Of(1));
        var g = Jit.Capture((Tensor x) =>
        {
            go.Set();
            Assert.That(later!.Result, Is.EqualTo(3));
            return x * 2;
        });
        Repeat(3, () => Assert.That(Values(g(Of(2)))[0], Is.EqualTo(4)));
        Assert.That(Jit.Of(g).Replays, Is.EqualTo(1));
    }

    [Test]
    public void ObjectsHaveCapturesOfTheirOwn()
    {
        var f = Jit.Capture((JitFootgunTests self, Tensor x) => x * self._scale);
        var (one, two) = (new JitFootgunTests { _scale = 2 }, new JitFootgunTests { _scale = 3 });
        Repeat(4, () =>
        {
            Assert.That(Values(f(one, Of(5)))[0], Is.EqualTo(10));
            Assert.That(Values(f(two, Of(5)))[0], Is.EqualTo(15));
        });
    }

    [Test]
    public void WhatHappensOnlyOnceThrows()
    {
        var model = new Linear(2, 1);
        var optimizer = new Sgd(model, 0.1);
        Expect("TEN5307", "learning rate", () => Jit.Capture(() => optimizer.LearningRate = 1)());
        Expect("TEN5307", "Eval", () => Jit.Capture(model.Eval)());
        Expect("TEN5307", "seed", () => Jit.Capture(() => Tensor.ManualSeed(1))());
        Expect("TEN5303", "Over", () => Jit.Capture(() => Tensor.Over<float, Tensor>(new float[] { 1 }, t => t + 1))());
        Expect("TEN5312", "await", () => Jit.Capture((Tensor x) => x.RealizeAsync())(Of(1)));
    }

    [Test]
    public void AnExceptionWithinLeavesNothingBehind()
    {
        var (fails, state) = (true, Of(1f));
        var f = Jit.Capture((Tensor x) =>
        {
            state.Assign(state + x);
            _ = (x * 2).Realize();
            return fails ? throw new InvalidOperationException("fails") : x + 1;
        });
        Assert.That(() => f(Of(1)), Throws.InvalidOperationException);
        Assert.That((Jit.Of(f).Captures, Values(state)[0]), Is.EqualTo((0, 2f)), "as without capture");
        fails = false;
        Repeat(4, () => Assert.That(Values(f(Of(1)))[0], Is.EqualTo(2)));
        Assert.That(Values(state)[0], Is.EqualTo(6));
        Assert.That((Of(1) + 1).Item<float>(), Is.EqualTo(2), "nothing is recorded any more");
    }

    [Test]
    public void FunctionsCanBeResetAndDisposed()
    {
        var factor = 2;
        var f = Jit.Capture((Tensor x) => x * factor);
        Repeat(3, () => f(Of(1)));
        factor = 5;
        Jit.Of(f).Reset();
        Assert.That((Values(f(Of(1)))[0], Jit.Of(f).Captures), Is.EqualTo((5f, 1)));
        Jit.Of(f).Dispose();
        Assert.That(() => f(Of(1)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void AFunctionMayCallItself()
    {
        Func<Tensor, int, Tensor> f = null!;
        f = Jit.Capture((Tensor x, int n) => n == 0 ? x : f(x * 2, n - 1));
        Repeat(4, () => Assert.That(Values(f(Of(1), 5))[0], Is.EqualTo(32)));
    }

    private static Tensor Of(params float[] values) => Tensor.From<float>(values);

    private static float[] Values(Tensor t) => t.ToArray<float>();

    private static void Repeat(int count, Action action)
    {
        for (var i = 0; i < count; i++)
        {
            action();
        }
    }

    private static void Expect(string code, string part, TestDelegate action) =>
        Assert.That(action, Throws.TypeOf<TenonException>().With.Property("Code").EqualTo(code).And.Message.Contains(part));
}
