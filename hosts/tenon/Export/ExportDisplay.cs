using Spectre.Console;
using Tenon.Web;

namespace Tenon.Cli.Export;

/// <summary>Tells what was exported.</summary>
internal static class ExportDisplay
{
    /// <summary>Prints it.</summary>
    public static void Print(WebExportReport report)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        void Row(string name, string value) => grid.AddRow($"[grey]{name}[/]", value.EscapeMarkup());
        Row("folder", report.Folder);
        Row("kernels", $"{report.Kernels} different, {report.Steps} in a run");
        Row("weights", $"{report.WeightBytes / 1e6:0.0} MB to fetch");
        Row("memory", $"{(report.WeightBytes + report.ArenaBytes) / 1e6:0.0} MB on the device, {report.ArenaBytes / 1e6:0.0} MB of it shared by temporaries");
        foreach (var (name, value) in report.BeyondDefaults)
        {
            Row("needs", $"{name} of {value}, which not every device has");
        }

        Row("to see it", $"serve the folder from localhost, such as by: python3 -m http.server --directory \"{report.Folder}\"");
        AnsiConsole.Write(grid);
    }
}
