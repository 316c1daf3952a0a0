using System.CommandLine;
using Spectre.Console;
using Tenon.Cli.Output;
using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon cache</c>: what is kept on disk between processes.</summary>
internal static class CacheCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global) => new("cache", "Show or delete the schedules and kernels that are kept on disk.")
    {
        CreateInfo(global),
        CreateClear(global),
    };

    private static Command CreateInfo(GlobalOptions global)
    {
        var json = CommonOptions.Json();
        var command = new Command("info", "Show the folder and what is in it.") { json };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var report = Report(runtime.Options.Cache);
            Print(report);
            JsonReport.Write(parsed.GetValue(json), report);
        });
        return command;
    }

    private static Command CreateClear(GlobalOptions global)
    {
        var json = CommonOptions.Json();
        var command = new Command("clear", "Delete what is in the folder; programs that run meanwhile make again what they miss.") { json };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            runtime.Options.Cache.Clear();
            var report = Report(runtime.Options.Cache);
            Print(report);
            JsonReport.Write(parsed.GetValue(json), report);
        });
        return command;
    }

    private static CacheReport Report(CacheOptions cache) =>
        new(cache.ResolveFolder(), cache.MaxBytes, [.. cache.Measure().Select(u => new CacheReportEntry(u.Kind, u.Files, u.Bytes))]);

    private static void Print(CacheReport report)
    {
        if (report.Folder is null)
        {
            AnsiConsole.WriteLine("The cache is off.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("Kept", "Files", "MB");
        foreach (var e in report.Entries)
        {
            table.AddRow(e.Kind, $"{e.Files}", $"{e.Bytes / 1e6:0.0}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"{report.Folder}, at most {report.MaxBytes / 1e6:0} MB");
    }

    private sealed record CacheReport(string? Folder, long MaxBytes, IReadOnlyList<CacheReportEntry> Entries);

    private sealed record CacheReportEntry(string Kind, int Files, long Bytes);
}
