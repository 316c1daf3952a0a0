using System.Text.Json.Nodes;
using Tenon.Core;

namespace Tenon.Runtime.Tests;

/// <summary>The plugins that come with Tenon, as they lie beside a program.</summary>
public sealed class RealPluginTests
{
    private string _root = "";

    [SetUp]
    public void CopyPlugins()
    {
        _root = Directory.CreateTempSubdirectory("tenon-real").FullName;
        var from = AppContext.BaseDirectory;

        // What is found depends on the drivers of the machine, and is tested elsewhere.
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(from, TenonConfiguration.FileName)))!;
        settings["plugins"]!.AsArray().RemoveAll(p => p!["id"]!.GetValue<string>() is "tenon.cl" or "tenon.webgpu");
        File.WriteAllText(Path.Combine(_root, TenonConfiguration.FileName), settings.ToJsonString());
        foreach (var file in Directory.EnumerateFiles(Path.Combine(from, "plugins"), "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(_root, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    [TearDown]
    public void DeleteFolder()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows())
        {
            // Loaded assemblies can't be deleted there.
        }
    }

    [Test]
    public void TheyLoadWithoutRemarks()
    {
        using var runtime = Open();
        Assert.That(runtime.Devices.Names, Is.SupersetOf(new[] { "CPU", "NULL" }));
        Assert.Multiple(() =>
        {
            foreach (var p in runtime.Plugins.Plugins)
            {
                Assert.That(p.ErrorMessage, Is.Null, p.Id);
                Assert.That(p.State, Is.EqualTo(PluginState.Loaded), p.Id);
                Assert.That(p.Notes.Where(n => n.Contains("TEN")), Is.Empty, p.Id);
            }
        });
    }

    [Test]
    public void TheProcessorComputes()
    {
        using var runtime = Open();
        var (a, b) = (runtime.BufferOn("CPU", 1, 2, 3, 4), runtime.BufferOn("CPU", 10, 20, 30, 40));
        var y = runtime.Realize(a.Reshape(2, 2).Mul(b.Reshape(2, 2)).Add(Graphs.Full(1, 2, 2)), "CPU");
        Assert.That(runtime.Read(y), Is.EqualTo(new float[] { 11, 41, 91, 161 }));
        var sum = UOp.New(Ops.Reduce, DType.Float32, [y], new ReduceArg(Ops.Add, new Axes(0, 1)));
        Assert.That(runtime.Read(runtime.Realize(sum, "CPU")), Is.EqualTo(new float[] { 304 }));
        var assigned = runtime.Realize(a.Assign(a.Add(b)), "CPU");
        Assert.That(runtime.Read(assigned), Is.EqualTo(new float[] { 11, 22, 33, 44 }));
    }

    [Test]
    public void OldAndNewContentOfAnAssignmentMayBeReadTogether()
    {
        using var runtime = Open();
        var w = runtime.BufferOn("CPU", 1, 2);
        var assigned = w.Assign(w.Add(Graphs.Full(1, 2)));
        var results = runtime.Realize([(assigned.Mul(Graphs.Full(2, 2)), "CPU"), (w.Mul(Graphs.Full(10, 2)), "CPU"), (assigned, "CPU")]);
        Assert.Multiple(() =>
        {
            Assert.That(runtime.Read(results[0]), Is.EqualTo(new float[] { 4, 6 }));
            Assert.That(runtime.Read(results[1]), Is.EqualTo(new float[] { 10, 20 }));
            Assert.That(runtime.Read(results[2]), Is.EqualTo(new float[] { 2, 3 }));
            Assert.That(runtime.Read(runtime.Realize(assigned.Add(assigned), "CPU")), Is.EqualTo(new float[] { 4, 6 }), "not assigned again");
        });
        Graphs.Fails("TEN5001", () => runtime.Read(w));
    }

    [Test]
    public void AnAssignmentInsideAGraphIsDoneOnce()
    {
        using var runtime = Open();
        var w = runtime.BufferOn("CPU", 1, 2);
        var assigned = w.Assign(w.Add(Graphs.Full(1, 2)));
        Assert.That(runtime.Read(runtime.Realize(assigned.Mul(Graphs.Full(2, 2)), "CPU")), Is.EqualTo(new float[] { 4, 6 }));
        Assert.That(runtime.Read(runtime.Realize(assigned, "CPU")), Is.EqualTo(new float[] { 2, 3 }));
    }

    [Test]
    public void ProcessorsCopyToEachOther()
    {
        using var runtime = Open(new KeyValuePair<string, string?>("plugins:tenon.cpu:devices", "2"));
        var x = runtime.BufferOn("CPU", 1, 2, 3);
        var there = runtime.Realize(x.Add(x).To("CPU:1").Mul(Graphs.Full(5, 3)), "CPU:1");
        Assert.That(runtime.Read(there), Is.EqualTo(new float[] { 10, 20, 30 }));
        Graphs.Fails("TEN3015", () => runtime.Realize(x.Add(there), "CPU"));
    }

    [Test]
    public void ManyThreadsMayComputeWhileGarbageIsCollected()
    {
        using var runtime = Open();
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 4 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            var values = Enumerable.Range(i, 500 + i % 3 * 1000).Select(v => (float)v).ToArray();
            var x = runtime.BufferOn("CPU", values);
            var y = runtime.Realize(x.Mul(Graphs.Full(2, values.Length)), "CPU");
            var z = runtime.Realize(runtime.Realize(y.Add(x), "CPU").Add(y), "CPU");
            Assert.That(runtime.Read(z), Is.EqualTo(values.Select(v => 5 * v)));
        });
    }

    // Kernels large enough for several threads; values that several threads ask for at once; two runtimes, with two devices each.
    [Test]
    public void SeveralRuntimesDevicesAndThreadsMayCompute()
    {
        const int Size = 40_000;
        var runtimes = new[] { Open(new KeyValuePair<string, string?>("plugins:tenon.cpu:devices", "2")), Open(new KeyValuePair<string, string?>("plugins:tenon.cpu:devices", "2")) };
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var (runtime, device) = (runtimes[i / 2], i % 2 == 0 ? "CPU" : "CPU:1");
            var values = Enumerable.Range(0, Size).Select(v => (float)(v % 251)).ToArray();
            var x = runtime.BufferOn(device, values);
            Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 3 }, round =>
            {
                var shared = x.Add(Graphs.Full(round / 3, Size));
                var y = runtime.Realize(shared.Mul(x).Add(shared), device);
                Assert.That(runtime.Read(y).AsSpan().SequenceEqual([.. values.Select(v => (v + round / 3) * v + v + round / 3)]), $"{device}, round {round}");
            });
        });
        Array.ForEach(runtimes, r => r.Dispose());
        Assert.That(Core.Backend.HostThreads.Busy, Is.Zero);
    }

    [Test]
    public void NullGivesNaN()
    {
        using var runtime = Open();
        var x = runtime.BufferOn("NULL", 1, 2);
        Assert.That(runtime.Read(runtime.Realize(x.Add(x), "NULL")), Is.EqualTo(new[] { float.NaN, float.NaN }));
        Assert.That(runtime.Plugins.Plugins.Single(p => p.Id == "tenon.null").Notes.Where(n => n.Contains("not available")), Is.Empty, "it found the generator of its settings");
    }

    [Test]
    public void DevicesOfTwoPluginsCopyToEachOther()
    {
        using var runtime = Open();
        var x = runtime.BufferOn("CPU", 1, 2, 3);
        var there = runtime.Realize(x.To("NULL"), "NULL");
        var back = runtime.Realize(there.To("CPU").Mul(Graphs.Full(0, 3)), "CPU");
        Assert.That(runtime.Read(back), Is.All.NaN);
        Assert.That(runtime.Statistics.Copies, Is.EqualTo(2));
    }

    [Test]
    public void OneValueOnTwoDevicesIsComputedOnce()
    {
        using var runtime = Open(new KeyValuePair<string, string?>("plugins:tenon.cpu:devices", "2"));
        var x = runtime.BufferOn("CPU", 1, 2, 3);
        var y = x.Add(x);
        var results = runtime.Realize([(y, "CPU"), (y, "CPU:1"), (y, "CPU"), (y, "CPU:1")]);
        Assert.Multiple(() =>
        {
            Assert.That(results[0], Is.SameAs(results[2]));
            Assert.That(results[1], Is.SameAs(results[3]).And.Not.SameAs(results[0]));
            Assert.That(results.Select(runtime.Read), Has.All.EqualTo(new float[] { 2, 4, 6 }));
            Assert.That((runtime.Statistics.KernelsLaunched, runtime.Statistics.Copies), Is.EqualTo((1, 1)));
        });
    }

    [Test]
    public void ThreadsThatShareACacheOnDiskGiveRightResultsHoweverItIsDamaged()
    {
        var folder = Path.Combine(_root, "cache");
        Compute();
        var (schedules, kernels) = Compute();
        Assert.That((schedules, kernels), Is.EqualTo((0, 0)), "the second process makes nothing");
        var random = new Random(5);
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
        }

        Assert.That(Compute().Schedules, Is.GreaterThan(0));
        Assert.That(Compute(), Is.EqualTo((0, 0)), "all is mended");

        (long Schedules, long Kernels) Compute()
        {
            using var runtime = Open(new KeyValuePair<string, string?>("cache:folder", folder));
            Parallel.For(0, 48, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            {
                var values = Enumerable.Range(i, 64 * (1 + i % 6)).Select(v => v % 17f).ToArray();
                var x = runtime.BufferOn("CPU", values).Reshape(values.Length / 8, 8);
                var sum = UOp.New(Ops.Reduce, DType.Float32, [x], new ReduceArg(Ops.Add, new Axes(0)));
                var wide = UOp.New(Ops.Expand, DType.Float32, [sum, UOp.Index(values.Length / 8), UOp.Index(8)]);
                var y = runtime.Realize(UOp.New(Ops.Contiguous, DType.Float32, [wide.Add(x)]).Mul(x), "CPU");
                var sums = Enumerable.Range(0, 8).Select(c => values.Where((_, at) => at % 8 == c).Sum()).ToArray();
                Assert.That(runtime.Read(y), Is.EqualTo(values.Select((v, at) => (sums[at % 8] + v) * v)));
            });
            var s = runtime.Statistics;
            return (s.ScheduleMisses - s.SchedulesFromDisk, s.KernelsCompiled - s.DiskCacheHits);
        }
    }

    [Test]
    public void WithoutTheProcessorsFolderNullStillWorks()
    {
        var folder = Path.Combine(_root, "plugins", "cpu");
        Directory.Move(folder, folder + ".away");
        using (var without = Open())
        {
            Assert.That(without.Devices.Names, Is.EqualTo(new[] { "NULL", "INTERPRETER", "DISK" }));
            Assert.That(Graphs.Fails("TEN2201", () => without.Devices.Open("CPU")).Message, Does.Contain("TEN2002").And.Contain(folder));
            Assert.That(without.Devices.Open("NULL").Name, Is.EqualTo("NULL"));
        }

        Directory.Move(folder + ".away", folder);
        using var with = Open();
        Assert.That(with.Devices.Open("CPU").Name, Is.EqualTo("CPU"));
    }

    private TenonRuntime Open(params KeyValuePair<string, string?>[] overrides) =>
        new TenonRuntimeBuilder(TenonConfiguration.Load(Path.Combine(_root, TenonConfiguration.FileName), overrides)).Configure(o => o.Cache.Enabled = o.Cache.Folder is not null).Build();
}
