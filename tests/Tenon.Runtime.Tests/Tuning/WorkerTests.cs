using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Runtime.Tests.Tuning;

/// <summary>Candidates that fail are rejected, and the search goes on.</summary>
public sealed class WorkerTests
{
    private TenonRuntime _runtime = null!;
    private StringWriter _log = null!;
    private HangClock _clock = null!;

    private SearchOptions Options => new() { Clock = _clock, TimedPerStep = 6, MaxSteps = 1, Threads = 2 };

    private OpenedDevice Device => _runtime.Devices.Open("FAULTY");

    [SetUp]
    public void Open()
    {
        _clock = new HangClock();
        var options = new RuntimeOptions { DebugWriter = _log = new StringWriter() };
        options.Cache.Enabled = false;
        _runtime = new TenonRuntimeBuilder(options).AddPlugin("faulty", new FaultyPlugin()).Build();
    }

    [TearDown]
    public void Close()
    {
        _runtime.Dispose();
        _clock.Dispose();
    }

    [Test]
    public void EachWayToFailHasItsReason()
    {
        var kernel = Kernel(120);
        using var workers = Workers();
        var timer = workers.Open(kernel, Device, Options);
        Assert.That(workers.IsIsolated, _log.ToString());
        var candidates = new[] { 2, 3, 4, 5, 6, 7, 8, 9, 10, 12 }.Select(copies => Candidate(kernel, copies)).ToList();
        timer.Load(candidates, default);
        foreach (var candidate in candidates.Where(c => c.Rejection is null))
        {
            timer.Time(candidate, double.PositiveInfinity);
        }

        string Outcome(int copies) => candidates.Single(c => c.Number == copies).Rejection?.Reason.ToString() ?? "timed";
        Assert.Multiple(() =>
        {
            Assert.That(Outcome((int)Fault.CrashWhenRun), Is.EqualTo("Crash"));
            Assert.That(Outcome((int)Fault.HangWhenRun), Is.EqualTo("Timeout"));
            Assert.That(Outcome((int)Fault.WrongResult), Is.EqualTo("WrongResult"));
            Assert.That(Outcome((int)Fault.CrashWhenCompiled), Is.EqualTo("Crash"));
            Assert.That(Outcome((int)Fault.HangWhenCompiled), Is.EqualTo("Timeout"));
            Assert.That(Outcome((int)Fault.OutOfMemory), Is.EqualTo("OutOfMemory"));
            Assert.That(Outcome((int)Fault.FailWhenCompiled), Is.EqualTo("CompileError"));
            Assert.That(Outcome((int)Fault.FailWhenRun), Is.EqualTo("Crash"));
            Assert.That(Outcome(8), Is.EqualTo("timed"));
            Assert.That(Outcome(12), Is.EqualTo("timed"));
            Assert.That(candidates.Single(c => c.Number == (int)Fault.CrashWhenRun).Rejection!.Detail, Does.Contain("the program is broken"), "what it printed is part of the reason");
        });
        Assert.That(timer.Compare([.. candidates.Where(c => c.IsTimed)]), Has.Count.EqualTo(2).And.All.Positive);
    }

    [Test]
    public void ASearchSurvivesItsCandidates()
    {
        var reported = new List<SearchCandidate>();
        var (_, result) = _runtime.Tuning.Search(Kernel(4096), Device, Options, reported.Add, default);
        Assert.That(result.Seconds, Is.Positive);
        Assert.That(result.Tried, Is.EqualTo(result.Timed + result.Rejected.Values.Sum()).And.EqualTo(reported.Count));
        if (result.Rejected.ContainsKey(RejectReason.WrongResult))
        {
            Assert.That(_log.ToString(), Does.Contain("WRONG RESULT"), "whatever is asked to be printed");
        }
    }

    [Test]
    public void WithoutAWorkerItIsDoneInProcessAndSaid()
    {
        var options = new RuntimeOptions { DebugWriter = _log };
        options.Cache.Enabled = false;
        using var runtime = new TenonRuntimeBuilder(options).AddPlugin("faulty", new Unmakeable(new FaultyPlugin())).Build();
        using var workers = new TuningWorkers(options, [new PluginRegistration("faulty", new Unmakeable(new FaultyPlugin()))], new CompilerOptions(), new DebugLog(options, null));
        var kernel = Kernel(120);
        var timer = workers.Open(kernel, runtime.Devices.Open("FAULTY"), Options);
        var candidate = Candidate(kernel, 8);
        timer.Load([candidate], default);
        timer.Time(candidate, double.PositiveInfinity);
        Assert.That(candidate.IsTimed);
        Assert.That(workers.IsIsolated, Is.False);
        Assert.That(_log.ToString(), Does.Contain("in this process").And.Contain("faulty"));
    }

    private TuningWorkers Workers()
    {
        var plugins = new[] { new PluginRegistration("faulty", new FaultyPlugin()) };
        return new TuningWorkers(_runtime.Options, plugins, new CompilerOptions(), new DebugLog(_runtime.Options, null));
    }

    // a + b.
    private UOp Kernel(int size)
    {
        var (a, b) = (_runtime.CreateBuffer(DType.Float32, size, "FAULTY"), _runtime.CreateBuffer(DType.Float32, size, "FAULTY"));
        return _runtime.Schedule([(a.Add(b), "FAULTY")]).Calls.Single().Kernel!;
    }

    // The number is that of its stores.
    private SearchCandidate Candidate(UOp kernel, int copies) => new()
    {
        Number = copies,
        Step = 1,
        Opts = [new Opt(OptKind.Unroll, 0, copies)],
        Program = KernelCompiler.Compile(kernel, Device.Capabilities, Device.Generator.Target, new CompilerOptions { Opts = [new Opt(OptKind.Unroll, 0, copies)] }),
    };

    private sealed class Unmakeable(IBackendPlugin inner) : IBackendPlugin
    {
        public IReadOnlyList<DeviceDescription> EnumerateDevices(BackendHost host) => inner.EnumerateDevices(host);

        public Device Open(DeviceDescription device, BackendHost host) => inner.Open(device, host);
    }
}
