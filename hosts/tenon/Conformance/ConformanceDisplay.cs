using Spectre.Console;
using Tenon.Sdk.Conformance;

namespace Tenon.Cli.Conformance;

/// <summary>Shows how a run of the conformance kit goes, and what it has found.</summary>
internal static class ConformanceDisplay
{
    private const int MostFailures = 60;
    private const int WidthWithMeanings = 120;
    private static readonly (string Name, CaseOutcome Outcome, bool IsUsual)[] Columns =
    [
        ("passed", CaseOutcome.Passed, true),
        ("failed", CaseOutcome.Failed, true),
        ("ended", CaseOutcome.Ended, false),
        ("passed unexpectedly", CaseOutcome.UnexpectedPass, false),
        ("expected", CaseOutcome.Expected, true),
        ("skipped", CaseOutcome.Skipped, true),
    ];

    /// <summary>Tests a device and prints the report.</summary>
    public static ConformanceReport Run(ConformanceOptions options)
    {
        var report = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? AnsiConsole.Status().Start($"{options.Device}: open", status => Run(options, text => status.Status(text)))
            : Run(options, _ => { }, Console.Error.WriteLine);
        Print(report);
        return report;
    }

    // Where a line can't be written over, there is one for each group.
    private static ConformanceReport Run(ConformanceOptions options, Action<string> show, Action<string>? log = null)
    {
        var (done, failed, group) = (0, 0, "");
        return ConformanceKit.Run(options, result =>
        {
            if (result.Group != group)
            {
                group = result.Group;
                log?.Invoke($"{options.Device}: {done} cases, {failed} failures; {group}");
            }

            failed += result.IsFailure ? 1 : 0;
            show($"{options.Device}: {++done} cases, {failed} failures; {result.FullName.EscapeMarkup()}");
        });
    }

    private static void Print(ConformanceReport report)
    {
        var title = $"{report.Device}{(report.Generator is null ? "" : $" / {report.Generator}")}  {report.DisplayName}  {report.Plugin}  contract {report.Contract}";
        AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]");
        AnsiConsole.Write(TableOf(report, AnsiConsole.Profile.Width >= WidthWithMeanings));
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

    private static Table TableOf(ConformanceReport report, bool hasMeanings)
    {
        var columns = Columns.Where(c => c.IsUsual || report.Count(c.Outcome) > 0).ToList();
        var table = new Table().Border(TableBorder.Rounded).AddColumn("group");
        if (hasMeanings)
        {
            table.AddColumn("about");
        }

        foreach (var name in columns.Select(c => c.Name).Append("seconds"))
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (group, meaning) in ConformanceKit.Groups.Where(g => report.Results.Any(r => r.Group == g.Name)))
        {
            Add(group, meaning, group);
        }

        Add("[bold]all[/]", "", null);
        return table;

        void Add(string title, string meaning, string? group) =>
            table.AddRow([title, .. hasMeanings ? [meaning] : Array.Empty<string>(), .. columns.Select(c => Cell(c.Outcome, report.Count(c.Outcome, group))), $"{report.Results.Where(r => group is null || r.Group == group).Sum(r => r.Seconds):0.0}"]);
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
