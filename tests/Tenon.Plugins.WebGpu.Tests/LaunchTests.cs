using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.WebGpu.Tests;

/// <summary>Launches: views, grids, threads, the device's clock.</summary>
internal sealed class LaunchTests : DeviceFixture
{
    [Test]
    public void Views_begin_anywhere()
    {
        using var program = Increment(5);
        using var input = Upload<int>([.. Enumerable.Range(0, 200)]);
        foreach (var first in (int[])[0, 1, 63, 64, 65, 130, 195])
        {
            using var output = Upload<int>(new int[200]);
            program.Launch([new BufferView(input, 4 * first, 20), new BufferView(output, 4 * (195 - first), 20)]);
            var expected = new int[200];
            Enumerable.Range(first + 1, 5).ToArray().CopyTo(expected, 195 - first);
            Assert.That(Download<int>(output), Is.EqualTo(expected));
        }
    }

    // What is read in vectors where views lie at multiples of them.
    [Test]
    public void Vectors_are_read_and_written_anywhere()
    {
        var (x, y, four) = (Param(0, DType.Int32, 8), Param(1, DType.Int32, 8), UOp.Alu(Ops.Mul, Special(2), Int(4)));
        var value = UOp.Alu(Ops.Add, Load(At(x, four), 4), Stack(Int(1), Int(2), Int(3), Int(4)));
        using var program = Device.Load(Device.CodeGenerators[0].Generate(Program("vector", 2, Store(At(y, four), value))));
        using var input = Upload<int>([.. Enumerable.Range(0, 80)]);
        foreach (var (from, to) in ((int, int)[])[(0, 0), (4, 68), (64, 4), (1, 0), (0, 3), (70, 71)])
        {
            using var output = Upload<int>(new int[80]);
            program.Launch([new BufferView(input, 4 * from, 32), new BufferView(output, 4 * to, 32)]);
            var expected = new int[80];
            Enumerable.Range(0, 8).Select(i => from + i + 1 + (i % 4)).ToArray().CopyTo(expected, to);
            Assert.That(Download<int>(output), Is.EqualTo(expected), $"{from}, {to}");
        }
    }

    [Test]
    public void Views_of_one_buffer_may_lie_side_by_side_or_be_the_same()
    {
        using var program = Increment(5);
        using var buffer = Upload<int>([.. Enumerable.Range(0, 20)]);
        program.Launch([new BufferView(buffer, 0, 20), new BufferView(buffer, 20, 20)]);
        Assert.That(Download<int>(buffer)[..12], Is.EqualTo(new[] { 0, 1, 2, 3, 4, 1, 2, 3, 4, 5, 10, 11 }));

        program.Launch([new BufferView(buffer, 4, 20), new BufferView(buffer, 4, 20)]);
        Assert.That(Download<int>(buffer)[..8], Is.EqualTo(new[] { 0, 2, 3, 4, 5, 2, 2, 3 }));
    }

    [Test]
    public void What_is_written_twice_within_a_binding_is_kept_apart_or_refused()
    {
        var (x, y) = (Param(0, DType.Int32, 4), Param(1, DType.Int32, 4));
        using var program = Device.Load(Device.CodeGenerators[0].Generate(Program("two", 4, Store(At(x, Special(4)), Special(4)), Store(At(y, Special(4)), UOp.Alu(Ops.Add, Special(4), Int(10))))));
        using var buffer = Upload<int>(new int[12]);
        program.Launch([new BufferView(buffer, 0, 16), new BufferView(buffer, 20, 16)]);
        Assert.That(Download<int>(buffer), Is.EqualTo(new[] { 0, 1, 2, 3, 0, 10, 11, 12, 13, 0, 0, 0 }));

        var error = Assert.Throws<BackendException>(() => program.Launch([new BufferView(buffer, 0, 16), new BufferView(buffer, 8, 16)]));
        Assert.That(error!.Code, Is.EqualTo("TEN4355"));
    }

    [Test]
    public void Grids_of_many_items_are_whole()
    {
        const int Size = 5_000_000;
        using var program = Increment(Size, inPlace: true);
        using var buffer = Upload<int>(new int[Size]);
        program.Launch([Whole(buffer)]);
        Assert.That(Download<int>(buffer).AsSpan().IndexOfAnyExcept(1), Is.EqualTo(-1));
    }

    [Test]
    public void Launches_run_in_order_from_any_thread()
    {
        using var program = Increment(100, inPlace: true);
        using var buffer = Upload<int>(new int[100]);
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 100; i++)
            {
                program.Launch([Whole(buffer)]);
            }
        });
        Assert.That(Download<int>(buffer), Is.All.EqualTo(400));
    }

    [Test]
    public void Variables_are_passed()
    {
        var n = UOp.New(Ops.Variable, DType.Int32, [], new VariableArg("n", -5, 100));
        using var program = Device.Load(Device.CodeGenerators[0].Generate(Program("variable", 3, Store(At(Param(0, DType.Int32, 3), Special(3)), UOp.Alu(Ops.Mul, Special(3), n)))));
        using var buffer = Upload<int>(new int[3]);
        program.Launch([Whole(buffer)], [-4]);
        Assert.That(Download<int>(buffer), Is.EqualTo(new[] { 0, -4, -8 }));
        Assert.That(() => program.Launch([Whole(buffer)], [1L << 40]), Throws.InstanceOf<BackendException>().With.Property("Code").EqualTo("TEN4350"));
    }

    [Test]
    public void The_device_says_how_long_a_kernel_ran()
    {
        if (Device.TryGetFeature<ILaunchTiming>() is not { } timing)
        {
            Assert.Ignore("The adapter has no timestamps.");
            return;
        }

        using var program = Increment(200_000, inPlace: true);
        using var buffer = Upload<int>(new int[200_000]);
        Assert.That(timing.Measure(program, [Whole(buffer)], []), Is.GreaterThan(TimeSpan.Zero).And.LessThan(TimeSpan.FromMinutes(1)));
        Assert.That(Download<int>(buffer), Is.All.EqualTo(1));
    }
}
