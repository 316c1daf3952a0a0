using Tenon.Core;
using Tenon.NN;
using Tenon.Optim;
using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>What is not used any more goes away.</summary>
[NonParallelizable]
internal sealed class MemoryTests
{
    [Test]
    public void AssignmentsInALoopLeaveMemoryFlat()
    {
        var x = Tensor.From<float>(new float[64]);
        Run(200);
        var before = Live();
        Run(2_000);
        var after = Live();
        Assert.That(after.Nodes, Is.LessThanOrEqualTo(before.Nodes + 200), "live nodes");
        Assert.That(after.Buffers, Is.LessThanOrEqualTo(before.Buffers + 20), "live buffers");
        Assert.That(x.ToArray<float>(), Is.All.EqualTo(2_200));

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                x.Assign(x + 1).Realize();
            }
        }
    }

    [Test]
    public void TrainingLeavesMemoryFlatAndCompilesNothingNew()
    {
        var model = new Sequential(
            new Conv2d(1, 4, 3), new BatchNorm2d(4), Activation.Relu, new MaxPool2d(2), new Flatten(), new Dropout(0.2), new Linear(36, 5));
        var optimizer = new AdamW(model, 1e-3);
        Run(20);
        var (before, compiled) = (Live(), TenonRuntime.Default.Statistics.KernelsCompiled);
        Run(100);
        var after = Live();
        Assert.That(TenonRuntime.Default.Statistics.KernelsCompiled, Is.EqualTo(compiled));
        Assert.That(after.Nodes, Is.LessThanOrEqualTo(before.Nodes + 500), "live nodes");
        Assert.That(after.Buffers, Is.LessThanOrEqualTo(before.Buffers + 20), "live buffers");

        void Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                var (x, y) = (Tensor.Randn(8, 1, 8, 8), Tensor.RandInt(0, 5, [8]));
                optimizer.LearningRate = 1e-3 / (i + 1);
                optimizer.ZeroGrad();
                var loss = model.Forward(x).CrossEntropy(y);
                loss.Backward();
                optimizer.Step(loss);
                Assert.That(float.IsFinite(loss.Item<float>()), Is.True);
            }
        }
    }

    internal static (int Nodes, long Buffers) Live()
    {
        // Launches that have not run yet hold their buffers.
        TenonRuntime.Default.Synchronize();
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return (UOp.CountLive(), TenonRuntime.Default.Statistics.LiveBuffers);
    }
}
