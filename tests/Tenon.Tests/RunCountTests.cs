using Tenon.NN;
using Tenon.Optim;

namespace Tenon.Tests;

/// <summary>How often graphs are run; only the naive executor counts.</summary>
[NonParallelizable]
internal sealed class RunCountTests
{
    private static NaiveExecutor Executor => (NaiveExecutor)TensorExecutor.Current;

    [Test]
    public void SeveralTensorsAreOneRun()
    {
        var (a, b) = (Tensor.Ones(2) + 1, Tensor.Ones(3) * 2);
        var before = Executor.Runs;
        Tensor.Realize(a, b, a);
        Assert.That(Executor.Runs, Is.EqualTo(before + 1));
        Assert.That(a.IsRealized && b.IsRealized, Is.True);
        a.Realize();
        Assert.That(a.ToArray<float>(), Is.EqualTo(new float[] { 2, 2 }));
        Assert.That(Executor.Runs, Is.EqualTo(before + 1));
    }

    [Test]
    public void StepRealisesAllInOneRun()
    {
        var model = new Sequential(new Conv2d(1, 2, 2), new BatchNorm2d(2), new Flatten(), new Linear(2, 2));
        var optimizer = new Adam(model, 0.01);
        var before = Executor.Runs;
        var loss = model.Forward(Tensor.Ones(3, 1, 2, 2)).CrossEntropy(new[] { 0, 1, 1 });
        optimizer.ZeroGrad();
        loss.Backward();
        optimizer.Step(loss);
        Assert.That(Executor.Runs, Is.EqualTo(before + 1));
        Assert.That(loss.Item<float>(), Is.GreaterThan(0));
        Assert.That(model.Parameters().Concat(model.Buffers()).All(p => p.IsRealized), Is.True);
        Assert.That(Executor.Runs, Is.EqualTo(before + 1));
    }
}
