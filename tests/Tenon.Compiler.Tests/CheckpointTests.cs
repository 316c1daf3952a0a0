using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

public class CheckpointTests
{
    [Test]
    public void CheckpointsTakeLessMemory()
    {
        var (plain, recomputed) = (Bytes(f => f), Bytes(f => x => Tensor.Checkpoint(f, x)));
        TestContext.Out.WriteLine($"temporaries: {plain:N0} bytes, with checkpoints {recomputed:N0}");
        Assert.That(recomputed, Is.LessThan(0.6 * plain));
    }

    // The temporaries of a deep network's forward and backward in one schedule.
    private static long Bytes(Func<Func<Tensor, Tensor>, Func<Tensor, Tensor>> wrap)
    {
        const string Device = KernelCountCase.Device;
        var weights = Enumerable.Range(0, 16).Select(_ => Tensor.Empty([64, 64], device: Device)).ToArray();
        var x = Tensor.Empty([256, 64], device: Device);
        foreach (var part in weights.Chunk(4))
        {
            x = wrap(t => part.Aggregate(t, (u, w) => u.MatMul(w).Tanh()))(x);
        }

        var gradients = x.Square().Sum().Gradient(weights);
        var schedule = TenonRuntime.Default.Schedule([.. gradients.Select(g => (g.Node, Device))]);
        return schedule.ArenaBytes[Device];
    }
}
