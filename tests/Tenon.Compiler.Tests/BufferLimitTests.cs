using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>What becomes of a graph on a device that allows few buffers in a kernel.</summary>
public class BufferLimitTests
{
    private const int Size = 64;

    /// <summary>30 terms: 7 to a kernel and its result, of which each but the last spares 6.</summary>
    [Test]
    public void A_long_sum_is_as_few_kernels_as_can_be()
    {
        var schedule = Schedule(8, Enumerable.Range(0, 30).Select(Param).Aggregate((a, b) => UOp.Alu(Ops.Add, a, b)));
        Assert.That(schedule.Calls, Has.Count.EqualTo(5));
        Assert.That(schedule.Calls.Max(c => c.Slots.Count), Is.EqualTo(8));
    }

    /// <summary>Many values at once are alive in it, but it loads four.</summary>
    [Test]
    public void A_wide_tree_over_few_buffers_is_one_kernel()
    {
        UOp[] level = [.. Enumerable.Range(0, 4).Select(Param)];
        level = [.. level.SelectMany(a => level.Where(b => a != b).Select(b => UOp.Alu(Ops.Mul, a, UOp.Alu(Ops.Sub, a, b))))];
        Assert.That(Schedule(5, level.Aggregate((a, b) => UOp.Alu(Ops.Max, a, b))).Calls, Has.Count.EqualTo(1));
    }

    /// <summary>All share a factor; two results of a pair share two more buffers.</summary>
    [Test]
    public void Results_stay_with_those_that_use_the_same_buffers()
    {
        var factor = Param(0);
        UOp Result(int pair, Ops op) => UOp.Alu(Ops.Mul, UOp.Alu(op, Param(2 * pair + 1), Param(2 * pair + 2)), factor);
        UOp[] results = [.. Enumerable.Range(0, 3).Select(p => Result(p, Ops.Add)), .. Enumerable.Range(0, 3).Select(p => Result(p, Ops.Max))];
        Assert.That(Schedule(int.MaxValue, results).Calls, Has.Count.EqualTo(1));

        var kernels = Schedule(5, results).Calls.Select(c => c.Slots.Where(s => s < 100).Order()).ToList();
        Assert.That(kernels, Is.EquivalentTo(new int[][] { [0, 1, 2], [0, 3, 4], [0, 5, 6] }));
    }

    /// <summary>The result of a row is stored, not the terms of its sum.</summary>
    [Test]
    public void What_is_smaller_is_stored()
    {
        var sums = Enumerable.Range(0, 4).Select(i => TensorOps.Reduce(Ops.Add, UOp.Alu(Ops.Mul, Param(2 * i), Param(2 * i + 1)), 0)).ToArray();
        var schedule = Schedule(5, sums.Aggregate((a, b) => UOp.Alu(Ops.Mul, a, b)));
        Assert.That(schedule.Calls.Max(c => c.Slots.Count), Is.LessThanOrEqualTo(5));
        Assert.That(schedule.Slots.Where(s => s.Kind == SlotKind.Temporary).Select(s => s.Size), Is.All.EqualTo(1));
    }

    /// <summary>An operation that alone needs more can't be split; what runs it says so.</summary>
    [Test]
    public void What_cannot_be_split_is_left() => Assert.That(Schedule(2, UOp.Alu(Ops.Add, Param(0), Param(1))).Calls.Single().Slots, Has.Count.EqualTo(3));

    private static UOp Param(int slot) => UOp.New(Ops.Param, DType.Float32, [], new ParamArg(slot, Size, "CPU"));

    private static Schedule Schedule(int maxBuffers, params UOp[] results) =>
        Scheduler.Create(
            UOp.Sink([.. results.Select((r, i) => UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Param, r.DType, [], new ParamArg(100 + i, r.Shape.MaxElements, "CPU")), TensorOps.Reshape(r, r.Shape.MaxElements)]))]),
            new SchedulerOptions { MaxBuffers = maxBuffers });
}
