using System.Globalization;
using Spectre.Console;
using Tenon.Compiler;
using Tenon.Runtime;

namespace Tenon.Cli.Tune;

/// <summary>Shows how a search goes: a live table on a terminal, a line for each kernel elsewhere; then all of it as a table.</summary>
internal static class TuneDisplay
{
    // The kernels that were finished last.
    private const int Rows = 12;

    /// <summary>Searches and shows it.</summary>
    public static TuningReport Run(Tuner tuner, IReadOnlyList<TuningTask> tasks, CancellationToken interrupt)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            return tuner.Run(tasks, null, t => Console.WriteLine(Describe(t)), interrupt);
        }

        var finished = new List<TunedTask>();
        TuningReport? report = null;
        AnsiConsole.Live(new Text("")).AutoClear(true).Start(context =>
        {
            var shown = DateTime.MinValue;
            report = tuner.Run(tasks, Show, finished.Add, interrupt);

            void Show(TuningProgress p)
            {
                if (p.Tried > 0 && DateTime.UtcNow - shown < TimeSpan.FromMilliseconds(100))
                {
                    return;
                }

                shown = DateTime.UtcNow;
                var table = TableOf();
                finished.TakeLast(Rows).ToList().ForEach(t => AddRow(table, t));
                table.AddRow(
                    new Text($"{p.Index + 1}/{p.Count} {p.Task.Name}"), Cell($"{p.Task.Calls}"), Cell(Microseconds(p.HeuristicSeconds)), Cell(Microseconds(p.BestSeconds)),
                    Cell(Times(p.HeuristicSeconds / p.BestSeconds)), Cell($"{p.Tried}"), Cell($"{p.Timed}"), Cell(PerSecond(p.Tried, p.ElapsedSeconds)));
                context.UpdateTarget(table);
                context.Refresh();
            }
        });
        return report!;
    }

    /// <summary>Prints the results.</summary>
    public static void Print(TuningReport report)
    {
        var table = TableOf();
        foreach (var task in report.Kernels.Where(k => k.Result is not null))
        {
            AddRow(table, task);
        }

        var seconds = report.Kernels.Sum(k => k.Result?.SearchSeconds ?? 0);
        table.AddEmptyRow();
        table.AddRow(
            new Text("all calls"), Cell($"{report.Kernels.Sum(k => k.Calls)}"), Cell(Microseconds(report.HeuristicSeconds)), Cell(Microseconds(report.Seconds)), Cell(Times(report.Speedup)),
            Cell($"{report.Tried}"), Cell($"{report.Timed}"), Cell(PerSecond(report.Tried, seconds)));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{report.Tried} candidates: {report.Timed} timed{string.Concat(report.Rejected.Select(r => $", {r.Value} {Describe(r.Key)}"))}.");
        AnsiConsole.WriteLine(report.IsIsolated ? "Candidates ran in a process of their own." : "Candidates ran in this process.");
        foreach (var left in report.Kernels.Where(k => k.Error is not null).GroupBy(k => k.Error!))
        {
            AnsiConsole.WriteLine($"Not searched for: {string.Join(", ", left.Take(3).Select(k => k.Kernel))}{(left.Count() > 3 ? $" and {left.Count() - 3} more" : "")}: {left.Key}");
        }

        if (report.Rejected.TryGetValue(RejectReason.WrongResult, out var wrong))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{wrong} candidates computed something else than the plain program and were not used. This is a defect; please report it with --log.[/]");
        }
    }

    private static string Describe(TunedTask t) => t.Result is { } r
        ? $"{t.Kernel}: {Microseconds(r.HeuristicSeconds)} us by the heuristic, {Microseconds(r.Seconds)} us at best, {Times(r.Speedup)}; {r.Tried} candidates, {r.Timed} timed, {PerSecond(r.Tried, r.SearchSeconds)}/s"
        : $"{t.Kernel}: {t.Error}";

    private static string Describe(RejectReason reason) => reason switch
    {
        RejectReason.Illegal => "not legal",
        RejectReason.Duplicate => "tried before",
        RejectReason.TooManyAccumulators => "with too many accumulators",
        RejectReason.TooLong => "too long",
        RejectReason.Estimate => "worse by estimate",
        RejectReason.CompileError => "not compiled",
        RejectReason.Slower => "much slower",
        RejectReason.WrongResult => "with wrong results",
        RejectReason.Crash => "crashed",
        RejectReason.Timeout => "timed out",
        RejectReason.OutOfMemory => "out of memory",
        RejectReason.OverBudget => "over the budget",
        _ => reason.ToString(),
    };

    private static Table TableOf()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Kernel");
        foreach (var name in new[] { "Calls", "Heuristic us", "Best us", "Speed-up", "Tried", "Timed", "/s" })
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        return table;
    }

    private static void AddRow(Table table, TunedTask t)
    {
        if (t.Result is { } r)
        {
            table.AddRow(
                new Text(t.Kernel), Cell($"{t.Calls}"), Cell(Microseconds(r.HeuristicSeconds)), Cell(Microseconds(r.Seconds)), Cell(Times(r.Speedup)),
                Cell($"{r.Tried}"), Cell($"{r.Timed}"), Cell(PerSecond(r.Tried, r.SearchSeconds)));
        }
    }

    private static Text Cell(string text) => new(text);

    private static string Microseconds(double? seconds) => seconds is { } s ? (s * 1e6).ToString(s < 1e-6 ? "0.00" : s < 1e-4 ? "0.0" : "0", CultureInfo.InvariantCulture) : "";

    private static string Times(double? factor) => factor is { } f && double.IsFinite(f) ? $"{f.ToString("0.00", CultureInfo.InvariantCulture)} ×" : "";

    private static string PerSecond(int n, double seconds) => seconds > 0 ? (n / seconds).ToString("0", CultureInfo.InvariantCulture) : "";
}
