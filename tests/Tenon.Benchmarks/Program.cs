using System.Text.Json;
using Spectre.Console;
using Tenon.Benchmarks;
using Tenon.Cli.Bench;
using Tenon.Runtime;

if (ColdStart.TryRunChild(args))
{
    return 0;
}

if (args is ["start"])
{
    foreach (var e in EagerLatency.Measure("CPU", "NULL"))
    {
        Console.WriteLine($"{e.Device,-10} {e.Operation,-24} median {e.Median:0.0} us, p90 {e.P90:0.0} us, {e.AllocatedBytes:0} bytes");
    }

    Console.WriteLine(ColdStart.Measure());
    return 0;
}

if (args is not ([] or ["--json", _]))
{
    Console.Error.WriteLine("Usage: Tenon.Benchmarks [--json PATH]");
    return 2;
}

var results = new List<Result>();
AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);

// The compiler first, while nothing is warm.
var cold = CompileTime.Measure();
var warm = Enumerable.Range(0, 5).Select(_ => CompileTime.Measure()).OrderBy(t => t.Schedule + t.Lower).ElementAt(2);
Add("ResNet-50 forward, batch 64, NULL: kernels", warm.Kernels, "kernels", $"{warm.DifferentKernels} different");
Add("  schedule + lower, first in the process", cold.Schedule + cold.Lower, "ms", $"schedule {cold.Schedule:0.0}, lower {cold.Lower:0.0}");
Add("  schedule + lower, warm", warm.Schedule + warm.Lower, "ms", $"schedule {warm.Schedule:0.0}, lower {warm.Lower:0.0}");
Add("  first realize, warm", warm.Realize, "ms", $"schedule, lower and render as the runtime does");

var (nodes, rate) = RewriteThroughput.Measure();
Add("rewrite", rate, "nodes/s", $"simplifier over {nodes} nodes of index arithmetic");

var peak = FmaPeak.Measure();
var bandwidth = CopyBandwidth.Measure();
Add("FMA peak", peak, "GFLOPS", $"{Environment.ProcessorCount} threads, {FmaPeak.VectorBits}-bit vectors");
Add("copy bandwidth", bandwidth, "GB/s", $"read + written, all threads");

using (var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load()).Build())
{
    TenonRuntime.Default = runtime;
    var device = runtime.Devices.Open(runtime.Devices.Default);
    foreach (var n in new[] { 512, 1024, 2048 })
    {
        var gflops = KernelBenchmark.Sgemm(n).Run(runtime).Gflops!.Value;
        Add($"sgemm {n}, {device.Name} {device.Generator.Name}", gflops, "GFLOPS", $"{gflops / peak:P0} of the FMA peak");
    }

    foreach (var benchmark in KernelBenchmark.All.Where(b => !b.Name.StartsWith("sgemm", StringComparison.Ordinal)))
    {
        var result = benchmark.Run(runtime);
        var speed = result.Gflops is { } g ? $"{g:0.0} GFLOPS" : $"{result.GigabytesPerSecond:0.0} GB/s, {result.GigabytesPerSecond / bandwidth:P0} of copy bandwidth";
        Add($"{benchmark.Name}, {device.Name} {device.Generator.Name}", result.Milliseconds, "ms", speed);
    }
}

var table = new Table().Border(TableBorder.Markdown).AddColumn("what").AddColumn(new TableColumn("figure").RightAligned()).AddColumns("unit", "note");
foreach (var r in results)
{
    table.AddRow(r.Name.EscapeMarkup(), r.Value.ToString(r.Value < 100 ? "0.00" : "0"), r.Unit, r.Note.EscapeMarkup());
}

AnsiConsole.Write(table);
if (args is ["--json", var path])
{
    File.WriteAllText(path, JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase }));
}

return 0;

void Add(string name, double value, string unit, string note)
{
    results.Add(new Result(name.Trim(), value, unit, note));
    Console.Error.WriteLine($"{name.Trim()}: {value.ToString("0.##")} {unit}");
}

internal sealed record Result(string Name, double Value, string Unit, string Note);
