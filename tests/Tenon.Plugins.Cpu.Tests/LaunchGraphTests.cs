using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.Cpu.Tests;

[NonParallelizable]
public class LaunchGraphTests
{
    // Each launch adds 1 to 16 numbers: the list to those at the beginning of one buffer, then to those at an offset.
    private static LaunchGraph Create(Device device, KernelProgram program, int launches) => device.TryGetFeature<ILaunchGraphs>()!.CreateGraph(
        [.. Enumerable.Range(0, launches).Select(i => new GraphLaunch(program, [new GraphOperand(i % 2, i % 2 == 0 ? 0 : 64, 64)], []))], 2, 0);

    [Test]
    public void AListRunsOnOtherBuffersEachTime()
    {
        using var device = TestHost.Open(("threads", "2"));
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(16)));
        using var graph = Create(device, program, 7);
        for (var run = 0; run < 5; run++)
        {
            using var a = KernelRunner.Upload(device, new byte[64]);
            using var b = KernelRunner.Upload(device, new byte[192]);
            graph.Run([KernelRunner.Whole(a), new BufferView(b, 64, 128)], []);
            var (first, second) = (new byte[64], new byte[192]);
            device.Allocator.CopyOut(KernelRunner.Whole(a), first);
            device.Allocator.CopyOut(KernelRunner.Whole(b), second);
            Assert.That(KernelRunner.Values<int>(first), Has.All.EqualTo(4));
            Assert.That(KernelRunner.Values<int>(second), Is.EqualTo(Enumerable.Range(0, 48).Select(i => i >= 32 ? 3 : 0)));
        }
    }

    [TestCase(16)]
    [TestCase(100_000)]
    public void ListsAndLaunchesOfSeveralThreadsRunInOrder(int size)
    {
        using var device = TestHost.Open(("threads", "2"));
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(size)));
        using var graph = device.TryGetFeature<ILaunchGraphs>()!.CreateGraph([.. Enumerable.Repeat(new GraphLaunch(program, [new GraphOperand(0, 0, size * 4)], []), 5)], 1, 0);
        using var buffer = KernelRunner.Upload(device, new byte[size * 4]);
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 20; i++)
            {
                graph.Run([KernelRunner.Whole(buffer)], []);
                program.Launch([KernelRunner.Whole(buffer)]);
            }
        });
        var bytes = new byte[size * 4];
        device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(4 * 20 * 6));
    }

    [Test]
    public void LaunchesAllocateNothing()
    {
        using var device = TestHost.Open(("threads", "1"));
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(16)));
        using var graph = Create(device, program, 100);
        using var buffer = KernelRunner.Upload(device, new byte[128]);
        BufferView[] views = [KernelRunner.Whole(buffer), KernelRunner.Whole(buffer)];
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20_000), "bytes of 100 runs of 100 launches; who waits allocates a little");

        void Run()
        {
            for (var i = 0; i < 100; i++)
            {
                graph.Run(views, []);
                device.Synchronize();
            }
        }
    }

    [Test]
    public void AnotherNumberOfBuffersIsAnError()
    {
        using var device = TestHost.Open();
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(16)));
        using var graph = Create(device, program, 2);
        Assert.That(() => graph.Run([], []), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4004"));
    }

    [Test]
    public void AFailureNamesTheKernelAndItsPlace()
    {
        using var device = TestHost.Open(("threads", "1"));
        var (x, at) = (Param(0, DType.Int32, 4), Special(4));
        using var good = device.Load(device.CodeGenerators[0].Generate(CountUp(4)));
        using var bad = device.Load(device.CodeGenerators[0].Generate(Program("divides_by_nothing", 4, Store(At(x, at), UOp.Alu(Ops.IntDiv, Int(7), UOp.Alu(Ops.Mul, Load(At(x, at)), Int(0)))))));
        using var graph = device.TryGetFeature<ILaunchGraphs>()!.CreateGraph([new(good, [new(0, 0, 16)], []), new(bad, [new(0, 0, 16)], [])], 1, 0);
        using var buffer = KernelRunner.Upload(device, new byte[16]);
        graph.Run([KernelRunner.Whole(buffer)], []);
        Assert.That(device.Synchronize, Throws.TypeOf<BackendException>().With.Message.Contains("divides_by_nothing").And.Message.Contains("number 2 of a list of 2"));
        Assert.That(device.Synchronize, Throws.Nothing);
    }

    private static LinearProgram CountUp(int size)
    {
        var (x, at) = (Param(0, DType.Int32, size), Special(size));
        return Program($"count_up_{size}", size, Store(At(x, at), UOp.Alu(Ops.Add, Load(At(x, at)), Int(1))));
    }
}
