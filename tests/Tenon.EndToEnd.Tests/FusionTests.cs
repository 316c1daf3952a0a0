using Tenon.Runtime;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>What becomes one kernel.</summary>
internal sealed class FusionTests
{
    private static readonly Tensor X = Sample(DType.Float32, 1, 64, 128).Realize();

    [Test]
    public void SoftmaxIsOneKernel() => ExpectKernels(1, X.Softmax());

    [Test]
    public void LogSoftmaxIsOneKernel() => ExpectKernels(1, X.LogSoftmax());

    [Test]
    public void LayerNormIsOneKernel()
    {
        var (weight, bias) = (Sample(DType.Float32, 2, 128).Realize(), Sample(DType.Float32, 3, 128).Realize());
        ExpectKernels(1, X.LayerNorm(1, weight, bias));
    }

    [Test]
    public void MatMulWithBiasAndReluIsOneKernel()
    {
        var (b, c) = (Sample(DType.Float32, 4, 128, 32).Realize(), Sample(DType.Float32, 5, 32).Realize());
        ExpectKernels(1, (X.MatMul(b) + c).Relu());
    }

    [Test]
    public void ChainsOfElementwiseOpsAreOneKernel() => ExpectKernels(1, (X.Exp() * 2 + X.Sigmoid()).T[1.., ..^1].Tanh());

    [Test]
    public void WhatIsStoredCostsNothing()
    {
        var y = (X * 2).Realize();
        ExpectKernels(0, y.Reshape(-1));
        ExpectKernels(1, y + 1);
    }

    private static void ExpectKernels(int count, Tensor x)
    {
        var schedule = TenonRuntime.Default.Schedule([(x.Node, x.Device)]);
        Assert.That(schedule.Calls, Has.Count.EqualTo(count));
    }
}
