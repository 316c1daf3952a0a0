using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;
using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>What captured functions compute.</summary>
[NonParallelizable]
internal sealed class JitTests
{
    private sealed record Pair(Tensor First, Tensor Second);

    [Test]
    public void AThirdCallRunsNothingOfTheFunction()
    {
        var runs = 0;
        var f = Jit.Capture((Tensor x, Tensor y) =>
        {
            runs++;
            return (x.MatMul(y) + 1).Relu();
        });
        for (var i = 0; i < 6; i++)
        {
            var (x, y) = (Of(i, 1, 2, 3).Reshape(2, 2), Of(1, 0, 0, i).Reshape(2, 2));
            Assert.That(Values(f(x, y)), Is.EqualTo(Values((x.MatMul(y) + 1).Relu())));
        }

        Assert.That(runs, Is.EqualTo(2));
        Assert.That((Jit.Of(f).Traces, Jit.Of(f).Replays, Jit.Of(f).Captures), Is.EqualTo((2, 4L, 1)));
    }

    [Test]
    public void FunctionsTakeAndReturnWhateverHoldsTensors()
    {
        var f = Jit.Capture((Pair p, Tensor[] list, Dictionary<string, Tensor> named, (int Factor, bool Negate) plain) =>
        {
            var sum = (p.First + p.Second + list[0] + list[1] + named["a"]) * plain.Factor;
            return (Sum: plain.Negate ? -sum : sum, Parts: new Pair(p.First * 2, p.Second * 3), All: new Dictionary<string, Tensor[]> { ["x"] = [list[0] + 1, list[1] + 2] }, plain.Factor);
        });
        for (var i = 0; i < 5; i++)
        {
            var r = f(new Pair(Of(i), Of(10)), [Of(100), Of(1000)], new() { ["a"] = Of(10000) }, (2, false));
            Assert.That((Values(r.Sum)[0], Values(r.Parts.First)[0], Values(r.Parts.Second)[0], r.Factor), Is.EqualTo((2 * (11110 + i), 2f * i, 30f, 2)));
            Assert.That(r.All["x"].Select(t => Values(t)[0]), Is.EqualTo(new[] { 101f, 1002f }));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(3));
    }

    [Test]
    public void AllNumbersOfArgumentsWork()
    {
        var count = 0;
        var none = Jit.Capture(() => Tensor.Arange(3) + 1);
        var eight = Jit.Capture((Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f, Tensor g, Tensor h) => a + b + c + d + e + f + g + h);
        var nothing = Jit.Capture((Tensor a) =>
        {
            count++;
            a.Assign(a + 1);
        });
        var x = Of(0f);
        for (var i = 0; i < 4; i++)
        {
            Assert.That(none().ToArray<int>(), Is.EqualTo(new[] { 1, 2, 3 }));
            Assert.That(Values(eight(Of(i), Of(1), Of(2), Of(3), Of(4), Of(5), Of(6), Of(7)))[0], Is.EqualTo(28 + i));
            nothing(x);
        }

        Assert.That((Values(x)[0], count), Is.EqualTo((4f, 2)));
    }

    [Test]
    public void ValuesRealisedWithinAreTemporariesOfOneArena()
    {
        var f = Jit.Capture((Tensor x) =>
        {
            for (var i = 0; i < 8; i++)
            {
                x = x.MatMul(x).Realize();
            }

            return x.Sum();
        });
        var eye = Tensor.Eye(64).Realize();
        for (var i = 0; i < 4; i++)
        {
            Assert.That(Values(f(eye * (i % 2)))[0], Is.EqualTo(64 * (i % 2)));
        }

        Assert.That(Jit.Of(f).PeakBytes, Is.InRange(64 * 64 * 4, 3 * 64 * 64 * 4));
    }

    [Test]
    public void ATrainingStepDoesWhatItDoesWithoutCapture()
    {
        var expected = Train(capture: false);
        var actual = Train(capture: true);
        Assert.That(actual.Losses, Is.EqualTo(expected.Losses).Within(1e-5f));
        Assert.That(actual.Weights, Is.EqualTo(expected.Weights).Within(1e-5f));

        static (float[] Losses, float[] Weights) Train(bool capture)
        {
            Tensor.ManualSeed(7);
            var model = new Sequential(new Linear(8, 16, bias: false), new BatchNorm1d(16), Activation.Relu, new Dropout(0.3), new Linear(16, 3));
            var optimizer = new AdamW(model, 1e-2);
            Func<Tensor, Tensor, Tensor> step = (x, y) =>
            {
                optimizer.ZeroGrad();
                var loss = model.Forward(x).CrossEntropy(y);
                loss.Backward();
                optimizer.Step(loss);
                return loss;
            };
            step = capture ? Jit.Capture(step) : step;
            var losses = new float[12];
            for (var i = 0; i < losses.Length; i++)
            {
                optimizer.LearningRate = 1e-2 / (i + 1);
                losses[i] = step(Tensor.Randn(4, 8), Tensor.RandInt(0, 3, [4])).Item<float>();
            }

            Assert.That(capture ? Jit.Of(step).Replays : 10, Is.EqualTo(10));
            return (losses, [.. model.StateDict().Values.SelectMany(t => t.Cast(DType.Float32).ToArray<float>())]);
        }
    }

    [Test]
    public void RandomNumbersAreThoseOfTheUncapturedFunction()
    {
        Func<Tensor, (Tensor, Tensor, Tensor)> function = x => (x + Tensor.Rand(5), Tensor.Randn(3).Realize() * 2, Tensor.RandPerm(6));
        Tensor.ManualSeed(3);
        var expected = Enumerable.Range(0, 6).Select(_ => All(function(Of(1f)))).ToArray();
        var captured = Jit.Capture(function);
        Tensor.ManualSeed(3);
        var actual = Enumerable.Range(0, 6).Select(_ => All(captured(Of(1f)))).ToArray();
        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(Jit.Of(captured).Replays, Is.EqualTo(4));

        static float[] All((Tensor A, Tensor B, Tensor C) t) => [.. Values(t.A), .. Values(t.B), .. t.C.ToArray<int>().Select(i => (float)i)];
    }

    [Test]
    public void VariablesMayChangeBetweenCalls()
    {
        const int Context = 16;
        var position = new Variable("position", 0, Context - 1);
        var (expected, _) = Decode(capture: false);
        var (actual, step) = Decode(capture: true);
        Assert.That(actual, Is.EqualTo(expected).Within(1e-5f * expected.Max(Math.Abs)));
        Assert.That((Jit.Of(step!).Captures, Jit.Of(step!).Replays), Is.EqualTo((1, (long)Context - 2)));

        (float[], Delegate?) Decode(bool capture)
        {
            Tensor.ManualSeed(1);
            var (q, k, v) = (new Linear(8, 8), new Linear(8, 8), new Linear(8, 8));
            var (keys, values) = (Tensor.Zeros([1, 2, Context, 4]).Contiguous().Realize(), Tensor.Zeros([1, 2, Context, 4]).Contiguous().Realize());
            Func<Tensor, SymInt, Tensor> step = (x, at) =>
            {
                using var noGradients = Tensor.NoGrad();
                keys[.., .., TensorIndex.Range(at, at + 1)].Assign(k.Forward(x).Reshape(1, 2, 1, 4));
                values[.., .., TensorIndex.Range(at, at + 1)].Assign(v.Forward(x).Reshape(1, 2, 1, 4));
                var past = TensorIndex.Range(0, at + 1);
                var y = q.Forward(x).Reshape(1, 2, 1, 4).ScaledDotProductAttention(keys[.., .., past], values[.., .., past]);
                return x + y.Reshape(1, 1, 8);
            };
            step = capture ? Jit.Capture(step) : step;
            var x = Tensor.Arange(8).Cast(DType.Float32).Reshape(1, 1, 8) / 8;
            for (var i = 0; i < Context; i++)
            {
                x = step(x, position.Bind(i)).Realize();
            }

            return ([.. Values(x), .. Values(keys), .. Values(values)], capture ? step : null);
        }
    }

    [Test]
    public void ShapesMayBeSymbolic()
    {
        var length = new Variable("length", 1, 10);
        var f = Jit.Capture((Tensor x) => ((x + 1).Pad([(0, 0), (0, 10 - x.Shape.Size(1))]), x * 2));
        var a = Tensor.Arange(30).Reshape(3, 10).Cast(DType.Float32).Realize();
        for (var i = 1; i <= 6; i++)
        {
            var part = a[.., TensorIndex.Range(0, length.Bind(i))];
            var (padded, twice) = f(part);
            Assert.That(Values(padded).Count(x => x != 0), Is.EqualTo(3 * i));
            Assert.That(Values(twice), Is.EqualTo(Values(part * 2)));
            Assert.That(twice.Count, Is.EqualTo(3 * i));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(4));
    }

    [Test]
    public void EachKindOfArgumentsIsCapturedOnItsOwn()
    {
        var f = Jit.Capture((Tensor x, bool square, string? note) => square ? x * x : x * 2);
        for (var i = 0; i < 4; i++)
        {
            Assert.That(Values(f(Of(3f), true, "a"))[0], Is.EqualTo(9));
            Assert.That(Values(f(Of(3f), false, "a"))[0], Is.EqualTo(6));
            Assert.That(Values(f(Of(3f, 4f), false, null))[1], Is.EqualTo(8));
            Assert.That(f(Of(3f).Cast(DType.Int32), true, "a").ToArray<int>()[0], Is.EqualTo(9));
        }

        Assert.That((Jit.Of(f).Captures, Jit.Of(f).Traces), Is.EqualTo((4, 8)));
    }

    [Test]
    public void TheModeOfModulesIsPartOfTheKind()
    {
        var norm = new BatchNorm1d(2);
        var f = Jit.Capture((Tensor x) => norm.Forward(x).Detach());
        var x = Of(1, 2, 3, 6).Reshape(2, 2);
        for (var i = 0; i < 4; i++)
        {
            norm.Train();
            Assert.That(Values(f(x)), Is.EqualTo(new[] { -1f, -1, 1, 1 }).Within(1e-3f));
            norm.Eval();
            var (mean, variance) = (norm.StateDict()["running_mean"], norm.StateDict()["running_var"]);
            Assert.That(Values(f(x)), Is.EqualTo(Values((x - mean) / (variance + 1e-5).Sqrt())).Within(1e-4f));
        }

        Assert.That(Jit.Of(f).Traces, Is.EqualTo(4));
    }

    [Test]
    public void ACaptureWithinACaptureIsPartOfIt()
    {
        var inner = Jit.Capture((Tensor x) => (x + 1).Realize());
        var outer = Jit.Capture((Tensor x) => inner(x) * 3);
        for (var i = 0; i < 5; i++)
        {
            Assert.That(Values(outer(Of(i)))[0], Is.EqualTo(3 * (i + 1)));
        }

        Assert.That((Jit.Of(inner).Traces, Jit.Of(outer).Replays), Is.EqualTo((0, 3L)));
        Assert.That(Values(inner(Of(4)))[0], Is.EqualTo(5));
    }

    [Test]
    public void SeveralDevicesWorkInOneCapture()
    {
        var f = Jit.Capture((Tensor x) => ((x * 2).To("CPU:1") + 1).To("CPU") * 3);
        for (var i = 0; i < 5; i++)
        {
            Assert.That(Values(f(Of(i)))[0], Is.EqualTo(3 * (2 * i + 1)));
        }

        Assert.That(Jit.Of(f).Replays, Is.EqualTo(3));
    }

    [Test]
    public void DevicesWithoutListsGetALaunchForEachKernel()
    {
        Assert.That(TenonRuntime.Default.Devices.Open("NULL").Device.TryGetFeature<Tenon.Core.Backend.ILaunchGraphs>(), Is.Null);
        var f = Jit.Capture((Tensor x) => (x + 1).Realize().MatMul(x).Realize().Sum());
        var x = Tensor.Empty([8, 8], device: "NULL");
        f(x);
        f(x);
        var before = TenonRuntime.Default.Statistics.KernelsLaunched;
        f(x);
        Assert.That((Jit.Of(f).Replays, TenonRuntime.Default.Statistics.KernelsLaunched - before), Is.EqualTo((1L, 3L)));
    }

    [Test]
    public void ThreadsMayCallOneFunction()
    {
        var f = Jit.Capture((Tensor x) => (x * 2 + 1).Realize().Sqrt());
        var inputs = Enumerable.Range(0, 64).Select(i => Tensor.Full([100], i).Cast(DType.Float32).Contiguous().Realize()).ToArray();
        var results = new float[inputs.Length];
        Parallel.For(0, inputs.Length, i => results[i] = Values(f(inputs[i]))[99]);
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 64).Select(i => MathF.Sqrt(2 * i + 1))));
        Assert.That(Jit.Of(f).Traces, Is.EqualTo(2));
    }

    [Test]
    public void MemoryStaysFlatAndIsGivenBack()
    {
        var w = Tensor.Rand([64, 64]).Realize();
        var f = Jit.Capture((Tensor x) =>
        {
            w.Assign(w * 0.5 + x.MatMul(w).Realize());
            return w.Sum();
        });
        Run(20);
        var before = MemoryTests.Live();
        Run(200);
        var after = MemoryTests.Live();
        Assert.That(after.Nodes, Is.LessThanOrEqualTo(before.Nodes + 200));
        Assert.That(after.Buffers, Is.LessThanOrEqualTo(before.Buffers + 10));

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                f(Tensor.Zeros(64, 64)).Item<float>();
            }
        }
    }

    private static Tensor Of(params float[] values) => Tensor.From<float>(values);

    private static float[] Values(Tensor t) => t.ToArray<float>();
}
