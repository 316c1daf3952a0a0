using System.CommandLine;
using Tenon.Cli.Explain;
using Tenon.Cli.Output;
using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon explain</c>: what the compiler does to a model or a program, stage by stage and rule by rule.</summary>
internal static class ExplainCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global)
    {
        var target = new Argument<string>("target") { Description = $"A model ({ExplainTarget.Models}, or an .onnx file), or a program that uses Tenon: .cs, .csproj or .dll." };
        var arguments = new Argument<string[]>("arguments") { Description = "Arguments of the program, after --; of an .onnx file, sizes of inputs such as batch=4.", Arity = ArgumentArity.ZeroOrMore };
        var stage = new Option<string?>("--stage") { Description = "Only this stage and those within it, such as lower or lower/expand.", HelpName = "NAME" };
        var kernel = new Option<string?>("--kernel") { Description = "Only kernels whose names begin so.", HelpName = "NAME" };
        var rule = new Option<string?>("--rule") { Description = "Show what this rule did, node by node; FILE alone for all rules of a file.", HelpName = "FILE:LINE" };
        var node = new Option<string?>("--node") { Description = "Show what was done to nodes whose text contains this.", HelpName = "TEXT" };
        var top = CommonOptions.Number("--top", 10, 1, "Rows of each table, or rewrites that are shown.");
        var json = CommonOptions.Json();
        var command = new Command("explain", "Show what the compiler does to a model or a program: stages, rules that fired, kernels, with time.") { target, arguments, stage, kernel, rule, node, top, json };
        command.SetAction(parsed =>
        {
            OutputFile.RequireWritable(parsed.GetValue(json), "--json");
            var trace = Trace(global, parsed, parsed.GetRequiredValue(target), parsed.GetValue(arguments) ?? []);
            var filter = new ExplainFilter { Stage = parsed.GetValue(stage), Kernel = parsed.GetValue(kernel), Rule = parsed.GetValue(rule), Node = parsed.GetValue(node) };
            var display = new ExplainDisplay(filter.Apply(trace), parsed.GetValue(top));
            if (filter.ShowsRewrites)
            {
                display.PrintRewrites();
            }
            else
            {
                display.Print();
            }

            JsonReport.Write(parsed.GetValue(json), trace);
            return ExitCode.Success;
        });
        return command;
    }

    private static TraceReport Trace(GlobalOptions global, ParseResult parsed, string target, string[] arguments)
    {
        // What is found on disk would not be compiled.
        if (ExplainTarget.Find(target, arguments) is not { } workload)
        {
            return ExplainTarget.Trace(target, arguments, global.ToEnvironment(parsed, ("cache:enabled", "false")));
        }

        using var runtime = global.CreateRuntime(parsed, ("cache:enabled", "false"));
        return ExplainTarget.Trace(workload, runtime);
    }
}
