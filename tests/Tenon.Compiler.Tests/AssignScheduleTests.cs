using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>How many kernels, copies and bytes assignments cost.</summary>
[NonParallelizable]
public class AssignScheduleTests
{
    [Test]
    public void A_part_is_written_by_one_kernel_and_nothing_else_is()
    {
        var x = Stored(100);
        x[20..50] = 3;
        Expect(Schedule(x), kernels: 1, copies: 0, temporaries: 0);
        var buffers = TenonRuntime.Default.Statistics.LiveBuffers;
        x.Realize();
        Assert.That(TenonRuntime.Default.Statistics.LiveBuffers, Is.LessThanOrEqualTo(buffers));
        Assert.That(x.ToArray<float>(), Is.EqualTo(Enumerable.Range(0, 100).Select(i => i is >= 20 and < 50 ? 3f : i)));
    }

    [Test]
    public void A_part_is_changed_in_place_without_a_copy()
    {
        var x = Stored(6, 8);
        x[1..3, 2..5] += 1;
        Expect(Schedule(x), kernels: 1, copies: 0, temporaries: 0);
        x[TensorIndex.Every(-2)] *= 2;
        Expect(Schedule(x), kernels: 2, copies: 0, temporaries: 0);
        x.T.Assign(x.T + 1);
        Expect(Schedule(x), kernels: 3, copies: 0, temporaries: 0);
    }

    [TestCase("x[..4] = x[4..]")]
    [TestCase("x[.., ..4] = x[.., 4..]")]
    [TestCase("even = odd")]
    [TestCase("x[1] = x[0]")]
    [TestCase("x[0..2, 0..2] = x[1..3, 2..4]")]
    public void What_is_read_elsewhere_needs_no_copy(string what)
    {
        var x = Stored(8, 8);
        switch (what)
        {
            case "x[..4] = x[4..]":
                x[..4] = x[4..];
                break;
            case "x[.., ..4] = x[.., 4..]":
                x[.., ..4] = x[.., 4..];
                break;
            case "even = odd":
                x[.., TensorIndex.Every(2)] = x[.., TensorIndex.Every(-2)];
                break;
            case "x[1] = x[0]":
                x[1] = x[0];
                break;
            default:
                x[0..2, 0..2] = x[1..3, 2..4] * 2;
                break;
        }

        Expect(Schedule(x), kernels: 1, copies: 0, temporaries: 0);
    }

    [Test]
    public void A_shift_copies_the_part_that_it_moves()
    {
        var x = Stored(64, 4);
        x[1..9] = x[..8];
        var schedule = Schedule(x);
        Expect(schedule, kernels: 2, copies: 0, temporaries: 1);
        Assert.That(schedule.Slots.Single(s => s.Kind == SlotKind.Temporary).Size, Is.EqualTo(8 * 4));
        x = Stored(64, 4);
        x[.., 1..3] = x[.., ..2];
        schedule = Schedule(x);
        Expect(schedule, kernels: 2, copies: 0, temporaries: 1);
        Assert.That(schedule.Slots.Single(s => s.Kind == SlotKind.Temporary).Size, Is.EqualTo(64 * 2));
    }

    [Test]
    public void Parts_swap_with_one_copy_of_one_of_them()
    {
        var x = Stored(64);
        var left = x[..8] * 1;
        x[..8] = x[8..16];
        x[8..16] = left;
        var schedule = Schedule(x);
        Expect(schedule, kernels: 3, copies: 0, temporaries: 1);
        Assert.That(schedule.Slots.Single(s => s.Kind == SlotKind.Temporary).Size, Is.EqualTo(8));
    }

    [Test]
    public void Reads_of_other_parts_wait_for_nobody()
    {
        var x = Stored(64);
        var old = x[32..] * 2;
        x[..32] = 1;
        Expect(Schedule(x, old + x[..32]), kernels: 2, copies: 0, temporaries: 0);
    }

    [Test]
    public void What_is_read_before_the_write_is_read_before_the_write()
    {
        var x = Stored(64);
        var (old, total) = (x * 2, x.Sum());
        x[3] = 0;
        Expect(Schedule(x, old, total), kernels: 2, copies: 0, temporaries: 0);
    }

    [Test]
    public void Lost_writes_are_not_done()
    {
        var x = Stored(64);
        x.Assign(x + 1);
        x.Assign(x * 2);
        Expect(Schedule(x), kernels: 1, copies: 0, temporaries: 0);
        x[3] = 5;
        x.Assign(Tensor.Zeros(64));
        Expect(Schedule(x), kernels: 1, copies: 0, temporaries: 0);
        var y = Stored(64);
        for (var i = 0; i < 10; i++)
        {
            y[2..4] += 1;
        }

        Expect(Schedule(y), kernels: 1, copies: 0, temporaries: 0);
    }

    [Test]
    public void A_value_is_changed_where_it_is_computed()
    {
        var x = Stored(64) + 1;
        x[3..8] = 5;
        x[10] = Stored(1)[0];
        Expect(Schedule(x), kernels: 1, copies: 0, temporaries: 0);
    }

    [Test]
    public void A_cache_is_written_and_read_by_two_kernels()
    {
        var (cache, key, query) = (Stored(4, 32, 16), Stored(4, 1, 16), Stored(4, 1, 16));
        cache[.., 5..6] = key;
        Expect(Schedule(cache, query.MatMul(cache[.., ..6].Transpose(-1, -2))), kernels: 2, copies: 0, temporaries: 0);
    }

    [Test]
    public void A_copy_from_another_device_lands_in_the_part()
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides: [new("plugins:tenon.cpu:devices", "2")])).Build();
        TenonRuntime.Default = runtime;
        var x = Stored(8);
        x[2..4] = Tensor.From<float>([20, 30], "CPU:1").To("CPU");
        x.Realize();
        Assert.That(x.ToArray<float>(), Is.EqualTo(new float[] { 0, 1, 20, 30, 4, 5, 6, 7 }));
        TenonRuntime.Default = null;
    }

    private static Tensor Stored(params long[] shape)
    {
        var size = shape.Aggregate(1L, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, (int)size).Select(i => (float)i)], shape);
    }

    private static Schedule Schedule(params Tensor[] tensors) => TenonRuntime.Default.Schedule([.. tensors.Select(t => (t.Node, t.Device))]);

    private static void Expect(Schedule schedule, int kernels, int copies, int temporaries) => Assert.That(
        (schedule.Calls.Count(c => c.Kernel is not null), schedule.Calls.Count(c => c.Kernel is null), schedule.Slots.Count(s => s.Kind == SlotKind.Temporary)),
        Is.EqualTo((kernels, copies, temporaries)));
}
