using System.Diagnostics;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.Cpu.Tests;

internal sealed class DeviceTests
{
    [TestCase("1")]
    [TestCase("2")]
    [TestCase("7")]
    public void EachWorkItemRunsOnce(string threads)
    {
        using var device = TestHost.Open(("threads", threads));
        var bytes = new byte[100_003 * 4];
        KernelRunner.Run(device, CountUp(100_003), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(1));
    }

    [Test]
    public void LaunchesRunInOrder()
    {
        using var device = TestHost.Open(("threads", "3"));
        using var large = device.Load(device.CodeGenerators[0].Generate(CountUp(5000)));
        using var small = device.Load(device.CodeGenerators[0].Generate(Double(5000)));
        using var buffer = KernelRunner.Upload(device, new byte[5000 * 4]);
        var expected = 0;
        for (var i = 0; i < 2000; i++)
        {
            large.Launch([KernelRunner.Whole(buffer)]);
            small.Launch([KernelRunner.Whole(buffer)]);
            expected = unchecked((expected + 1) * 2);
        }

        var bytes = new byte[buffer.Bytes];
        device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(expected));
    }

    [Test]
    public void SeveralThreadsMayLaunch()
    {
        using var device = TestHost.Open(("threads", "2"));
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(1000)));
        using var buffer = KernelRunner.Upload(device, new byte[1000 * 4]);
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1500; i++)
            {
                program.Launch([KernelRunner.Whole(buffer)]);
            }

            device.Synchronize();
        });
        var bytes = new byte[buffer.Bytes];
        device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(12_000));
    }

    [Test]
    public void WhoWaitsSeesWhatItLaunched()
    {
        using var device = TestHost.Open(("threads", "2"));
        using var small = device.Load(WithWork(device.CodeGenerators[0].Generate(CountUp(1)), operations: 1));
        using var large = device.Load(WithWork(device.CodeGenerators[0].Generate(CountUp(5000)), operations: 1 << 20));
        var memory = device.TryGetFeature<IHostVisibleMemory>()!;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, t =>
        {
            using var buffer = KernelRunner.Upload(device, new byte[5000 * 4]);
            for (var i = 1; i <= 1000; i++)
            {
                if (t == 0 || i % 100 == 0)
                {
                    large.Launch([KernelRunner.Whole(buffer)]);
                }
                else
                {
                    small.Launch([new BufferView(buffer, 0, 4)]);
                }

                device.Synchronize();
                Assert.That(System.Runtime.InteropServices.Marshal.ReadInt32(memory.GetAddress(KernelRunner.Whole(buffer))), Is.EqualTo(i));
            }
        });
    }

    [Test]
    public void SeveralDevicesShareThreads()
    {
        var host = new TestHost(("threads", "4"), ("devices", "3"));
        var plugin = new CpuPlugin();
        var devices = plugin.EnumerateDevices(host).Select(d => plugin.Open(d, host)).ToList();
        var pool = WorkerPool.Share(isPinned: false);
        Parallel.ForEach(devices, new ParallelOptions { MaxDegreeOfParallelism = 3 }, device =>
        {
            using var program = device.Load(WithWork(device.CodeGenerators[0].Generate(CountUp(5000)), operations: 1 << 20));
            using var buffer = KernelRunner.Upload(device, new byte[5000 * 4]);
            Parallel.For(0, 3, new ParallelOptions { MaxDegreeOfParallelism = 3 }, _ =>
            {
                for (var i = 0; i < 500; i++)
                {
                    program.Launch([KernelRunner.Whole(buffer)]);
                }

                device.Synchronize();
            });
            var bytes = new byte[buffer.Bytes];
            device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
            Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(1500));
        });
        Assert.That(pool.Workers(0).Length, Is.LessThan(Math.Max(4, ProcessorSet.OfProcess.Logical)));
        Assert.That(HostThreads.Busy, Is.Zero);
        devices.ForEach(d => d.Dispose());
        pool.Close();
    }

    [Test]
    public void ThreadsAreBoundToAProcessorEachOnRequest()
    {
        if (OperatingSystem.IsMacOS())
        {
            Assert.That(() => TestHost.Open(("pin", "true")), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4150"));
            return;
        }

        using var device = TestHost.Open(("pin", "true"), ("threads", "3"));
        var bytes = new byte[10_000 * 4];
        KernelRunner.Run(device, CountUp(10_000), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(1));
        if (OperatingSystem.IsLinux())
        {
            var allowed = Directory.GetDirectories("/proc/self/task").Where(t => File.ReadAllText(Path.Combine(t, "comm")).StartsWith("Tenon CPU", StringComparison.Ordinal))
                .Select(t => File.ReadLines(Path.Combine(t, "status")).First(l => l.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)).Split('\t')[1]).ToList();
            var processors = ProcessorSet.OfProcess.Ordered;
            Assert.That(allowed, Is.EquivalentTo(new[] { $"{processors[1 % processors.Count]}", $"{processors[2 % processors.Count]}" }));
        }
    }

    [Test]
    public void AProcessorThatIsNotThereIsAnError()
    {
        if (OperatingSystem.IsMacOS())
        {
            Assert.Ignore("macOS binds no threads.");
        }

        Assert.That(() => new Worker("nowhere", 1000), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4151").And.Message.Contains("1000"));
    }

    [Test]
    public void OtherWorkRunsInOrderWithKernels()
    {
        using var device = TestHost.Open(("threads", "2"));
        using var program = (CpuProgram)device.Load(device.CodeGenerators[0].Generate(CountUp(5000)));
        using var buffer = KernelRunner.Upload(device, new byte[5000 * 4]);
        var queue = ((CpuDevice)device).Queue;
        for (var i = 0; i < 500; i++)
        {
            program.Launch([KernelRunner.Whole(buffer)]);
            queue.Enqueue(new Repeat(program, CpuAllocator.Address(KernelRunner.Whole(buffer)), 3), isSmall: false);
        }

        var bytes = new byte[buffer.Bytes];
        device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Has.All.EqualTo(2000));
    }

    [Test]
    public void QueuedLaunchesKeepTheirBuffers()
    {
        using var device = TestHost.Open(("threads", "2"));
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(1 << 20)));
        for (var i = 0; i < 50; i++)
        {
            program.Launch([KernelRunner.Whole(device.Allocator.Allocate(4 << 20))]);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(device.Synchronize, Throws.Nothing);
    }

    [TestCase(1)]
    [TestCase(64)]
    public void AFailureInAKernelIsReportedOnce(int size)
    {
        using var device = TestHost.Open(("threads", "2"));
        var (x, at) = (Param(0, DType.Int32, size), Special(size));
        var quotient = UOp.Alu(Ops.IntDiv, Int(7), Load(At(x, at)));
        using var program = device.Load(device.CodeGenerators[0].Generate(Program("divides_by_zero", size, Store(At(x, at), quotient))));
        using var buffer = KernelRunner.Upload(device, new byte[size * 4]);
        program.Launch([KernelRunner.Whole(buffer)]);
        Assert.That(device.Synchronize, Throws.TypeOf<BackendException>().With.Message.Contains("divides_by_zero").And.Property("Code").EqualTo("TEN4006"));
        Assert.That(device.Synchronize, Throws.Nothing);
        program.Launch([KernelRunner.Whole(buffer)]);
        Assert.That(() => device.Allocator.CopyOut(KernelRunner.Whole(buffer), new byte[size * 4]), Throws.TypeOf<BackendException>());
    }

    [Test]
    public void ViewsBeginAtTheirOffset()
    {
        using var device = TestHost.Open();
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(4)));
        using var buffer = KernelRunner.Upload(device, new byte[48]);
        program.Launch([new BufferView(buffer, 16, 16)]);
        var bytes = new byte[48];
        device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
        Assert.That(KernelRunner.Values<int>(bytes), Is.EqualTo(new[] { 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0 }));
        var address = device.TryGetFeature<IHostVisibleMemory>()!.GetAddress(new BufferView(buffer, 16, 4));
        Assert.That(System.Runtime.InteropServices.Marshal.ReadInt32(address), Is.EqualTo(1));
    }

    [Test]
    public void ABufferThatDoesNotFitIsAnError()
    {
        using var device = TestHost.Open();
        Assert.That(() => device.Allocator.Allocate(1L << 50), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4005").And.Message.Contains("1,125,899,906,842,624"));
    }

    [Test]
    public void AKernelOfAnotherGeneratorIsAnError()
    {
        using var device = TestHost.Open();
        var kernel = new CompiledKernel { Name = "k", Generator = "PTX", Binary = default, GlobalSize = 1, BufferCount = 0, VariableCount = 0 };
        Assert.That(() => device.Load(kernel), Throws.TypeOf<BackendException>().With.Message.Contains("PTX"));
    }

    [Test]
    public void DamagedKernelsAreAnError()
    {
        using var device = TestHost.Open();
        var kernel = new CompiledKernel { Name = "k", Generator = "CLR", Binary = new byte[] { 1, 2, 3 }, GlobalSize = 1, BufferCount = 0, VariableCount = 0 };
        Assert.That(() => device.Load(kernel), Throws.InstanceOf<TenonException>());
    }

    [Test]
    public void SmallLaunchesAreCheap()
    {
        using var device = TestHost.Open();
        using var program = device.Load(device.CodeGenerators[0].Generate(CountUp(1)));
        using var buffer = KernelRunner.Upload(device, new byte[4]);
        const int Count = 20_000;
        foreach (var wait in new[] { false, true })
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Count; i++)
            {
                program.Launch([KernelRunner.Whole(buffer)]);
                if (wait)
                {
                    device.Synchronize();
                }
            }

            device.Synchronize();
            TestContext.Out.WriteLine($"{(wait ? "launch and wait" : "launch")}: {Stopwatch.GetElapsedTime(start).TotalMicroseconds / Count:F2} us");
        }

        var bytes = new byte[4];
        device.Allocator.CopyOut(KernelRunner.Whole(buffer), bytes);
        Assert.That(BitConverter.ToInt32(bytes), Is.EqualTo(2 * Count));
    }

    private static CompiledKernel WithWork(CompiledKernel k, long operations) => new()
    {
        Name = k.Name,
        Generator = k.Generator,
        Binary = k.Binary,
        GlobalSize = k.GlobalSize,
        BufferCount = k.BufferCount,
        VariableCount = k.VariableCount,
        Operations = operations,
    };

    private static LinearProgram CountUp(int size)
    {
        var address = At(Param(0, DType.Int32, size), Special(size));
        return Program($"count_up_{size}", size, Store(address, UOp.Alu(Ops.Add, Load(address), Int(1))));
    }

    private static LinearProgram Double(int size)
    {
        var loop = Range(Int(size), 0);
        var address = At(Param(0, DType.Int32, size), loop);
        return Program($"double_{size}", 1, Store(address, UOp.Alu(Ops.Mul, Load(address), Int(2))), End(loop));
    }

    private sealed unsafe class Repeat(CpuProgram program, nint address, int count) : QueuedWork
    {
        public override string Name => "repeat";

        public override void Run(Cpu.KernelRunner runner)
        {
            var buffer = (void*)address;
            for (var i = 0; i < count; i++)
            {
                runner.Run(program, &buffer, null);
            }
        }
    }
}
