using System.Diagnostics;
using System.Text.Json;

namespace Tenon.Benchmarks;

/// <summary>What tinygrad takes for the same step, in a process of its own.</summary>
/// <param name="Total">Milliseconds; of a run that did not end, those until it was stopped.</param>
/// <param name="Note">What they are made of.</param>
internal sealed record TinygradPeer(double Total, string Note)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Milliseconds that it takes to read a model and to run it for the first time on its CPU; null if it can't, for which it has said why.</summary>
    public static double? FirstRun(DirectoryInfo checkout, ModelFolder model, int threads)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(AppContext.BaseDirectory, "peers", "tinygrad_onnx.py"), checkout.FullName, model.Path]) { RedirectStandardOutput = true };
        start.Environment["DEV"] = "CPU";
        start.Environment["CPU_COUNT"] = $"{threads}";
        start.Environment["CACHELEVEL"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? 1000 * JsonSerializer.Deserialize<Dictionary<string, double>>(output.Trim().Split('\n')[^1])!.Values.Sum()
            : null;
    }

    public static TinygradPeer Measure(DirectoryInfo checkout, string workload)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "peers", "tinygrad_engine.py");
        var start = new ProcessStartInfo("python3", [script, checkout.FullName, workload]) { RedirectStandardOutput = true };
        start.Environment["DEV"] = "NULL";
        start.Environment["CACHELEVEL"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var clock = Stopwatch.StartNew();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            return new TinygradPeer(clock.ElapsedMilliseconds, $"had not ended after {Patience.TotalSeconds} s: more than");
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"tinygrad failed on {workload} (exit code {process.ExitCode}).");
        }

        var times = JsonSerializer.Deserialize<Dictionary<string, double>>(output.Result.Trim().Split('\n')[^1])!;
        return new TinygradPeer(1000 * (times["build"] + times["schedule"] + times["lower"]), $"build {times["build"]:0.0} s, schedule {times["schedule"]:0.0} s, lower {times["lower"]:0.0} s, {times["kernels"]} kernels;");
    }
}
