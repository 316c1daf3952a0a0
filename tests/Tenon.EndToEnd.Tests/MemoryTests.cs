using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>What is not used any more goes away.</summary>
[NonParallelizable]
internal sealed class MemoryTests
{
    [Test]
    public void ManyRealisationsLeaveMemoryFlat()
    {
        var x = Tensor.From<float>(new float[64]);
        Run(1_000);
        var before = Live();
        Run(9_000);
        var after = Live();
        Assert.That(after.Nodes, Is.LessThanOrEqualTo(before.Nodes + 200), "live nodes");
        Assert.That(after.Buffers, Is.LessThanOrEqualTo(before.Buffers + 20), "live buffers");

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                (x * 2 + 1).Sum().Realize();
            }
        }
    }

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

    private static (int Nodes, long Buffers) Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        TenonRuntime.Default.Synchronize();
        return (UOp.CountLive(), TenonRuntime.Default.Statistics.LiveBuffers);
    }
}
