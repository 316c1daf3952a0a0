using System.CommandLine;
using Tenon.Cli.Conformance;
using Tenon.Cli.Output;
using Tenon.Core;
using Tenon.Sdk.Conformance;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon plugin</c>: for the people who write plugins.</summary>
internal static class PluginCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global) => new("plugin", "Tools for the people who write plugins.") { Test(global) };

    private static Command Test(GlobalOptions global)
    {
        var target = new Argument<string>("target") { Description = "A device, such as CPU, or the folder or the DLL of a plugin that plugins.json doesn't list." };
        var filter = new Option<string[]>("--filter") { Description = "Only cases whose names match, such as ops/float32*; may be repeated.", HelpName = "PATTERN" };
        var expected = new Option<string?>("--expected") { Description = "A list of cases that are known to fail, as JSON.", HelpName = "FILE" };
        var quick = new Option<bool>("--quick") { Description = "Fewer values and kernels: seconds in place of minutes." };
        var deadline = CommonOptions.Duration("--deadline", "60s", "How long one case may take.");
        var inProcess = new Option<bool>("--in-process") { Description = "Run all in this process, where a debugger sees it." };
        var junit = new Option<string?>("--junit") { Description = "Also write the results as JUnit's XML to this file.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        var command = new Command("test", "Show whether a device keeps the backend contract.") { target, filter, expected, quick, deadline, inProcess, junit, json };
        command.SetAction(parsed =>
        {
            OutputFile.RequireWritable(parsed.GetValue(junit), "--junit");
            OutputFile.RequireWritable(parsed.GetValue(json), "--json");
            var listed = parsed.GetValue(expected) is { } list ? ExpectedFailures.Load(list) : ExpectedFailures.None;
            var found = ConformanceTarget.Find(global, parsed, parsed.GetValue(target)!);
            var reports = new List<ConformanceReport>();
            foreach (var device in found.Devices)
            {
                reports.Add(ConformanceDisplay.Run(new ConformanceOptions
                {
                    Device = device,
                    Runtime = found.Options,
                    Filters = parsed.GetValue(filter) ?? [],
                    Expected = listed.And(found.Expected),
                    Quick = parsed.GetValue(quick),
                    Deadline = CommonOptions.ReadDuration(parsed.GetValue(deadline)!)!.Value,
                    InProcess = parsed.GetValue(inProcess),
                }));
            }

            if (parsed.GetValue(filter) is { Length: > 0 } filters && reports.All(r => r.Results.Count == 0))
            {
                throw new TenonException("TEN4403", $"No case of {string.Join(", ", reports.Select(r => r.Device))} matches {string.Join(" or ", filters)}. Expected a pattern of names such as 'ops/float32*'; the groups are {string.Join(", ", ConformanceKit.Groups.Select(g => g.Name))}.");
            }

            if (parsed.GetValue(junit) is { } file)
            {
                JUnitReport.Create(reports).Save(file);
            }

            JsonReport.Write(parsed.GetValue(json), reports);
            return reports.All(r => r.IsPassed) ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }
}
