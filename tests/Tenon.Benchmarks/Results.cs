using System.Text.Json;
using Spectre.Console;

namespace Tenon.Benchmarks;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Note">What it is made of, or how it compares.</param>
internal sealed record Result(string Name, double Value, string Unit, string Note);

/// <summary>Figures as they come, then as a table and as JSON.</summary>
internal sealed class Results
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly List<Result> _all = [];

    public void Add(string name, double value, string unit, string note = "")
    {
        _all.Add(new Result(name, value, unit, note));
        Console.Error.WriteLine($"{name}: {value.ToString("0.##")} {unit}{(note.Length > 0 ? $" ({note})" : "")}");
    }

    public void Print()
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 150);
        var table = new Table().Border(TableBorder.Markdown).AddColumn("what").AddColumn(new TableColumn("figure").RightAligned()).AddColumns("unit", "note");
        foreach (var r in _all)
        {
            table.AddRow(r.Name.EscapeMarkup(), r.Value.ToString(r.Value < 100 ? "0.00" : "0"), r.Unit, r.Note.EscapeMarkup());
        }

        AnsiConsole.Write(table);
    }

    public void Save(FileInfo file) => File.WriteAllText(file.FullName, JsonSerializer.Serialize(_all, Json));
}
