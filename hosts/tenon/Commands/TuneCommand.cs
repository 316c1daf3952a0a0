using System.CommandLine;
using System.Globalization;
using Tenon.Cli.Explain;
using Tenon.Cli.Onnx;
using Tenon.Cli.Output;
using Tenon.Cli.Tune;
using Tenon.Compiler;
using Tenon.Onnx;
using Tenon.Runtime;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon tune</c>: searches for faster kernels of a model, and keeps them.</summary>
internal static class TuneCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global)
    {
        var model = new Argument<string>("model") { Description = $"An .onnx file, or one of {ExplainTarget.Models}." };
        var budget = CommonOptions.Duration("--budget", "60s", "The time for all kernels, such as 60s, 5m or 1h.");
        var each = CommonOptions.Duration("--each", "30s", "The most time for one kernel.");
        var width = CommonOptions.Number("--width", 4, 1, "How many candidates each step of a search starts from.");
        var only = new Option<string[]>("--only") { Description = "Only kernels whose names begin so; may be repeated.", HelpName = "KERNEL" };
        var threads = CommonOptions.Number("--threads", Environment.ProcessorCount, 1, "How many threads compile candidates.");
        var output = new Option<string?>("--out") { Description = "Also write what is known of these kernels to this file, to be shipped with a program.", HelpName = "FILE" };
        var log = new Option<string?>("--log") { Description = "Write each candidate to this file, as a line of JSON.", HelpName = "FILE" };
        var (inputs, json) = (new InputOptions(), CommonOptions.Json());
        var command = new Command("tune", "Search for faster kernels of a model, and keep them.") { model, budget, each, width, only, threads, output, log, json };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            foreach (var (target, option) in new[] { (parsed.GetValue(output), "--out"), (parsed.GetValue(log), "--log"), (parsed.GetValue(json), "--json") })
            {
                OutputFile.RequireWritable(target, option);
            }

            using var runtime = global.CreateRuntime(parsed);
            if (!runtime.Options.Tuning.Enabled || (runtime.Options.Tuning.ResolveFolder(runtime.Options.Cache) is null && parsed.GetValue(output) is null))
            {
                throw new TenonException("TEN1121", "What is found could not be kept: the cache is off, or 'tuning:enabled' is false. Name a folder with --set tuning:folder=PATH, or a file with --out.");
            }

            using var writer = parsed.GetValue(log) is { } file ? new StreamWriter(file) : null;
            using var interrupt = new Interrupt();
            var tuner = new Tuner(runtime)
            {
                Budget = CommonOptions.ReadDuration(parsed.GetRequiredValue(budget))!.Value,
                Options = new SearchOptions { Width = parsed.GetValue(width), Threads = parsed.GetValue(threads), Budget = CommonOptions.ReadDuration(parsed.GetRequiredValue(each))!.Value },
                Log = writer,
            };
            var wanted = parsed.GetValue(only) ?? [];
            var tasks = TuneTarget.Kernels(parsed.GetRequiredValue(model), tuner, runtime, path => OnnxModel.Load(path, inputs.Options(parsed)), m => inputs.Read(parsed, m, makeUp: true))
                .Where(t => wanted.Length == 0 || wanted.Any(w => t.Name.StartsWith(w, StringComparison.Ordinal))).ToList();
            var report = TuneDisplay.Run(tuner, tasks, interrupt.Token);
            TuneDisplay.Print(report);
            if (parsed.GetValue(output) is { } path)
            {
                Console.WriteLine($"{tuner.Export(path, tasks)} kernels are in {path}.");
            }

            JsonReport.Write(parsed.GetValue(json), report);
            return report.IsInterrupted ? ExitCode.Interrupted : ExitCode.Success;
        });
        return command;
    }
}
