using System.Globalization;
using Spectre.Console;
using Tenon.Runtime;

namespace Tenon.Cli.Explain;

/// <summary>Prints a trace: stages, the rules of each, kernels, and rewrites if they are asked for.</summary>
/// <param name="trace">What to print.</param>
/// <param name="rows">Rows of each table, the largest first.</param>
internal sealed class ExplainDisplay(TraceReport trace, int rows)
{
    /// <summary>Everything.</summary>
    public void Print()
    {
        PrintStages();
        foreach (var stage in trace.Rules.GroupBy(r => r.Stage).Where(g => g.Any(r => r.Fired > 0)))
        {
            PrintRules(stage.Key, [.. stage]);
        }

        PrintKernels();
    }

    /// <summary>Rewrites, one by one.</summary>
    public void PrintRewrites()
    {
        foreach (var rewrite in trace.Rewrites.Take(rows))
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{rewrite.Rule}[/] in {rewrite.Stage}{(rewrite.Kernel is null ? "" : $" of {rewrite.Kernel}")}");
            AnsiConsole.Write(new Padder(new Rows(new Text(rewrite.Before), new Text("→ " + rewrite.After)), new Spectre.Console.Padding(2, 0, 0, 1)));
        }

        var left = trace.Rewrites.Count - rows;
        AnsiConsole.WriteLine(trace.Rewrites.Count == 0 ? "No rewrite fits." : left > 0 ? $"{left:N0} more are recorded: --top shows more." : "");
    }

    private void PrintStages()
    {
        var total = trace.Stages.Sum(s => s.OwnSeconds);
        var table = TableOf("Stage", "Runs", "ms", "Own ms", "Share", "Rewrites", "Nodes");
        foreach (var stage in Ordered([.. trace.Stages.Select(s => s.Stage).Distinct()]))
        {
            StageTrace[] runs = [.. trace.Stages.Where(s => s.Stage == stage)];
            var depth = stage.Count(c => c == '/');
            var (before, after) = (runs.Sum(s => s.NodesBefore), runs.Sum(s => s.NodesAfter));
            table.AddRow(
                Cell(new string(' ', 2 * depth) + stage[(stage.LastIndexOf('/') + 1)..]),
                Cell($"{runs.Sum(s => s.Runs):N0}"), Cell(Milliseconds(runs.Sum(s => s.Seconds))), Cell(Milliseconds(runs.Sum(s => s.OwnSeconds))),
                Cell(Share(runs.Sum(s => s.OwnSeconds), total)), Cell($"{trace.Rules.Where(r => r.Stage == stage).Sum(r => r.Fired):N0}"),
                Cell(runs.Any(s => s.NodesAfter is not null) ? $"{before:N0} → {after:N0}" : ""));
        }

        table.AddEmptyRow();
        table.AddRow(Cell("total"), Cell(""), Cell(""), Cell(Milliseconds(total)), Cell(""), Cell($"{trace.Rules.Sum(r => r.Fired):N0}"), Cell(""));
        AnsiConsole.Write(table);
    }

    // As they began, each followed by those within it.
    private static IEnumerable<string> Ordered(string[] names)
    {
        IEnumerable<string> Within(string prefix) => names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && !n[prefix.Length..].Contains('/')).SelectMany(n => Within(n + "/").Prepend(n));
        var tops = names.Where(n => !Array.Exists(names, other => n.StartsWith(other + "/", StringComparison.Ordinal)));
        return tops.SelectMany(n => Within(n + "/").Prepend(n)).Distinct();
    }

    private void PrintRules(string stage, RuleTrace[] rules)
    {
        var total = rules.Sum(r => r.Fired);
        var sums = rules.GroupBy(r => (r.Rule, r.Text))
            .Select(g => (g.Key.Rule, g.Key.Text, Fired: g.Sum(r => r.Fired), Tried: g.Sum(r => r.Tried), Seconds: g.Sum(r => r.Seconds)))
            .Where(r => r.Fired > 0).OrderByDescending(r => r.Fired).ThenBy(r => r.Rule, StringComparer.Ordinal).ToList();
        string[] columns = ["Rule", "Fired", "Share", "Tried", "ms", "How it is written"];
        List<string[]> cells = [.. sums.Take(rows).Select(r => new[] { r.Rule, $"{r.Fired:N0}", Share(r.Fired, total), $"{r.Tried:N0}", Milliseconds(r.Seconds), r.Text })];

        // The last column gets what the others leave.
        var left = AnsiConsole.Profile.Width - 4 - Enumerable.Range(0, columns.Length - 1).Sum(i => 2 + cells.Append(columns).Max(c => c[i].Length));
        var table = TableOf(columns);
        foreach (var row in cells)
        {
            row[^1] = row[^1].Length <= left ? row[^1] : row[^1][..Math.Max(0, left - 1)] + "…";
            table.AddRow(row.Select(Cell));
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{stage}[/]: {Count(total, "rewrite")} by {Count(sums.Count, "rule")}{(sums.Count > rows ? $", the first {rows}" : "")}");
        AnsiConsole.Write(table);
    }

    private void PrintKernels()
    {
        var kernels = trace.Stages.Where(s => s.Kernel is not null).GroupBy(s => s.Kernel!).Where(g => g.Any(s => s.Stage == "lower")).ToList();
        if (kernels.Count == 0)
        {
            return;
        }

        var fired = trace.Rules.Where(r => r.Kernel is not null).GroupBy(r => r.Kernel!).ToDictionary(g => g.Key, g => g.Sum(r => r.Fired));
        double Time(IEnumerable<StageTrace> stages, string name) => stages.Where(s => s.Stage == name).Sum(s => s.Seconds);
        var table = TableOf("Kernel", "Nodes", "Rewrites", "Lower ms", "Generate ms", "Load ms");
        foreach (var kernel in kernels.OrderByDescending(k => Time(k, "lower") + Time(k, "generate") + Time(k, "load")).Take(rows))
        {
            var lower = kernel.First(s => s.Stage == "lower");
            table.AddRow(
                Cell(kernel.Key), Cell($"{lower.NodesBefore:N0} → {lower.NodesAfter:N0}"), Cell($"{fired.GetValueOrDefault(kernel.Key):N0}"),
                Cell(Milliseconds(Time(kernel, "lower"))), Cell(Milliseconds(Time(kernel, "generate"))), Cell(Milliseconds(Time(kernel, "load"))));
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]kernels[/]: {kernels.Count:N0}{(kernels.Count > rows ? $", the {rows} that took longest" : "")}");
        AnsiConsole.Write(table);
    }

    // The first column is text, and so is the last of rules.
    private static Table TableOf(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in columns)
        {
            var column = new TableColumn(new Text(name)) { NoWrap = true, Padding = new Spectre.Console.Padding(1, 0, 0, 0) };
            table.AddColumn(name is "Stage" or "Rule" or "Kernel" or "How it is written" ? column : column.RightAligned());
        }

        return table;
    }

    private static string Count(long n, string noun) => $"{n:N0} {noun}{(n == 1 ? "" : "s")}";

    private static Text Cell(string text) => new(text) { Overflow = Overflow.Ellipsis };

    private static string Milliseconds(double seconds) => (seconds * 1000).ToString(seconds < 1 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Share(double part, double whole) => whole > 0 ? $"{100 * part / whole:0.0}%" : "";
}
