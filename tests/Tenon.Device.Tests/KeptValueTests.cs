using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;
using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>What captured functions keep from call to call: weights in the order in which kernels use them, and all else that follows from them alone.</summary>
[NonParallelizable]
internal sealed class KeptValueTests
{
    // Groups of lanes bring weights into the order that they like in memory of their own.
    private static bool WeightsArePacked => TenonRuntime.Default.Devices.Open(TenonRuntime.Default.Devices.Default).Capabilities.Workgroups is null;

    [TestCase("panel")]
    [TestCase("transposed")]
    [TestCase("slice")]
    [TestCase("odd")]
    [TestCase("half")]
    [TestCase("bytes")]
    [TestCase("conv")]
    [TestCase("depthwise")]
    public void WeightsArePackedOnceAndAgainWhenTheyHaveChanged(string kind)
    {
        var (function, weight, argument) = Case(kind, 40 + kind.Length); // Weights of no other test.
        var captured = Jit.Capture(function);
        for (var i = 0; i < 9; i++)
        {
            // Written to, then replaced.
            if (i is 4 or 5)
            {
                weight.Assign(weight * 2 + i).Realize();
            }
            else if (i == 7)
            {
                weight.Assign(Numbers(weight.Shape, 99).Cast(weight.DType).Realize());
            }

            var x = argument(i).Realize();
            var (expected, launched) = (function(x).ToArray<float>(), 0L);
            launched = TenonRuntime.Default.Statistics.KernelsLaunched;
            var actual = captured(x);
            AssertClose(actual.ToArray<float>(), expected, $"call {i}");
            launched = TenonRuntime.Default.Statistics.KernelsLaunched - launched;
            if (kind is not "depthwise")
            {
                Assert.That(launched, Is.EqualTo(WeightsArePacked && i is (2 or 4 or 5 or 7) ? 2 : 1), $"call {i}");
                Assert.That(Jit.Of(captured).KeptBytes, WeightsArePacked && i >= 2 ? Is.Positive : Is.Zero);
            }
        }

        Assert.That(Jit.Of(captured).Replays, Is.EqualTo(7));
        Jit.Of(captured).Reset();
        Assert.That(Jit.Of(captured).KeptBytes, Is.Zero);
    }

    [Test]
    public void NothingIsKeptWhereNoMemoryMayBeUsedForIt()
    {
        var (function, _, argument) = Case("conv");
        var captured = Jit.Capture(function, new JitOptions { MaxKeptBytes = 0 });
        for (var i = 0; i < 4; i++)
        {
            var x = argument(i);
            AssertClose(captured(x).ToArray<float>(), function(x).ToArray<float>());
        }

        Assert.That(Jit.Of(captured).KeptBytes, Is.Zero);
    }

    [Test]
    public void CallsThatFollowFromWeightsAloneRunOnce()
    {
        var weight = Numbers([64, 64], 1).Realize();
        var captured = Jit.Capture((Tensor x) => x + weight.MatMul(weight).Contiguous().Softmax().Contiguous().Sum(0));
        for (var i = 0; i < 5; i++)
        {
            var before = TenonRuntime.Default.Statistics.KernelsLaunched;
            captured(Numbers([64], i).Realize());
            if (i is 3 or 4)
            {
                Assert.That(TenonRuntime.Default.Statistics.KernelsLaunched - before, Is.EqualTo(2), "the argument, and one addition");
            }
        }

        Assert.That(Jit.Of(captured).KeptBytes, Is.EqualTo(64 * 64 * 4), "the shares, not the product");
    }

    [Test]
    public void WhatAFunctionWritesToIsNotKept()
    {
        var (weight, x) = (Numbers([48, 64], 1).Realize(), Numbers([32, 48], 2).Realize());
        var expected = weight.ToArray<float>();
        var captured = Jit.Capture((Tensor x) =>
        {
            var y = x.MatMul(weight).Realize();
            weight.Assign(weight * 0.5f);
            return y;
        });
        for (var i = 0; i < 5; i++)
        {
            var y = captured(x).ToArray<float>();
            AssertClose(y, x.MatMul(Tensor.From<float>(expected, [48, 64])).ToArray<float>());
            expected = Array.ConvertAll(expected, v => v * 0.5f);
        }

        Assert.That(Jit.Of(captured).KeptBytes, Is.Zero);
    }

    [Test]
    public void EvaluationBetweenTrainingStepsSeesTheNewWeights()
    {
        Tensor.ManualSeed(3);
        var model = new Sequential(new Linear(40, 48), Activation.Relu, new Linear(48, 16));
        var optimizer = new Sgd(model, 0.05);
        var (x, y) = (Numbers([32, 40], 5).Realize(), (Tensor.Arange(32) % 16).Cast(DType.Int32).Realize());
        var step = Jit.Capture((Tensor x, Tensor y) =>
        {
            optimizer.ZeroGrad();
            var loss = model.Forward(x).CrossEntropy(y);
            loss.Backward();
            optimizer.Step(loss);
            return loss;
        });
        var evaluate = Jit.Capture((Tensor x) =>
        {
            using var noGrad = Tensor.NoGrad();
            return model.Forward(x);
        });
        for (var i = 0; i < 6; i++)
        {
            step(x, y);
            using var noGrad = Tensor.NoGrad();
            Assert.That(evaluate(x).ToArray<float>(), Is.EqualTo(model.Forward(x).ToArray<float>()).Within(1e-3), $"step {i}");
        }

        Assert.That(Jit.Of(evaluate).KeptBytes, WeightsArePacked ? Is.Positive : Is.Zero);
    }

    [Test]
    public void SeveralDevicesKeepTheirOwn()
    {
        var (first, second) = (Numbers([48, 64], 1).To("CPU").Realize(), Numbers([64, 32], 2).To("CPU:1").Realize());
        Func<Tensor, Tensor> function = x => x.To("CPU").MatMul(first).Relu().To("CPU:1").MatMul(second).To("CPU");
        var captured = Jit.Capture(function);
        for (var i = 0; i < 6; i++)
        {
            if (i == 4)
            {
                second.Assign(second * 3).Realize();
            }

            var x = Numbers([32, 48], i).Realize();
            AssertClose(captured(x).ToArray<float>(), function(x).ToArray<float>());
        }

        Assert.That(Jit.Of(captured).KeptBytes, Is.GreaterThanOrEqualTo((48 * 64 + 64 * 32) * 4));
    }

    [Test]
    public void ADeviceThatRunsNothingKeepsThemToo()
    {
        var weight = Tensor.Empty([64, 64], device: "NULL").Realize();
        var captured = Jit.Capture((Tensor x) => x.MatMul(weight));
        for (var i = 0; i < 4; i++)
        {
            Assert.That(captured(Tensor.Empty([32, 64], device: "NULL").Realize()).ToArray<float>(), Is.All.NaN);
        }
    }

    [Test]
    public void CallsFromSeveralThreadsGetWhatTheyAskFor()
    {
        var (function, _, argument) = Case("conv");
        var captured = Jit.Capture(function);
        Parallel.For(0, 16, i =>
        {
            var x = argument(i).Realize();
            AssertClose(captured(x).ToArray<float>(), function(x).ToArray<float>());
        });
    }

    [Test]
    public void WhatTheHostPutsIntoABufferIsSeen()
    {
        var weight = Tensor.From<float>(new float[48 * 64], [48, 64]);
        var captured = Jit.Capture((Tensor x) => x.MatMul(weight));
        var x = Tensor.Ones(32, 48).Realize();
        for (var i = 0; i < 5; i++)
        {
            var numbers = new float[48 * 64];
            Array.Fill(numbers, i);
            TenonRuntime.Default.CopyIn(weight.Node, System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
            Assert.That(captured(x).ToArray<float>(), Is.All.EqualTo(48f * i));
        }
    }

    [TestCase("panel")]
    [TestCase("transposed")]
    [TestCase("odd")]
    [TestCase("conv")]
    public void MemoryOfWeightsThatArePackedIsGivenBackAndWhoeverReadsThemHasTheirValues(string kind)
    {
        var (function, weight, argument) = Case(kind, 20 + kind.Length); // Weights of no other test.
        var (values, bytes) = (weight.ToBytes(), weight.Shape.MaxElements * weight.DType.Bytes);
        var (captured, held) = (Jit.Capture(function), new List<Tensor>());
        for (var i = 0; i < 9; i++)
        {
            if (i == 6)
            {
                weight.Assign(weight * 3).Realize();
                values = weight.ToBytes();
            }

            var (x, before) = (argument(i).Realize(), BytesInUse());
            var actual = captured(x);
            held.AddRange([x, actual]);
            if (i is 2 or 4)
            {
                // Up to an eighth is lost to rounding. In call 2 it is packed; before call 4 it was read.
                var (made, kept) = (actual.Shape.MaxElements * 4, i == 2 ? Jit.Of(captured).KeptBytes : 0);
                Assert.That(BytesInUse() - before, Is.LessThan((made + kept) * 9 / 8 - bytes * 3 / 4), $"call {i}");
            }

            if (i is 2 or 7)
            {
                Assert.That(weight.ToBytes(), Is.EqualTo(values), $"call {i}");
            }

            AssertClose(actual.ToArray<float>(), function(x).ToArray<float>(), $"call {i}");
        }
    }

    [Test]
    public void WeightsThatAreReadElsewhereTooOrKeptInPartStayWhereTheyAre()
    {
        var (tied, sliced) = (Numbers([96, 128], 1).Realize(), Numbers([2, 96, 128], 2).Realize());
        var captured = Jit.Capture((Tensor x) => x.MatMul(tied).Relu().MatMul(sliced[1].Transpose(0, 1)) + tied[3, ..96]);
        for (var i = 0; i < 4; i++)
        {
            var (x, before) = (Numbers([64, 96], i).Realize(), BytesInUse());
            var actual = captured(x);
            if (i == 2)
            {
                Assert.That(BytesInUse() - before, Is.GreaterThanOrEqualTo(Jit.Of(captured).KeptBytes));
            }

            AssertClose(actual.ToArray<float>(), (x.MatMul(tied).Relu().MatMul(sliced[1].Transpose(0, 1)) + tied[3, ..96]).ToArray<float>());
        }
    }

    [Test]
    public void CallsOfSeveralKindsSharePackings()
    {
        var weight = Numbers([96, 128], 60).Realize();
        var captured = Jit.Capture((Tensor x, int n) => x.MatMul(weight) + n);
        var (x, kept) = (Numbers([64, 96], 2).Realize(), 0L);
        for (var i = 0; i < 8; i++)
        {
            var launched = TenonRuntime.Default.Statistics.KernelsLaunched;
            var actual = captured(x, i / 4);
            launched = TenonRuntime.Default.Statistics.KernelsLaunched - launched;
            if (i % 4 == 2)
            {
                Assert.That(launched, Is.EqualTo(i == 2 ? 2 : 1), $"call {i}");
            }

            kept = i == 3 ? Jit.Of(captured).KeptBytes : kept;
            AssertClose(actual.ToArray<float>(), (x.MatMul(weight) + i / 4).ToArray<float>(), $"call {i}");
        }

        Assert.That(Jit.Of(captured), Has.Property("Captures").EqualTo(2).And.Property("KeptBytes").EqualTo(kept).And.Property("KeptBytes").Positive);
    }

    [Test]
    public void WhatWasReleasedOutlivesWhatKeptIt()
    {
        var (function, weight, argument) = Case("panel");
        var values = weight.ToArray<float>();
        var captured = Jit.Capture(function);
        for (var i = 0; i < 3; i++)
        {
            captured(argument(i));
        }

        Jit.Of(captured).Dispose();
        _ = BytesInUse();
        Assert.That(weight.ToArray<float>(), Is.EqualTo(values));
    }

    [Test]
    public void ManyMayReadWhatIsReleasedAgainAndAgain()
    {
        var (function, weight, argument) = Case("transposed");
        var (values, captured) = (weight.ToArray<float>(), Jit.Capture(function));
        var (x, other) = (argument(1).Realize(), Jit.Capture((Tensor x) => (x[..2] * weight[..2]).Sum(1)));
        var (expected, sums) = (function(x).ToArray<float>(), (x[..2] * weight[..2]).Sum(1).ToArray<float>());
        Parallel.For(0, 64, i => AssertClose(
            i % 4 == 0 ? weight.ToArray<float>() : i % 4 == 1 ? other(x).ToArray<float>() : captured(x).ToArray<float>(),
            i % 4 == 0 ? values : i % 4 == 1 ? sums : expected));
    }

    // What tensors hold that somebody still has.
    private static long BytesInUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TenonRuntime.Default.Statistics.BytesInUse;
    }

    private static (Func<Tensor, Tensor> Function, Tensor Weight, Func<int, Tensor> Argument) Case(string kind, int seed = 1)
    {
        var weight = kind switch
        {
            "panel" => Numbers([96, 128], seed),
            "transposed" => Numbers([128, 96], seed),
            "slice" => Numbers([2, 160, 128], seed),
            "odd" => Numbers([77, 51], seed),
            "half" => Numbers([96, 128], seed).Cast(DType.Float16),
            "bytes" => (Numbers([96, 128], seed) * 20).Cast(DType.Int8),
            "conv" => Numbers([40, 24, 3, 3], seed),
            _ => Numbers([48, 1, 3, 3], seed),
        };
        weight.Realize();
        return (kind switch
        {
            "panel" => x => x.MatMul(weight).Relu(),
            "transposed" => x => x.MatMul(weight.Transpose(0, 1)) + 1,
            "slice" => x => x.MatMul(weight[1, 32..128]),
            "odd" => x => x.MatMul(weight),
            "half" => x => x.MatMul(weight.Cast(DType.Float32)),
            "bytes" => x => (x * 20).Cast(DType.Int8).Cast(DType.Int32).MatMul(weight.Cast(DType.Int32)).Cast(DType.Float32),
            "conv" => x => x.Conv2d(weight, padding: 1).Relu(),
            _ => x => x.Conv2d(weight, groups: 48, padding: 1, stride: 2),
        }, weight, i => kind switch
        {
            "conv" => Numbers([1, 24, 9, 11], i),
            "depthwise" => Numbers([1, 48, 9, 11], i),
            "odd" => Numbers([33, 77], i),
            _ => Numbers([64, 96], i),
        });
    }

    private static Tensor Numbers(Shape shape, int seed) => (Tensor.Arange(shape.MaxElements).Cast(DType.Float32) * (1.7f + seed)).Sin().Reshape(shape);

    // Packed factors are summed in another order: what cancels is as exact as what is largest.
    private static void AssertClose(float[] actual, float[] expected, string? message = null) =>
        Assert.That(actual, Is.EqualTo(expected).Within(1e-5f * expected.Max(Math.Abs)), message);
}
