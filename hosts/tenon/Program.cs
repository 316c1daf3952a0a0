using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Tenon.Cli;
using Tenon.Cli.Commands;
using Tenon.Cli.Output;

TerminalOutput.Prepare();
var global = new GlobalOptions();
// A RootCommand would call itself after its file, Tenon.Cli.
var root = new Command("tenon", "Tenon: a tensor compiler and deep-learning framework whose every device is a plugin.")
{
    new HelpOption(),
    new VersionOption(),
    DevicesCommand.Create(global),
    TrainCommand.Create(global),
    BenchCommand.Create(global),
    OnnxCommand.Create(global),
    ExportCommand.Create(global),
    CacheCommand.Create(global),
    ExplainCommand.Create(global),
    TuneCommand.Create(global),
    PluginCommand.Create(global),
};
global.AddTo(root);

var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    var command = parsed.CommandResult.Command;
    var path = new List<string>();
    for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command.Name: var name }; at = at.Parent)
    {
        path.Insert(0, name);
    }

    var error = command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var unknown, ..] && !unknown.StartsWith('-')
        ? $"'{unknown}' is not a command. Expected one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}."
        : parsed.Errors[0].Message;
    Failure.Write($"{error} Run '{string.Join(' ', path)} --help' for the usage.");
    return ExitCode.WrongUsage;
}

try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception e)
{
    return Failure.Report(e, parsed.GetValue(global.Trace));
}
