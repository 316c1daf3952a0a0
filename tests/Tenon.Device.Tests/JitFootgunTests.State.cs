using Tenon.Core;
using Tenon.NN;

namespace Tenon.Tests;

// Of tensors from outside.
internal sealed partial class JitFootgunTests
{
    [Test]
    public void ABufferShiftedInPlaceIsRight()
    {
        var cache = Of([.. Enumerable.Range(0, 4096).Select(i => (float)i)]);
        var f = Jit.Capture(() => cache[..^1].Assign(cache[1..]));
        for (var i = 0; i < 5; i++)
        {
            f();
        }

        Assert.That(Values(cache), Is.EqualTo(Enumerable.Range(0, 4096).Select(i => (float)Math.Min(4095, i + 5))));
    }

    [Test]
    public void PartsAreAssignedWithoutRealise()
    {
        var position = new Variable("pos", 0, 3);
        var cache = Tensor.Zeros(4, 4).Contiguous().Realize();
        var f = Jit.Capture((SymInt at) =>
        {
            cache[TensorIndex.Range(at, at + 1)].Assign(Tensor.Ones(1, 4));
            return cache.Sum();
        });
        for (var i = 0; i < 4; i++)
        {
            cache.Assign(Tensor.Zeros(4, 4)).Realize();
            Assert.That(Values(f(position.Bind(i)))[0], Is.EqualTo(4));
            Assert.That(Values(cache)[4 * i], Is.EqualTo(1));
        }
    }

    [Test]
    public void TensorsFromOutsideNeedNotBeRealised()
    {
        var x = Of(0f) + 0;
        var f = Jit.Capture(() => x * 2);
        for (var i = 0; i < 5; i++)
        {
            x.Assign(Of(i));
            Assert.That(Values(f())[0], Is.EqualTo(2 * i));
        }
    }

    [Test]
    public void WhatWasComputedBeforeIsComputedAgain()
    {
        var x = Of(1, 2);
        var before = (x * 3).Realize();
        var f = Jit.Capture(() => x * 3);
        for (var i = 0; i < 5; i++)
        {
            Assert.That(Values(f()), Is.EqualTo(new[] { 3f * (i + 1), 3 * (i + 2) }));
            x.Assign(x + 1).Realize();
        }

        Assert.That(Values(before), Is.EqualTo(new[] { 3f, 6 }));
    }

    [Test]
    public void LiteralsFromOutsideMayBeAssigned()
    {
        var sum = Tensor.Zeros(2);
        var f = Jit.Capture((Tensor x) => sum.Assign(sum + x));
        for (var i = 0; i < 6; i++)
        {
            f(Of(i, 1));
        }

        Assert.That(Values(sum), Is.EqualTo(new[] { 15f, 6 }));
    }

    [Test]
    public void TheFirstCallMayDoSomethingOnce()
    {
        Tensor? cache = null;
        var f = Jit.Capture((Tensor x) =>
        {
            cache ??= Tensor.Zeros(1).Contiguous().Realize();
            return cache.Assign(cache + x) * 1;
        });
        for (var i = 1; i <= 6; i++)
        {
            Assert.That(Values(f(Of(1)))[0], Is.EqualTo(i));
        }

        Assert.That(Jit.Of(f).Replays, Is.GreaterThan(0));
    }

    [Test]
    public void StateThatWasGivenAwayIsNotOverwritten()
    {
        var state = Of(1f);
        var f = Jit.Capture(() => state.Assign(state + 1));
        Repeat(3, () => f());
        var kept = state.Detach().Realize();
        Repeat(2, () => f());
        Assert.That((Values(kept)[0], Values(state)[0]), Is.EqualTo((4f, 6f)));
    }

    [Test]
    public void ValuesDerivedFromOldStateSaySo()
    {
        var state = Of(1f);
        var f = Jit.Capture(() => state.Assign(state + 1));
        Repeat(3, () => f());
        var stale = state * 2;
        f();
        Expect("TEN5001", "overwritten", () => stale.Item<float>());
    }

    [Test]
    public void StateMayBeReplacedBetweenCalls()
    {
        var model = new Linear(2, 1);
        var f = Jit.Capture((Tensor x) => model.Forward(x));
        using var noGradients = Tensor.NoGrad();
        Repeat(3, () => f(Of(1, 1)));
        model.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Of(2, 3).Reshape(1, 2), ["bias"] = Of(1) });
        Assert.That(Values(f(Of(1, 1)))[0], Is.EqualTo(6));
        model.To(DType.Float64);
        Repeat(3, () => Assert.That(f(Of(1, 1).Cast(DType.Float64)).ToArray<double>()[0], Is.EqualTo(6)));
    }
}
