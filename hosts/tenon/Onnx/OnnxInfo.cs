using Spectre.Console;
using Tenon.Onnx;

namespace Tenon.Cli.Onnx;

/// <summary>What <c>tenon onnx info</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record OnnxInfo(
    string Producer,
    long FormatVersion,
    IReadOnlyDictionary<string, long> Opsets,
    IReadOnlyDictionary<string, string> Inputs,
    IReadOnlyDictionary<string, string> Outputs,
    long Parameters,
    IReadOnlyList<OnnxOperatorUse> Operators)
{
    /// <summary>Looks into a model. It need not be one that Tenon can run.</summary>
    public static OnnxInfo Of(string path)
    {
        var summary = OnnxSummary.Read(path);
        return new OnnxInfo(
            summary.Producer,
            summary.FormatVersion,
            summary.Opsets,
            summary.Inputs.ToDictionary(i => i.Name, i => $"{i.Type}"),
            summary.Outputs.ToDictionary(o => o.Name, o => $"{o.Type}"),
            summary.ParameterCount,
            summary.Operators);
    }

    /// <summary>Prints it.</summary>
    public void Print()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "Name", "Type");
        foreach (var (name, type) in Inputs)
        {
            table.AddRow("input", name.EscapeMarkup(), type.EscapeMarkup());
        }

        foreach (var (name, type) in Outputs)
        {
            table.AddRow("output", name.EscapeMarkup(), type.EscapeMarkup());
        }

        AnsiConsole.Write(table);
        var operators = new Table().Border(TableBorder.Rounded).AddColumn("Operator").AddColumn(new TableColumn("Nodes").RightAligned());
        foreach (var use in Operators)
        {
            operators.AddRow(use.Name.EscapeMarkup() + (use.IsSupported ? "" : " [red](not supported)[/]"), $"{use.Count}");
        }

        AnsiConsole.Write(operators);
        AnsiConsole.WriteLine($"{Parameters:N0} parameters; {Operators.Sum(o => o.Count):N0} nodes; opsets {string.Join(", ", Opsets.Select(o => $"{o.Key} {o.Value}"))}; format {FormatVersion}; written by {(Producer.Length == 0 ? "an unnamed program" : Producer)}.");
    }
}
