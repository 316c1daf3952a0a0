using Spectre.Console;
using Tenon.Sdk.Conformance;

namespace Tenon.Cli.Conformance;

/// <summary>Shows how a run of the conformance kit goes, and what it has found.</summary>
internal static class ConformanceDisplay
{
    private const int MostFailures = 60;
    private static readonly CaseOutcome[] Columns = [CaseOutcome.Passed, CaseOutcome.Failed, CaseOutcome.Ended, CaseOutcome.UnexpectedPass, CaseOutcome.Expected, CaseOutcome.Skipped];

    /// <summary>Tests a device and prints the report.</summary>
    public static ConformanceReport Run(ConformanceOptions options)
    {
        var report = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? AnsiConsole.Status().Start($"{options.Device}: open", status => Run(options, text => status.Status(text)))
            : Run(options, _ => { });
        Print(report);
        return report;
    }

    private static ConformanceReport Run(ConformanceOptions options, Action<string> show)
    {
        var (done, failed) = (0, 0);
        return ConformanceKit.Run(options, result =>
        {
            failed += result.IsFailure ? 1 : 0;
            show($"{options.Device}: {++done} cases, {failed} failures; {result.FullName.EscapeMarkup()}");
        });
    }

    private static void Print(ConformanceReport report)
    {
        var title = $"{report.Device}{(report.Generator is null ? "" : $" / {report.Generator}")}  {report.DisplayName}  {report.Plugin}  contract {report.Contract}";
        AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]");
        var table = new Table().Border(TableBorder.Rounded).AddColumn("group").AddColumn("about");
        foreach (var name in new[] { "passed", "failed", "ended", "passed unexpectedly", "expected", "skipped", "seconds" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (group, meaning) in ConformanceKit.Groups.Where(g => report.Results.Any(r => r.Group == g.Name)))
        {
            table.AddRow([group, meaning, .. Columns.Select(c => Cell(c, report.Count(c, group))), $"{report.Results.Where(r => r.Group == group).Sum(r => r.Seconds):0.0}"]);
        }

        table.AddRow(["[bold]all[/]", "", .. Columns.Select(c => Cell(c, report.Count(c))), $"{report.Results.Sum(r => r.Seconds):0.0}"]);
        AnsiConsole.Write(table);
        PrintFailures(report);
        foreach (var (reason, count) in report.Results.Where(r => r.Outcome == CaseOutcome.Skipped).GroupBy(r => (r.Group, r.Message)).Select(g => ($"{g.Key.Group}: {g.Key.Message}", g.Count())))
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]skipped {count} of {reason}[/]");
        }

        foreach (var note in report.Notes)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]{note}[/]");
        }
    }

    private static void PrintFailures(ConformanceReport report)
    {
        foreach (var r in report.Results.Where(r => r.Outcome == CaseOutcome.Expected))
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]expected {r.FullName}: {r.Message}[/]");
        }

        var failures = report.Results.Where(r => r.IsFailure).ToList();
        foreach (var r in failures.Take(MostFailures))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{r.Outcome}[/] {r.FullName}: {r.Message}");
        }

        if (failures.Count > MostFailures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]… and {failures.Count - MostFailures} more: see --json or --junit.[/]");
        }
    }

    private static string Cell(CaseOutcome outcome, int count) => count == 0 ? "[grey]0[/]" : outcome switch
    {
        CaseOutcome.Passed => $"[green]{count}[/]",
        CaseOutcome.Failed or CaseOutcome.Ended or CaseOutcome.UnexpectedPass => $"[red]{count}[/]",
        _ => $"{count}",
    };
}
