using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;
using Tenon.Tests.Shared;

namespace Tenon.Tests;

/// <summary>What goes wrong when a function is captured carelessly: each is right here, or throws and says why.</summary>
[NonParallelizable]
internal sealed class JitFootgunTests
{
    private int _scale = 1;

    [Test]
    public void ResultsAreNotOverwrittenByTheNextCall()
    {
        var f = Jit.Capture((Tensor x) => x.Sum());
        var results = Enumerable.Range(1, 6).Select(i => f(Of(i, i))).ToArray();
        Assert.That(results.Select(r => Values(r)[0]), Is.EqualTo(new[] { 2f, 4, 6, 8, 10, 12 }));
    }

    [Test]
    public void ResultsMayBecomeArguments()
    {
        var f = Jit.Capture((Tensor x) => (x + 1).Realize() * 2);
        var x = Of(20f);
        for (var i = 0; i < 5; i++)
        {
            x = f(x);
        }

        Assert.That(Values(x)[0], Is.EqualTo(702));
        var y = Of(100f);
        for (var i = 0; i < 3; i++)
        {
            y = f(y);
        }

        Assert.That((Values(y)[0], Values(x)[0]), Is.EqualTo((814f, 702f)));
    }

    [Test]
    public void SeveralResultsOfOneValueAndShiftedBuffers()
    {
        var f = Jit.Capture((Tensor buffer, Tensor frame) =>
        {
            var next = Tensor.Cat([buffer[1..], frame], 0);
            return (next.Contiguous(), next[..1].Contiguous());
        });
        var buffer = Of(0, 1, 2);
        for (var i = 0; i < 6; i++)
        {
            var expected = Values(buffer)[1];
            (buffer, var first) = f(buffer, Of(10 + i));
            Assert.That(Values(first)[0], Is.EqualTo(expected));
        }

        Assert.That(Values(buffer), Is.EqualTo(new[] { 13f, 14, 15 }));
    }

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
    public void PlainResultsOfPlainArgumentsAreRight()
    {
        var f = Jit.Capture((Tensor x, int factor) => (x * 2, factor * 10));
        for (var i = 0; i < 6; i++)
        {
            var (y, tens) = f(Of(i), i % 2);
            Assert.That((Values(y)[0], tens), Is.EqualTo((2f * i, i % 2 * 10)));
        }
    }

    [Test]
    public void PlainResultsThatChangeThrow()
    {
        var count = 0;
        var f = Jit.Capture((Tensor x) => (x, ++count));
        Expect("TEN5310", "returned", () => Repeat(4, () => f(Of(1))));
    }

    [Test]
    public void OneTensorMayBeGivenTwice()
    {
        var f = Jit.Capture((Tensor a, Tensor b) =>
        {
            a.Assign(a + 1);
            return a * 10 + b;
        });
        for (var i = 0; i < 5; i++)
        {
            var (x, y) = (Of(i), Of(100));
            Assert.That(Values(f(x, x))[0], Is.EqualTo(11 * (i + 1)));
            Assert.That(Values(f(x, y))[0], Is.EqualTo(10 * (i + 2) + 100));
            Assert.That((Values(x)[0], Values(y)[0]), Is.EqualTo((i + 2f, 100f)));
        }
    }

    [Test]
    public void AnArgumentMayBeATensorThatTheFunctionClosesOver()
    {
        var w = Of(1f);
        var f = Jit.Capture((Tensor x) =>
        {
            x.Assign(x + w);
            return w * 1;
        });
        for (var i = 0; i < 4; i++)
        {
            var (x, before) = (Of(5f), Values(w)[0]);
            Assert.That(Values(f(x))[0], Is.EqualTo(before), "w, which is not the argument");
            Assert.That(Values(x)[0], Is.EqualTo(5 + before));
            Assert.That(Values(f(w))[0], Is.EqualTo(2 * before), "w, which is the argument");
            Assert.That(Values(w)[0], Is.EqualTo(2 * before));
        }
    }

    [Test]
    public void ViewsOfAnythingMayBeArguments()
    {
        var f = Jit.Capture((Tensor a, Tensor whole) => a + whole.Sum());
        var x = Tensor.Arange(100).Cast(DType.Float32).Reshape(10, 10).Realize();
        for (var i = 0; i < 6; i++)
        {
            Assert.That(Values(f(x[.., i..(i + 2)], x))[3], Is.EqualTo(11 + i + 4950));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(4));
    }

    [Test]
    public void ViewsThatAreWrittenToThrow()
    {
        var f = Jit.Capture((Tensor x) => x.Assign(x + 1));
        var whole = Of(1, 2, 3);
        Expect("TEN5305", "view", () => f(whole[1..]));
        Expect("TEN5305", "literal", () => f(2.0));
        Assert.That(Values(whole), Is.EqualTo(new[] { 1f, 2, 3 }));
    }

    [Test]
    public void LazyAndLiteralArgumentsAreData()
    {
        var f = Jit.Capture((Tensor a, Tensor b) => a * b);
        for (var i = 0; i < 6; i++)
        {
            Assert.That(Values(f(Of(1, 2) + i, i))[1], Is.EqualTo((2 + i) * i));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(4));
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
    public void OtherShapesAreOtherCaptures()
    {
        var f = Jit.Capture((Tensor a, Tensor b) => a + b);
        Repeat(3, () => Assert.That(Values(f(Tensor.Ones(10, 10), Tensor.Ones(10, 10))), Has.Length.EqualTo(100)));
        Repeat(3, () => Assert.That(Values(f(Tensor.Ones(20, 20), Tensor.Ones(20, 20))), Has.Length.EqualTo(400)));
        Assert.That(Jit.Of(f).Captures, Is.EqualTo(2));
    }

    [Test]
    public void NumbersThatAreClosedOverAndChangeThrow()
    {
        var factor = 0;
        var f = Jit.Capture((Tensor x) => x * factor);
        var right = 0;
        Expect("TEN5310", "the number 2", () =>
        {
            for (factor = 1; factor < 6; factor++)
            {
                Assert.That(Values(f(Of(10)))[0], Is.EqualTo(10 * factor));
                right++;
            }
        });
        Assert.That(right, Is.EqualTo(2));
    }

    [Test]
    public void WithVerifyEachCallIsChecked()
    {
        var factor = 3;
        var f = Jit.Capture((Tensor x) => x * factor, new JitOptions { Verify = true });
        Repeat(5, () => Assert.That(Values(f(Of(10)))[0], Is.EqualTo(30)));
        factor = 4;
        Expect("TEN5310", "3", () => f(Of(10)));
    }

    [Test]
    public void NumbersThatArePassedAreRight()
    {
        var f = Jit.Capture((Tensor x, double factor, DayOfWeek day) => x * factor + (int)day);
        for (var i = 0; i < 8; i++)
        {
            Assert.That(Values(f(Of(10), i % 3, (DayOfWeek)(i % 2)))[0], Is.EqualTo(10 * (i % 3) + i % 2));
        }
    }

    [Test]
    public void ZeroAndMinusZeroAreOfTwoKinds()
    {
        var f = Jit.Capture((Tensor x, double factor) => 1 / (x * factor));
        for (var i = 0; i < 6; i++)
        {
            Assert.That(Values(f(Of(1), i % 2 == 0 ? 0.0 : -0.0))[0], Is.EqualTo(i % 2 == 0 ? float.PositiveInfinity : float.NegativeInfinity));
        }
    }

    [Test]
    public void WhatGoesOnAfterACaptureIsNotRecorded()
    {
        using var go = new ManualResetEventSlim();
        Task<float>? later = null;
        var f = Jit.Capture((Tensor x) =>
        {
            later ??= Task.Run(() =>
            {
                go.Wait();
                return Of(1, 2).Sum().Item<float>();
            });
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
    public void BranchesOnArgumentsAreRight()
    {
        var f = Jit.Capture((Tensor x, bool square) => square ? x * x : x * 2);
        for (var i = 0; i < 8; i++)
        {
            Assert.That(Values(f(Of(3), i % 3 == 0))[0], Is.EqualTo(i % 3 == 0 ? 9 : 6));
        }
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
    public void NamedArgumentsMayBeGivenInAnyOrder()
    {
        var f = Jit.Capture((Dictionary<string, Tensor> named) => named["first"] / named["second"]);
        for (var i = 1; i < 6; i++)
        {
            var (a, b) = (Of(6 * i), Of(2));
            Assert.That(Values(f(i % 2 == 0 ? new() { ["first"] = a, ["second"] = b } : new() { ["second"] = b, ["first"] = a }))[0], Is.EqualTo(3 * i));
        }

        Assert.That(Jit.Of(f).Captures, Is.EqualTo(1));
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
    public void NothingNeedsToBeComputed()
    {
        var f = Jit.Capture((Tensor a, Tensor b) => { });
        Repeat(4, () => f(Of(1), Of(2)));
        var same = Jit.Capture((Tensor a) => (a, a[1..], Tensor.Zeros(2)));
        Repeat(4, () =>
        {
            var x = Of(1, 2);
            var (whole, part, zeros) = same(x);
            Assert.That(whole, Is.SameAs(x));
            x.Assign(x * 2);
            Assert.That(Values(part)[0], Is.EqualTo(4), "a view of the argument");
            Assert.That(Values(zeros), Is.EqualTo(new[] { 0f, 0 }));
        });
    }

    [Test]
    public void ValuesThatDependOnArgumentsCannotBeRead()
    {
        Expect("TEN5300", "Item", () => Jit.Capture((Tensor x) => Tensor.Zeros(x.Sum().Item<int>()))(Of(1, 1, 1).Cast(DType.Int32)));
        Expect("TEN5300", "ToArray", () => Jit.Capture((Tensor x) => Tensor.From<float>(x.ToArray<float>()))(Of(1)));
        Expect("TEN5300", "CopyTo", () => Jit.Capture((Tensor x) => x.CopyTo<float>(new float[1]))(Of(1)));
        Expect("TEN5300", "random", () => Jit.Capture(() => Tensor.Rand(1).Item<float>())());
        Expect("TEN5300", "Where", () => Jit.Capture((Tensor x) => x.MaskedSelect(x > 2))(Of(1, 2, 3)));
        var w = Of(1f);
        Expect("TEN5300", "changes", () => Jit.Capture(() => w.Assign(w + 1).Item<float>())());
    }

    [Test]
    public void ValuesThatDependOnNothingAreReadOnce()
    {
        var table = Of(3, 4);
        var f = Jit.Capture((Tensor x) => x * table.Sum().Item<float>() + Tensor.Arange(3).Sum().Item<int>());
        Repeat(4, () => Assert.That(Values(f(Of(2)))[0], Is.EqualTo(17)));
        Assert.That(Jit.Of(f).Replays, Is.EqualTo(2));

        // What was read is another now: so is the capture.
        table.Assign(table * 2).Realize();
        Repeat(4, () => Assert.That(Values(f(Of(2)))[0], Is.EqualTo(31)));
    }

    [Test]
    public void ConstantsOfTheHostAreCheckedOnce()
    {
        var data = new float[] { 1, 2 };
        var f = Jit.Capture((Tensor x) => x + Tensor.From<float>(data));
        Repeat(4, () => Assert.That(Values(f(Of(1, 1))), Is.EqualTo(new[] { 2f, 3 })));
        var g = Jit.Capture((Tensor x) => x + Tensor.From<float>(data));
        Expect("TEN5310", "from the host", () => Repeat(4, () =>
        {
            data[0]++;
            g(Of(1, 1));
        }));
    }

    [Test]
    public void ConstantsThatAreWrittenToBeginAnewInEachCall()
    {
        var f = Jit.Capture((Tensor x) =>
        {
            var buffer = Tensor.From<float>([1, 2, 3]);
            buffer[..1].Assign(buffer[..1] + x);
            return buffer.Realize();
        });
        var results = new List<Tensor>();
        Repeat(5, () => results.Add(f(Of(10))));
        Assert.That(results.Select(r => Values(r)[0]), Is.All.EqualTo(11));
        var constant = Jit.Capture(() => Tensor.From<float>([5]));
        Repeat(4, () => Assert.That(Values(constant().Assign(Of(7)))[0], Is.EqualTo(7)));
        Assert.That(Values(constant())[0], Is.EqualTo(5));
    }

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
    public void VariablesThatAFunctionBindsItselfThrowWhenTheyChange()
    {
        var (n, position, x) = (new Variable("n", 1, 8), 0, Tensor.Arange(8).Realize());
        var f = Jit.Capture(() => x[TensorIndex.Range(0, n.Bind(++position))].Sum());
        Expect("TEN5310", "variable n", () => Repeat(4, () => f()));
        var g = Jit.Capture((SymInt size) => x[TensorIndex.Range(0, size)].Sum().Realize() + x[TensorIndex.Range(0, n.Bind(size.Value + 1))].Sum().Realize());
        Expect("TEN5302", "bound to 3", () => g(n.Bind(3)));
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

    [Test]
    public void ArgumentsMayBeChanged()
    {
        var f = Jit.Capture((Tensor x) =>
        {
            x.Assign(x + 1);
            return x;
        });
        var (a, b) = (Of(0), Of(10));
        Repeat(5, () => Assert.That(f(a), Is.SameAs(a)));
        Repeat(2, () => f(b));
        Assert.That((Values(a)[0], Values(b)[0]), Is.EqualTo((5f, 12f)));
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
