using System.Text.Json;
using Spectre.Console;
using Tenon.Core.Backend;

namespace Tenon.Benchmarks;

/// <summary>Comparisons as they come, then as tables and as JSON.</summary>
internal sealed class CpuReport(string machine, Device device, bool processorTime)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly List<Comparison> _all = [];
    private readonly SortedDictionary<int, Ceiling> _ceilings = [];
    private readonly SortedDictionary<string, string> _found = [];
    private readonly SortedDictionary<string, string> _absent = [];

    /// <summary>What the machine can do with so many threads; measured when it is asked for first.</summary>
    public Ceiling CeilingOf(int threads)
    {
        if (!_ceilings.TryGetValue(threads, out var ceiling))
        {
            _ceilings[threads] = ceiling = new Ceiling(FmaPeak.Measure(threads, processorTime), CopyBandwidth.Measure(device, threads));
            Console.Error.WriteLine($"{Threads(threads)}: FMA peak {ceiling.Gflops:0} GFLOPS ({FmaPeak.VectorBits}-bit vectors), copy {ceiling.GigabytesPerSecond:0.0} GB/s");
        }

        return ceiling;
    }

    /// <summary>Whether no cache holds so many bytes from one run to the next.</summary>
    public bool IsBeyondCaches(long bytes) => bytes >= 2 * CopyBandwidth.LastCacheBytes(device);

    /// <summary>A peer is there.</summary>
    public void Found(string peer, string version) => _found[peer] = version;

    /// <summary>A peer isn't there, which is no error.</summary>
    public void Absent(string peer, string why)
    {
        if (_absent.TryAdd(peer, why))
        {
            Console.Error.WriteLine($"{peer} is absent: {why}");
        }
    }

    public void Add(Comparison comparison)
    {
        _all.Add(comparison);
        Console.Error.WriteLine(comparison.Line);
    }

    public void Print()
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 180);
        foreach (var section in _all.GroupBy(c => c.Section))
        {
            AnsiConsole.WriteLine();
            AnsiConsole.WriteLine(section.Key);
            AnsiConsole.Write(Table([.. section]));
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(Summary());
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine(processorTime ? $"{machine}; times are processor time of all threads" : machine);
        foreach (var (threads, ceiling) in _ceilings)
        {
            AnsiConsole.WriteLine($"{Threads(threads)}: FMA peak {ceiling.Gflops:0} GFLOPS, copy {ceiling.GigabytesPerSecond:0.0} GB/s");
        }

        foreach (var (peer, version) in _found)
        {
            AnsiConsole.WriteLine($"{peer} {version}");
        }

        foreach (var (peer, why) in _absent)
        {
            AnsiConsole.WriteLine($"{peer}: absent ({why})");
        }
    }

    public void Save(FileInfo file) => File.WriteAllText(
        file.FullName, JsonSerializer.Serialize(new { machine, processorTime, threads = _ceilings, peers = _found, absent = _absent, comparisons = _all }, Json));

    // Columns that are empty in every row are left out.
    private static Table Table(IReadOnlyList<Comparison> rows)
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumn("least (median) ms");
        var columns = new List<(string Name, Func<Comparison, string?> Cell)> { ("threads", c => $"{c.Threads}"), ("Tenon", c => Cell(c.Tenon)) };
        columns.AddRange(rows.SelectMany(r => r.Peers.Keys).Distinct().Select(p => (p, (Func<Comparison, string?>)(c => c.Peers.GetValueOrDefault(p) is { } t ? Cell(t) : null))));
        columns.Add(("ratio", c => c.Ratio is { } r ? $"{r:0.00}x" : null));
        foreach (var unit in rows.Select(r => r.Unit).Distinct().OfType<string>())
        {
            columns.Add((unit, c => c.Unit == unit ? $"{c.Speed:0.0}" : null));
        }

        columns.Add((rows.Any(r => r.Unit == "GFLOPS") ? "of peak" : "of copy", c => c.OfCeiling is { } share ? $"{100 * share:0} %" : null));
        columns.Add(("MB", c => c.PeakBytes is { } b ? $"{b / 1e6:0}" : null));
        columns.Add(("peer's MB", c => c.PeerPeakBytes is { } b ? $"{b / 1e6:0}" : null));
        columns.RemoveAll(column => rows.All(r => column.Cell(r) is null));
        foreach (var (name, _) in columns)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        var hasNotes = rows.Any(r => r.Note is not null);
        if (hasNotes)
        {
            table.AddColumn("note");
        }

        foreach (var row in rows)
        {
            table.AddRow([row.Case.EscapeMarkup(), .. columns.Select(c => c.Cell(row) ?? ""), .. hasNotes ? [(row.Note ?? "").EscapeMarkup()] : Array.Empty<string>()]);
        }

        return table;
    }

    private Table Summary()
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumn("section");
        foreach (var name in new[] { "threads", "cases", "at least 1.00x", "geometric mean", "worst" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        table.AddColumn("which");
        foreach (var group in _all.Where(c => c.Ratio is not null).GroupBy(c => (c.Section, c.Threads)))
        {
            var worst = group.MinBy(c => c.Ratio)!;
            var mean = Math.Exp(group.Average(c => Math.Log(c.Ratio!.Value)));
            table.AddRow(group.Key.Section, $"{group.Key.Threads}", $"{group.Count()}", $"{group.Count(c => c.Ratio >= 1)}", $"{mean:0.00}x", $"{worst.Ratio:0.00}x", worst.Case.EscapeMarkup());
        }

        return table;
    }

    /// <summary>Such as <c>2 threads</c>.</summary>
    public static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    private static string Cell(Times times) => $"{Digits(times.Least)} ({Digits(times.Median)})";

    private static string Digits(double ms) => ms.ToString(ms < 1 ? "0.0000" : ms < 10 ? "0.000" : ms < 100 ? "0.00" : "0.0");
}

/// <summary>What a number of threads can do at most.</summary>
/// <param name="Gflops">Multiply-adds, two operations each.</param>
/// <param name="GigabytesPerSecond">Bytes copied, those read and those written.</param>
internal sealed record Ceiling(double Gflops, double GigabytesPerSecond);
