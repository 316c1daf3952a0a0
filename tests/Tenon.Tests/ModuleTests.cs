using Tenon.NN;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class ModuleTests
{
    private static Sequential Network() => new(
        new Conv2d(1, 2, 3, padding: 1), new BatchNorm2d(2), Activation.Relu, new MaxPool2d(2), new Flatten(), new Dropout(0.5), new Linear(8, 3));

    [Test]
    public void NamesFollowTheTree()
    {
        var model = Network();
        Assert.That(model.StateDict().Keys, Is.EqualTo(new[] { "0.weight", "0.bias", "1.weight", "1.bias", "6.weight", "6.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked" }));
        Assert.That(model.Parameters(), Has.Count.EqualTo(6));
        Assert.That(model.Parameters().All(p => p.RequiresGrad), Is.True);
        Assert.That(model.Buffers().Any(p => p.RequiresGrad), Is.False);
    }

    [Test]
    public void StateMovesBetweenModels()
    {
        var (a, b) = (Network(), Network());
        b.LoadStateDict(a.StateDict());
        a.Eval();
        b.Eval();
        var x = Sample(DType.Float32, 1, 2, 1, 4, 4);
        Expect(b.Forward(x), a.Forward(x));
        Assert.That(b.Parameters().All(p => p.RequiresGrad && p.IsRealized), Is.True);

        var state = a.StateDict().ToDictionary();
        state["more"] = Tensor.Ones(1);
        ExpectError("TEN3080", () => b.LoadStateDict(state));
        b.LoadStateDict(state, strict: false);
        state["0.bias"] = Tensor.Ones(3);
        ExpectError("TEN3081", () => b.LoadStateDict(state, strict: false));
    }

    [Test]
    public void BatchNormMovesItsStatistics()
    {
        var norm = new BatchNorm2d(2);
        var x = Sample(DType.Float32, 4, 3, 2, 2, 2);
        var y = norm.Forward(x);
        Expect(y.Mean([0, 2, 3]), [0, 0], 1e-5);
        Expect(y.Var([0, 2, 3], correction: 0), [1, 1], 1e-3);
        Expect(norm.RunningMean!, x.Mean([0, 2, 3]) * 0.1);
        Expect(norm.RunningVar!, x.Var([0, 2, 3]) * 0.1 + 0.9);
        norm.Eval();
        var expected = (x - norm.RunningMean!.Reshape(2, 1, 1)) / (norm.RunningVar!.Reshape(2, 1, 1) + 1e-5).Sqrt();
        Expect(norm.Forward(x), expected, 1e-5);
    }

    [Test]
    public void DropoutRestsInUse()
    {
        var dropout = new Dropout(0.5);
        dropout.Eval();
        var x = Tensor.Ones(10);
        Assert.That(dropout.Forward(x), Is.SameAs(x));
    }

    [Test]
    public void LayersComputeWhatTheySay()
    {
        var x = Sample(DType.Float32, 2, 3, 4);
        var linear = new Linear(4, 2);
        Expect(linear.Forward(x), x.MatMul(linear.Weight.T) + linear.Bias!);
        Assert.That(new Linear(4, 2, bias: false).Parameters(), Has.Count.EqualTo(1));
        Expect(new LayerNorm([4]).Forward(x), x.LayerNorm());
        ExpectError("TEN3254", () => new LayerNorm([1]).Forward(x));
        ExpectError("TEN3254", () => new RmsNorm(1).Forward(x));
        Expect(new AvgPool2d(2).Forward(Tensor.Ones(1, 1, 4, 4)), [1, 1, 1, 1], shape: [1, 1, 2, 2]);
    }
}
