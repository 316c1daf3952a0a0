using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

public class ScheduleTests
{
    // Both gradients of a linear layer read what comes from above; the bias's is over the outer axis of the weight's.
    [Test]
    public void A_large_product_shares_no_kernel_with_another_reduction()
    {
        var (x, g, w, b) = (Tensor.Rand([1024, 256]).Realize(), Tensor.Rand([1024, 512]).Realize(), Tensor.Rand([512, 256]).Realize(), Tensor.Rand([512]).Realize());
        var (weight, bias) = (w - g.T.MatMul(x), b - g.Sum(0));
        var kernels = TenonRuntime.Default.Schedule([(weight.Node, weight.Device), (bias.Node, bias.Device)]).Calls.Select(c => c.Kernel!).ToList();
        Assert.That(kernels.Select(k => k.TopologicalOrder().Count(u => u.Op == Ops.Reduce)), Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public void Temporaries_that_live_at_different_times_share_memory()
    {
        var x = Tensor.Rand([256, 256]).Realize();
        var y = x;
        for (var i = 0; i < 8; i++)
        {
            y = y.MatMul(x);
        }

        var schedule = Schedule(y);
        Assert.That(schedule.Slots.Count(s => s.Kind == SlotKind.Temporary), Is.EqualTo(7));
        Assert.That(schedule.ArenaBytes["CPU"], Is.EqualTo(2 * 256 * 256 * 4));
    }

    [Test]
    public void Temporaries_that_live_at_the_same_time_do_not_overlap()
    {
        var x = Tensor.Rand([64, 64]).Realize();
        var parts = Enumerable.Range(0, 6).Select(i => x.MatMul(x + i).Contiguous()).ToArray();
        var schedule = Schedule(parts.Aggregate((a, b) => a.MatMul(b)));
        var live = new Dictionary<int, (int First, int Last)>();
        for (var call = 0; call < schedule.Calls.Count; call++)
        {
            foreach (var slot in schedule.Calls[call].Slots.Where(s => schedule.Slots[s].Kind == SlotKind.Temporary))
            {
                live[slot] = (live.TryGetValue(slot, out var l) ? l.First : call, call);
            }
        }

        Assert.Multiple(() =>
        {
            foreach (var (a, b) in live.Keys.SelectMany(a => live.Keys.Where(b => b > a).Select(b => (a, b))))
            {
                var (p, q) = (schedule.Slots[a], schedule.Slots[b]);
                var together = live[a].First <= live[b].Last && live[b].First <= live[a].Last;
                Assert.That(together && p.ArenaOffset < q.ArenaOffset + q.Size * 4 && q.ArenaOffset < p.ArenaOffset + p.Size * 4, Is.False, $"slots {a} and {b}");
            }
        });
    }

    [Test]
    public void The_schedule_of_equal_graphs_is_equal()
    {
        var (a, b) = (Tensor.Rand([32, 32]).Realize(), Tensor.Rand([32, 32]).Realize());
        Assert.That(Schedule(a.Softmax().MatMul(a)).Calls.Select(c => c.Kernel), Is.EqualTo(Schedule(b.Softmax().MatMul(b)).Calls.Select(c => c.Kernel)));
    }

    [Test]
    public void Operands_on_two_devices_are_refused_with_the_way_out()
    {
        var x = Storage("CPU");
        var y = Storage("NULL");
        Assert.That(
            () => Scheduler.Create(UOp.Sink([UOp.New(Ops.Store, DType.Void, [Param(2, "CPU"), UOp.Alu(Ops.Add, x, y)])]), new SchedulerOptions()),
            Throws.TypeOf<TenonException>().With.Message.Contains("CPU").And.Message.Contains("NULL").And.Message.Contains("To("));

        static UOp Storage(string device) => Param(device == "CPU" ? 0 : 1, device);
        static UOp Param(int slot, string device) => UOp.New(Ops.Param, DType.Float32, [], new ParamArg(slot, 16, device));
    }

    [Test]
    public void A_copy_to_another_device_is_a_call_of_its_own()
    {
        var param = UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 16, "CPU"));
        var doubled = UOp.Alu(Ops.Add, param, param);
        var output = UOp.New(Ops.Param, DType.Float32, [], new ParamArg(1, 16, "NULL"));
        var schedule = Scheduler.Create(UOp.Sink([UOp.New(Ops.Store, DType.Void, [output, UOp.New(Ops.Copy, DType.Float32, [doubled], "NULL")])]), new SchedulerOptions());
        Assert.That(schedule.Calls.Select(c => (c.Kernel is null, c.Device)), Is.EqualTo(new[] { (false, "CPU"), (true, "NULL") }));
    }

    [Test]
    public void A_schedule_can_be_kept_as_bytes()
    {
        var x = Tensor.Rand([64, 64]).Realize();
        var made = Schedule(Enumerable.Range(0, 3).Aggregate(x, (y, i) => y.MatMul(x).Softmax()).To("NULL"));
        var read = ScheduleSerializer.Deserialize(ScheduleSerializer.Serialize(made));
        Assert.That(made.Calls.Any(c => c.Kernel is null) && made.Slots.Any(s => s.ArenaOffset > 0), "the example has it all");
        Assert.That(read.Slots, Is.EqualTo(made.Slots));
        Assert.That(read.ArenaBytes, Is.EquivalentTo(made.ArenaBytes));
        Assert.That(read.Calls, Has.Count.EqualTo(made.Calls.Count));
        Assert.Multiple(() =>
        {
            foreach (var (a, b) in read.Calls.Zip(made.Calls))
            {
                Assert.That(a.Slots, Is.EqualTo(b.Slots));
                Assert.That(a with { Slots = b.Slots }, Is.EqualTo(b), "the kernel is the same object");
            }
        });
    }

    [Test]
    public void Bytes_that_are_no_schedule_are_refused()
    {
        var bytes = ScheduleSerializer.Serialize(Schedule(Tensor.Rand([8, 8]).Softmax()));
        for (var i = 0; i < bytes.Length; i++)
        {
            var cut = bytes[..i];
            Assert.That(() => ScheduleSerializer.Deserialize(cut), Throws.TypeOf<TenonException>(), $"{i} of {bytes.Length} bytes");
        }
    }

    private static Schedule Schedule(Tensor tensor) => TenonRuntime.Default.Schedule([(tensor.Node, tensor.Device)]);
}
