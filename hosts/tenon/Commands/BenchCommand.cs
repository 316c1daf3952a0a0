using System.CommandLine;
using Spectre.Console;
using Tenon.Cli.Bench;
using Tenon.Cli.Output;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon bench</c>: times single kernels on a device.</summary>
internal static class BenchCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global)
    {
        var json = CommonOptions.Json();
        var command = new Command("bench", "Time single kernels: matrix products, convolution, softmax, elementwise.") { json };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var device = runtime.Devices.Open(runtime.Devices.Default);
            var report = new BenchReport(device.Name, device.Generator.Name, [.. KernelBenchmark.All.Select(b => b.Run(runtime))]);
            Print(report);
            JsonReport.Write(parsed.GetValue(json), report);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(BenchReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Kernel");
        foreach (var name in new[] { "ms", "GFLOPS", "GB/s" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var r in report.Results)
        {
            table.AddRow(r.Name, Number(r.Milliseconds, "0.000"), r.Gflops is { } g ? Number(g, "0.0") : "", Number(r.GigabytesPerSecond, "0.0"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"Device {report.Device}, generator {report.Generator}; the median of warm runs.");
    }

    private static string Number(double value, string format) => value.ToString(format);
}

/// <summary>What <c>tenon bench</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record BenchReport(string Device, string Generator, IReadOnlyList<KernelResult> Results);
