using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Tenon.Runtime;

namespace Tenon.Onnx.Tests.Backend;

/// <summary>
/// ONNX's own backend tests. <c>TENON_ONNX_TESTS</c> names another zip of the same form, <c>TENON_DEVICE</c> another device to run all of them on,
/// <c>TENON_ONNX_FILTER</c> parts of the names of the cases to run, between commas, in an inner loop.
/// </summary>
public sealed class BackendTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private sealed record Verdict(string Name, string Result, double Seconds, string? Reason);

    [Test]
    public void EveryCasePassesOrIsAKnownFailure() => Run(Environment.GetEnvironmentVariable("TENON_DEVICE"), 1);

    /// <summary>Drivers take long to compile a kernel: each so-manieth case must do. TENON_DEVICE runs all.</summary>
    [TestCase("CL", 8)]
    [TestCase("WEBGPU", 24)]
    public void SomeCasesPassOnOtherDevices(string device, int step)
    {
        if (!TenonRuntime.Default.Devices.Names.Contains(device))
        {
            Assert.Ignore($"This machine has no device {device}. {string.Join(" ", TenonRuntime.Default.Plugins.Plugins.Where(p => p.Devices.Count == 0).SelectMany(p => p.Notes))}");
        }

        Run(device, step);
    }

    private static void Run(string? device, int step)
    {
        if ((Environment.GetEnvironmentVariable("TENON_ONNX_TESTS") ?? SharedData.Find("onnx-backend-tests.zip")) is not { } zip)
        {
            Assert.Ignore("ONNX's backend tests are not here: no shared/data/onnx-backend-tests.zip in a folder above, and TENON_ONNX_TESTS is not set.");
            return;
        }

        var filter = Environment.GetEnvironmentVariable("TENON_ONNX_FILTER");
        var cases = BackendCase.ReadAll(zip).Where((c, i) => filter is null ? i % step == 0 : filter.Split(',').Any(f => c.Name.Contains(f, StringComparison.Ordinal))).ToList();
        var verdicts = new ConcurrentBag<Verdict>();
        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, c => verdicts.Add(Judge(c, device)));

        var ordered = verdicts.OrderBy(v => v.Name, StringComparer.Ordinal).ToList();
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"onnx-backend-results{(step == 1 ? "" : "-" + device)}.json");
        File.WriteAllText(path, JsonSerializer.Serialize(ordered, Indented));
        var passed = ordered.Count(v => v.Result == "pass");
        var least = device is null ? 0.98 : 0.95;
        TestContext.Out.WriteLine($"{passed} of {ordered.Count} cases pass ({100.0 * passed / ordered.Count:F1} %). Verdicts: {path}");

        var known = ExpectedFailures.Read(device);
        var failures = ordered.Where(v => v.Result != "pass" && !known.ContainsKey(v.Name)).Select(v => $"{v.Name}: {v.Reason}").ToList();
        var surprises = ordered.Where(v => v.Result == "pass" && known.TryGetValue(v.Name, out var k) && !k.MayPass).Select(v => $"{v.Name} passes, but is among the expected failures; take it out.").ToList();
        Assert.Multiple(() =>
        {
            Assert.That(failures, Is.Empty, string.Join('\n', failures));
            Assert.That(surprises, Is.Empty, string.Join('\n', surprises));
            Assert.That(filter is not null || step > 1 || passed >= least * ordered.Count, $"{passed} of {ordered.Count} cases pass. Expected {least:P0}.");
        });
    }

    private static Verdict Judge(BackendCase c, string? device)
    {
        var start = Stopwatch.GetTimestamp();
        string? reason = null;
        try
        {
            c.Run(device);
        }
        catch (Exception e)
        {
            reason = e is TenonException or InvalidDataException ? e.Message : e.ToString();
        }

        return new Verdict(c.Name, reason is null ? "pass" : "fail", Stopwatch.GetElapsedTime(start).TotalSeconds, reason);
    }
}
