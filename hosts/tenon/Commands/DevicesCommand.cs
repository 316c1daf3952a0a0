using System.CommandLine;
using Spectre.Console;
using Tenon.Cli.Output;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon devices</c>: every plugin, its state, and why it is unavailable if it is.</summary>
internal static class DevicesCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global)
    {
        var json = CommonOptions.Json();
        var command = new Command("devices", "List every plugin: state, version, devices, code generators, and why any is unavailable.") { json };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var report = DevicesReport.Create(runtime);
            Print(report);
            JsonReport.Write(parsed.GetValue(json), report);
            foreach (var plugin in report.Plugins.Where(p => p.Error is not null))
            {
                Failure.Write(plugin.Error!.Message);
            }

            return report.Plugins.Any(p => p.Error is not null) ? ExitCode.Failed : ExitCode.Success;
        });
        return command;
    }

    private static void Print(DevicesReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Plugin", "State", "Version", "Contract", "Devices", "Generators");
        foreach (var p in report.Plugins)
        {
            var state = p.Error is not null ? $"[red]unavailable[/] ({p.Error.Code})" : p.State == PluginState.Disabled ? "[grey]disabled[/]" : "[green]ready[/]";
            var devices = p.Devices.Select(d => d == report.DefaultDevice ? $"[bold]{d.EscapeMarkup()}[/] (default)" : d.EscapeMarkup());
            table.AddRow(p.Id.EscapeMarkup(), state, p.Version ?? "", p.Contract ?? "", string.Join('\n', devices), string.Join('\n', p.Generators).EscapeMarkup());
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"Backend contract of this program: {Contract.Version}");
        foreach (var (id, note) in report.Plugins.SelectMany(p => p.Notes.Select(n => (p.Id, n))))
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{id}: {note}[/]");
        }
    }
}
