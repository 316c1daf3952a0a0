using Tenon.Runtime;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>The devices of this repository keep the contract, as far as this machine has them.</summary>
[NonParallelizable]
public sealed class DeviceTests
{
    [Test]
    public void Cpu() => Check("CPU", "CLR");

    // Each kernel takes a compiler of its own some time, so these are the cases that are about the language.
    [TestCase("Clang")]
    [TestCase("LLVM")]
    public void CpuWithOtherGenerators(string generator) =>
        Check("CPU", generator, "ops/float32x4/*", "ops/int8/*", "ops/uint64/*", "ops/bool/*", "control/literals/float32", "control/literals/int64", "control/gates/float32x4", "control/loops/nested", "control/loops/size that changes", "corpus/norms*");

    [Test]
    public void Disk() => Check("DISK", null);

    [Test]
    public void Interpreter() => Check("INTERPRETER", null, "open/c*", "memory*", "ops/float32/*", "ops/bfloat16x2/*", "ops/int64x2/*", "control*", "limits/lanes*", "queue*", "corpus/norms*");

    [TestCase("CL")]
    [TestCase("WEBGPU")]
    public void OtherDevices(string device) => Check(device, null, "open/c*", "memory*", "ops/float32/*", "ops/int32/*", "control/items*", "control/barriers*", "control/groups*", "corpus/matmul*", "limits*", "queue*", "features*");

    /// <summary>What a device compiles that runs nothing is legal for its target and within its limits; nothing is said of results.</summary>
    [TestCase("NULL")]
    [TestCase("NULL:CUDA:sm_90")]
    [TestCase("NULL:METAL")]
    [TestCase("NULL:WGSL")]
    public void DevicesThatRunNothing(string device)
    {
        var report = Check(device, null, inProcess: true, "open*", "memory*", "ops/float32*", "corpus*", "masks/vectors*", "masks/results");
        Assert.That(report.Results.Where(r => r.Name is "all" or "results").Select(r => (r.FullName, r.Outcome)), Is.EqualTo(new[] { "memory/all", "corpus/results", "masks/results" }.Select(n => (n, CaseOutcome.Skipped))));
        Assert.That(report.Notes, Has.Some.Contains("runs nothing"));
    }

    private static ConformanceReport Check(string device, string? generator, params string[] filters) => Check(device, generator, inProcess: false, filters);

    private static ConformanceReport Check(string device, string? generator, bool inProcess, params string[] filters)
    {
        var options = TenonConfiguration.Load(null, [new("cache:enabled", "false"), .. generator is null ? [] : new KeyValuePair<string, string?>[] { new("plugins:tenon.cpu:generator", generator) }]);
        Require(options, device);
        var report = ConformanceKit.Run(new ConformanceOptions
        {
            Device = device,
            Runtime = options,
            Quick = true,
            Deadline = TimeSpan.FromMinutes(10),
            InProcess = inProcess,
            Filters = filters.Length > 0 ? filters : ["open*", "memory*", "ops*", "control*", "corpus*", "limits*", "queue*", "features*", "masks/vectors*", "masks/I*"],
        });
        TestContext.Out.WriteLine(string.Join(", ", Enum.GetValues<CaseOutcome>().Select(o => $"{o} {report.Count(o)}")));
        Assert.That(report.Results.Where(r => r.IsFailure).Select(r => $"{r.FullName}: {r.Message}"), Is.Empty);
        Assert.That(report.Count(CaseOutcome.Passed), Is.GreaterThan(20));
        Assert.That(report.Generator, generator is null ? Is.Not.EqualTo("none") : Is.EqualTo(generator));
        return report;
    }

    private static void Require(RuntimeOptions options, string device)
    {
        try
        {
            using var runtime = new TenonRuntimeBuilder(options).Build();
            runtime.Devices.Open(device);
        }
        catch (TenonException e)
        {
            Assert.Ignore($"This machine has no {device}: {e.Message}");
        }
    }
}
