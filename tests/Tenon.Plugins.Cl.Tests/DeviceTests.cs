using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;
using static Tenon.Plugins.Cl.Tests.KernelRunner;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.Cl.Tests;

/// <summary>The first OpenCL device of the machine, with copies in the queue of the kernels and in one of their own.</summary>
[TestFixture("shared")]
[TestFixture("own")]
internal sealed class DeviceTests(string transfers)
{
    private Device _device = null!;

    [OneTimeSetUp]
    public void Open() => _device = TestHost.Open(("transfers", transfers));

    [OneTimeTearDown]
    public void Close() => _device?.Dispose();

    [Test]
    public void EachWorkItemRunsOnce()
    {
        var bytes = new byte[100_003 * 4];
        Run(_device, CountUp(100_003), [], bytes);
        Assert.That(Values<int>(bytes), Has.All.EqualTo(1));
    }

    [Test]
    public void LaunchesAndCopiesRunInOrder()
    {
        using var program = Compile(CountUp(5000));
        using var first = _device.Allocator.Allocate(5000 * 4);
        using var second = _device.Allocator.Allocate(5000 * 4);
        for (var i = 0; i < 700; i++)
        {
            var data = Bytes<int>([.. Enumerable.Repeat(i, 5000)]);
            _device.Allocator.CopyIn(Whole(i % 2 == 0 ? first : second), data);
            Array.Clear(data);
            program.Launch([Whole(first)]);
            program.Launch([Whole(second)]);
            if (i % 97 == 0)
            {
                Assert.That(Values<int>(Download(_device, i % 2 == 0 ? first : second)), Has.All.EqualTo(i + 1));
            }
        }

        Assert.That(Values<int>(Download(_device, first)), Has.All.EqualTo(700));
        Assert.That(Values<int>(Download(_device, second)), Has.All.EqualTo(700));
    }

    [Test]
    public void SeveralThreadsMayLaunchOneKernel()
    {
        using var program = Compile(CountUp(1000));
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, t =>
        {
            using var buffer = Upload(_device, Bytes<int>([.. Enumerable.Repeat(t, 1000)]));
            for (var i = 0; i < 300; i++)
            {
                program.Launch([Whole(buffer)]);
            }

            Assert.That(Values<int>(Download(_device, buffer)), Has.All.EqualTo(t + 300));
        });
        _device.Synchronize();
    }

    [TestCase(1, 0)]
    [TestCase(7, 13)]
    [TestCase(4097, 1)]
    [TestCase(9_000_001, 3)]
    [TestCase(40_000_003, 5)]
    public void CopiesOfAnySizeAndOffset(int bytes, int offset)
    {
        using var buffer = _device.Allocator.Allocate(offset + bytes + 2);
        var data = new byte[bytes];
        new Random(bytes).NextBytes(data);
        _device.Allocator.CopyIn(Whole(buffer), new byte[buffer.Bytes]);
        _device.Allocator.CopyIn(new BufferView(buffer, offset, bytes), data);
        var back = new byte[bytes];
        _device.Allocator.CopyOut(new BufferView(buffer, offset, bytes), back);
        Assert.That(back.AsSpan().SequenceEqual(data));
        var around = new byte[2];
        _device.Allocator.CopyOut(new BufferView(buffer, offset + bytes, 2), around);
        Assert.That(around, Is.EqualTo(new byte[2]));
    }

    [Test]
    public void NothingIsCopiedAndAllocatedToo()
    {
        using var buffer = _device.Allocator.Allocate(0);
        Assert.That(() => _device.Allocator.CopyIn(Whole(buffer), []), Throws.Nothing);
        Assert.That(() => _device.Allocator.CopyOut(Whole(buffer), []), Throws.Nothing);
    }

    [Test]
    public void ManySmallCopiesGoRoundTheStagingMemory()
    {
        using var buffer = _device.Allocator.Allocate(4 << 20);
        for (var i = 0; i < 40; i++)
        {
            var data = Bytes<int>([.. Enumerable.Repeat(i, (1 << 20) - i)]);
            _device.Allocator.CopyIn(new BufferView(buffer, 0, data.Length), data);
        }

        Assert.That(Values<int>(Download(_device, buffer))[..((1 << 20) - 39)], Has.All.EqualTo(39));
    }

    [Test]
    public void ViewsBeginAtTheirOffset()
    {
        using var program = Compile(CountUp(4));
        using var buffer = Upload(_device, new byte[48]);
        program.Launch([new BufferView(buffer, 20, 16)]);
        Assert.That(Values<int>(Download(_device, buffer)), Is.EqualTo(new[] { 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0 }));
        Assert.That(() => program.Launch([new BufferView(buffer, 2, 16)]), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4004").And.Message.Contains("byte 2"));
    }

    [Test]
    public void VariablesArePassed()
    {
        var variable = UOp.New(Ops.Variable, DType.Int32, [], new VariableArg("n", -10, 10));
        var address = At(Param(0, DType.Int32, 8), Special(8));
        var bytes = new byte[32];
        Run(_device, Program("adds_n", 8, Store(address, UOp.Alu(Ops.Add, Special(8), variable))), [-3], bytes);
        Assert.That(Values<int>(bytes), Is.EqualTo(Enumerable.Range(-3, 8)));
    }

    [Test]
    public void TheDevicesClockTimesAKernel()
    {
        var timing = _device.TryGetFeature<ILaunchTiming>()!;
        using var fast = Compile(CountUp(16));
        using var slow = Compile(CountUp(1 << 16, loops: 200));
        using var buffer = Upload(_device, new byte[4 << 16]);
        timing.Measure(slow, [Whole(buffer)], []);
        Assert.That(timing.Measure(slow, [Whole(buffer)], []), Is.GreaterThan(timing.Measure(fast, [new BufferView(buffer, 0, 64)], [])));
    }

    [Test]
    public void AKernelIsLoadedFromWhatTheCacheKeeps()
    {
        var kernel = _device.CodeGenerators[0].Generate(CountUp(7));
        var kept = new CompiledKernel { Name = kernel.Name, Generator = kernel.Generator, Binary = kernel.Binary.ToArray(), GlobalSize = 7, BufferCount = 1, VariableCount = 0 };
        using var program = _device.Load(kept);
        using var buffer = Upload(_device, new byte[28]);
        program.Launch([Whole(buffer)]);
        Assert.That(Values<int>(Download(_device, buffer)), Has.All.EqualTo(1));
    }

    [Test]
    public void AKernelThatTheDriverRefusesIsCompiledFromItsSource()
    {
        var kernel = _device.CodeGenerators[0].Generate(CountUp(9));
        CompiledKernel Damaged(string? source) => new() { Name = kernel.Name, Generator = kernel.Generator, Binary = (byte[])[.. kernel.Binary.Span[..6], 1, 2, 3, 4], Source = source, GlobalSize = 9, BufferCount = 1, VariableCount = 0 };
        using var program = _device.Load(Damaged(kernel.Source));
        using var buffer = Upload(_device, new byte[36]);
        program.Launch([Whole(buffer)]);
        Assert.That(Values<int>(Download(_device, buffer)), Has.All.EqualTo(1));
        Assert.That(() => _device.Load(Damaged(null)), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4311").And.Message.Contains("count_up_9"));
    }

    [Test]
    public void DamagedKernelsAndThoseOfOthersAreErrors()
    {
        CompiledKernel Kernel(string generator) => new() { Name = "k", Generator = generator, Binary = new byte[] { 7, 2, 3 }, GlobalSize = 1, BufferCount = 0, VariableCount = 0 };
        Assert.That(() => _device.Load(Kernel("OpenCL")), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4002").And.Message.Contains("damaged"));
        Assert.That(() => _device.Load(Kernel("PTX")), Throws.TypeOf<BackendException>().With.Message.Contains("PTX"));
    }

    [Test]
    public void ABufferThatDoesNotFitIsAnError() =>
        Assert.That(() => _device.Allocator.Allocate(1L << 50), Throws.TypeOf<BackendException>().With.Property("Code").EqualTo("TEN4307").And.Message.Contains("1,125,899,906,842,624"));

    [Test]
    public void TheDriverLeavesDotNetItsExceptions()
    {
        var zero = new Random(1).Next(1);
        Assert.That(() => 1 / zero, Throws.TypeOf<DivideByZeroException>());
    }

    [Test]
    public void CapabilitiesFitTheDevice()
    {
        var c = _device.Capabilities;
        Assert.Multiple(() =>
        {
            Assert.That(c.Workgroups, Is.Not.Null);
            Assert.That(c.Workgroups!.MaxLanesPerGroup, Is.GreaterThanOrEqualTo(1));
            Assert.That(c.Workgroups.PreferredLanes, Is.InRange(1, 1024));
            Assert.That(c.MaxBuffers, Is.GreaterThanOrEqualTo(8));
            Assert.That(c.MaxBufferBytes, Is.GreaterThanOrEqualTo(128 << 20));
            Assert.That(c.LocalBytes, Is.GreaterThanOrEqualTo(32 << 10));
            Assert.That(c.DTypes.Keys, Is.SupersetOf(new[] { DType.Float32, DType.Int64, DType.Float16, DType.Bool }));
            Assert.That(_device.CodeGenerators[0].Target.Fingerprint, Does.Contain("|"));
        });
    }

    [Test]
    public void AsManyBuffersAsItSays()
    {
        var count = _device.Capabilities.MaxBuffers;
        var stores = Enumerable.Range(0, count).Select(i => Store(At(Param(i, DType.Int32, 4), Special(4)), Int(i)));
        var data = Enumerable.Range(0, count).Select(_ => new byte[16]).ToArray();
        Run(_device, Program("many_buffers", 4, [.. stores]), [], data);
        Assert.That(data.Select(d => Values<int>(d)[3]), Is.EqualTo(Enumerable.Range(0, count)));
    }

    private KernelProgram Compile(LinearProgram program) => _device.Load(_device.CodeGenerators[0].Generate(program));
}
