using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.EndToEnd;

/// <summary>What is computed again and again leaves nothing behind.</summary>
[NonParallelizable]
public sealed class MemoryTests
{
    private const int Realizes = 10_000;
    private const long MostGrowth = 2 << 20;

    [Test]
    public void TenThousandRealizesLeaveMemoryFlat()
    {
        Generators.Run("CLR", () =>
        {
            var statistics = TenonRuntime.Default.Statistics;
            var state = Tensor.Zeros(64).Contiguous().Realize();
            Repeat(state, Realizes / 10);
            var before = Snapshot();
            Repeat(state, Realizes);
            var after = Snapshot();

            Assert.That(state.ToArray<float>(), Has.All.EqualTo(Realizes * 1.1f).Within(0.5f));
            Assert.That(after.Nodes, Is.LessThanOrEqualTo(before.Nodes + 100));
            Assert.That(after.Buffers, Is.LessThanOrEqualTo(before.Buffers + 2));
            Assert.That(after.Bytes, Is.LessThanOrEqualTo(before.Bytes + 4096));
            Assert.That(after.Managed, Is.LessThan(before.Managed + MostGrowth));
            Assert.That(after.Schedules, Is.EqualTo(before.Schedules), "each step has the schedule of the first");
            return true;

            (int Nodes, int Buffers, long Bytes, long Managed, long Schedules) Snapshot()
            {
                TenonRuntime.Default.Synchronize();
                for (var i = 0; i < 3; i++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }

                return (UOp.CountLive(), statistics.LiveBuffers, statistics.BytesInUse, SmallObjects(), statistics.ScheduleMisses);
            }
        });
    }

    // Without the large ones, in which the test host keeps its messages.
    private static long SmallObjects() =>
        GC.GetGCMemoryInfo(GCKind.FullBlocking).GenerationInfo[2] is var old ? old.SizeAfterBytes - old.FragmentationAfterBytes : 0;

    // An input from the host, a value that is thrown away, and an assignment: what a training step does.
    private static void Repeat(Tensor state, int times)
    {
        var ones = Enumerable.Repeat(1f, 64).ToArray();
        for (var i = 0; i < times; i++)
        {
            var input = Tensor.From<float>(ones);
            var sum = (input * 2 + state).Sum();
            state.Assign(state + input);
            Tensor.Realize(state, sum);
        }
    }
}
