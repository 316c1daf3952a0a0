using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime.Tests;

public sealed class RealizeTests
{
    [Test]
    public void Computes()
    {
        using var runtime = Graphs.Runtime();
        var (a, b) = (runtime.Buffer(1, 2, 3, 4), runtime.Buffer(10, 20, 30, 40));
        var y = runtime.Realize(a.Reshape(2, 2).Add(b.Reshape(2, 2)));
        Assert.Multiple(() =>
        {
            Assert.That(y.Shape, Is.EqualTo(new Shape(2, 2)));
            Assert.That(y[0].Op, Is.EqualTo(Ops.Buffer));
            Assert.That(runtime.Read(y), Is.EqualTo(new float[] { 11, 22, 33, 44 }));
        });
    }

    [Test]
    public void SameComputationOnOtherDataIsScheduledAndCompiledOnce()
    {
        var compiler = new FakeCompiler();
        using var runtime = Graphs.Runtime(compiler: compiler);
        for (var i = 0; i < 5; i++)
        {
            var y = runtime.Realize(runtime.Buffer(i, 1).Add(runtime.Buffer(2, 3)));
            Assert.That(runtime.Read(y), Is.EqualTo(new float[] { i + 2, 4 }));
        }

        Assert.Multiple(() =>
        {
            Assert.That(compiler.Scheduled, Is.EqualTo(1));
            Assert.That(compiler.Lowered, Is.EqualTo(1));
            Assert.That(runtime.Statistics.KernelsLaunched, Is.EqualTo(5));
            Assert.That(runtime.Statistics.KernelsCompiled, Is.EqualTo(1));
            Assert.That(runtime.Statistics.ScheduleHits, Is.EqualTo(4));
        });
    }

    [Test]
    public void OneBufferTwiceIsAnotherGraphThanTwoBuffers()
    {
        using var runtime = Graphs.Runtime();
        var (a, b) = (runtime.Buffer(1, 2), runtime.Buffer(5, 5));
        Assert.That(runtime.Read(runtime.Realize(a.Add(b))), Is.EqualTo(new float[] { 6, 7 }));
        Assert.That(runtime.Read(runtime.Realize(a.Add(a))), Is.EqualTo(new float[] { 2, 4 }));
    }

    [Test]
    public void RealizedValuesAreReadByOtherGraphs()
    {
        using var runtime = Graphs.Runtime();
        var a = runtime.Buffer(1, 2);
        var square = a.Mul(a);
        var stored = runtime.Realize(square);
        var graph = square.Add(a);
        Assert.That(runtime.ResolveRealized(graph), Is.SameAs(stored.Add(a)));
        Assert.That(runtime.Read(runtime.Realize(graph)), Is.EqualTo(new float[] { 2, 6 }));
        Assert.That(runtime.Realize(square), Is.SameAs(stored), "nothing is computed twice");
        GC.KeepAlive(stored);
    }

    [Test]
    public void LiteralsStayLiterals()
    {
        using var runtime = Graphs.Runtime();
        var ones = Graphs.Full(1, 2);
        Assert.That(runtime.Read(runtime.Realize(ones)), Is.EqualTo(new float[] { 1, 1 }));
        Assert.That(runtime.ResolveRealized(ones), Is.SameAs(ones));
    }

    [Test]
    public void OneValueTwiceAndStoredValuesCostNothing()
    {
        using var runtime = Graphs.Runtime();
        var a = runtime.Buffer(1, 2);
        var y = a.Add(a);
        var results = runtime.Realize([(y, "FAKE"), (a, "FAKE"), (y, "fake:0")]);
        Assert.Multiple(() =>
        {
            Assert.That(results[0], Is.SameAs(results[2]));
            Assert.That(results[1], Is.SameAs(a));
            Assert.That(runtime.Statistics.KernelsLaunched, Is.EqualTo(1));
        });
    }

    [Test]
    public void EmptyTensorsNeedNoKernel()
    {
        using var runtime = Graphs.Runtime();
        var empty = runtime.Realize(Graphs.Full(1, 0, 3));
        Assert.That(empty.Shape, Is.EqualTo(new Shape(0, 3)));
        Assert.That(runtime.Read(empty), Is.Empty);
        Assert.That(runtime.Statistics.KernelsLaunched, Is.Zero);
    }

    [Test]
    public void CopiesBetweenDevices()
    {
        using var runtime = Graphs.Runtime(new FakePlugin("FAKE") { PerKind = 2 });
        var a = runtime.Buffer(1, 2, 3);
        Assert.Multiple(() =>
        {
            Assert.That(runtime.Read(runtime.Realize(a.To("FAKE:1"), "FAKE:1")), Is.EqualTo(new float[] { 1, 2, 3 }));
            Assert.That(runtime.Read(runtime.Realize(a, "FAKE:1")), Is.EqualTo(new float[] { 1, 2, 3 }), "asked for elsewhere");
            Assert.That(runtime.Statistics.Copies, Is.EqualTo(2));
        });
    }

    [Test]
    public void AssignmentWritesInPlace()
    {
        using var runtime = Graphs.Runtime();
        var w = runtime.Buffer(1, 2);
        var before = runtime.Statistics.LiveBuffers;
        var updated = runtime.Realize(w.Assign(w.Add(Graphs.Full(1, 2))));
        Assert.That(runtime.Read(updated), Is.EqualTo(new float[] { 2, 3 }));
        Assert.That(updated, Is.Not.SameAs(w));
        Assert.That(runtime.Statistics.LiveBuffers, Is.EqualTo(before), "no new memory");
        GC.KeepAlive(w);
    }

    [Test]
    public void OverwrittenBuffersAreRefused()
    {
        using var runtime = Graphs.Runtime();
        var w = runtime.Buffer(1, 2);
        var derived = w.Mul(w);
        var kept = runtime.Realize(w.Add(w));
        runtime.Realize(w.Assign(Graphs.Full(7, 2)));
        Assert.That(Graphs.Fails("TEN5001", () => runtime.Realize(derived)).Message, Does.Contain("overwritten by an assignment"));
        Graphs.Fails("TEN5001", () => runtime.Read(w));
        Assert.That(runtime.Read(runtime.Realize(w.Add(w))), Is.EqualTo(new float[] { 2, 4 }), "what was realised before is kept");
        GC.KeepAlive(kept);
    }

    [Test]
    public void ValuesOnOverwrittenStorageAreComputedAgain()
    {
        using var runtime = Graphs.Runtime();
        var x = runtime.Buffer(1, 2);
        var square = x.Mul(x);
        var stored = runtime.Realize(square);
        runtime.Realize(stored.Assign(Graphs.Full(0, 2)));
        Assert.That(runtime.Read(runtime.Realize(square.Add(x))), Is.EqualTo(new float[] { 2, 6 }));
    }

    [Test]
    public void TwoAssignmentsWithoutOrderAreRefused()
    {
        using var runtime = Graphs.Runtime();
        var w = runtime.Buffer(1, 2);
        Graphs.Fails("TEN5009", () => runtime.Realize([(w.Assign(Graphs.Full(1, 2)), "FAKE"), (w.Assign(Graphs.Full(2, 2)), "FAKE")]));
        Graphs.Fails("TEN5009", () => runtime.Realize(Graphs.Full(3, 2).Assign(w)));
    }

    [Test]
    public void DTypesThatADeviceLacksAreNamed()
    {
        var capabilities = new Capabilities { DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage, [DType.Int32] = DTypeSupport.Storage } };
        using var runtime = Graphs.Runtime(new FakePlugin("FAKE") { OnOpen = (_, _) => new FakeDevice(capabilities) });
        var message = Graphs.Fails("TEN5004", () => runtime.CreateBuffer(DType.Float64, 4, "FAKE")).Message;
        Assert.That(message, Does.Contain("float64").And.Contain("FAKE").And.Contain("Cast to float32"));
        Graphs.Fails("TEN5004", () => runtime.Realize(UOp.New(Ops.Cast, DType.BFloat16, [runtime.Buffer(1, 2)])));
    }

    [Test]
    public void TooManyBuffersAreCounted()
    {
        var capabilities = new Capabilities { DTypes = new Dictionary<DType, DTypeSupport> { [DType.Float32] = DTypeSupport.Storage }, MaxBuffers = 2 };
        using var runtime = Graphs.Runtime(new FakePlugin("FAKE") { OnOpen = (_, _) => new FakeDevice(capabilities) });
        var message = Graphs.Fails("TEN5008", () => runtime.Realize(runtime.Buffer(1).Add(runtime.Buffer(2)))).Message;
        Assert.That(message, Does.Contain("3 buffers").And.Contain("allows 2"));
    }

    [Test]
    public void CopiesOfTheWrongSizeAreRefused()
    {
        using var runtime = Graphs.Runtime();
        var buffer = runtime.Buffer(1, 2);
        Assert.That(Graphs.Fails("TEN5010", () => runtime.CopyIn(buffer, new byte[7])).Message, Does.Contain("7 bytes").And.Contain("8 bytes"));
        Graphs.Fails("TEN5010", () => runtime.CopyOut(buffer, new byte[9]));
    }

    [Test]
    public void BuffersOfAClosedRuntimeAreRefused()
    {
        var first = Graphs.Runtime();
        var buffer = first.Buffer(1, 2);
        first.Dispose();
        using var second = Graphs.Runtime();
        Graphs.Fails("TEN5005", () => second.Read(buffer));
    }

    [Test]
    public void ManyThreadsMayRealize()
    {
        using var runtime = Graphs.Runtime();
        Parallel.For(0, 200, i =>
        {
            var x = runtime.Buffer(i, i + 1);
            Assert.That(runtime.Read(runtime.Realize(x.Add(Graphs.Full(i % 7, 2)))), Is.EqualTo(new float[] { i + i % 7, i + 1 + i % 7 }));
        });
        Assert.That(runtime.Statistics.KernelsCompiled, Is.LessThanOrEqualTo(7));
    }

    [Test]
    public void MemoryStaysFlat()
    {
        using var runtime = Graphs.Runtime();
        Run(100);
        Collect();
        var (nodes, buffers) = (UOp.CountLive(), runtime.Statistics.LiveBuffers);
        Run(2000);
        Collect();
        Assert.Multiple(() =>
        {
            Assert.That(UOp.CountLive(), Is.LessThanOrEqualTo(nodes + 50));
            Assert.That(runtime.Statistics.LiveBuffers, Is.LessThanOrEqualTo(buffers + 5));
        });

        void Run(int n)
        {
            for (var i = 0; i < n; i++)
            {
                runtime.Realize(runtime.Buffer(i, 1).Add(runtime.Buffer(2, 3)));
            }
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Test]
    public void DebugLevelsPrint()
    {
        string Print(int level)
        {
            var text = new StringWriter();
            using var runtime = Graphs.Runtime(configure: o => (o.Debug, o.DebugWriter) = (level, text));
            runtime.Realize(runtime.Buffer(1, 2).Add(runtime.Buffer(2, 3)));
            return text.ToString();
        }

        Assert.Multiple(() =>
        {
            Assert.That(Print(0), Is.Empty);
            Assert.That(Print(1), Does.Contain("schedule: 1 kernels").And.Not.Contain("GFLOPS"));
            Assert.That(Print(2), Does.Contain("GFLOPS").And.Contain("GB/s").And.Not.Contain("Param"));
            Assert.That(Print(3), Does.Contain("Param").And.Not.Contain("// fake"));
            Assert.That(Print(4), Does.Contain("// fake"));
            Assert.That(Print(5).Length, Is.GreaterThan(Print(4).Length));
        });
    }
}
