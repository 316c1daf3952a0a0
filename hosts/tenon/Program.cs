using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
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
    Failure.Write($"{parsed.Errors[0].Message} Run 'tenon {(args.Length == 0 ? "" : string.Join(' ', args.TakeWhile(a => !a.StartsWith('-'))) + " ")}--help' for the usage.");
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
