using System.CommandLine;
using Tenon.Cli.Export;
using Tenon.Cli.Mnist;
using Tenon.Cli.Onnx;
using Tenon.Cli.Output;
using Tenon.Onnx;
using Tenon.Web;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon export web</c>: writes models as pages that a browser runs.</summary>
internal static class ExportCommand
{
    /// <summary>Creates <c>export</c> with what models can be exported as.</summary>
    public static Command Create(GlobalOptions global) => new("export", "Write a model as a program for elsewhere.") { Web(global) };

    private static Option<string> Output() => new("--output", "-o") { Description = "The folder to write; it must be new or empty.", HelpName = "DIR", Required = true };

    private static Option<bool> Force() => new("--force") { Description = "Replace the folder with all that is in it." };

    private static Command Web(GlobalOptions global)
    {
        var model = new Argument<string>("model") { Description = "The model: a file in the ONNX format." };
        var (inputs, output, force, json) = (new InputOptions(), Output(), Force(), CommonOptions.Json());
        var constants = new Option<string[]>("--constant") { Description = "An input that is a part of the model, with the value that --input gives; may be repeated.", HelpName = "NAME" };
        var command = new Command("web", "Write a page that runs a model in a browser, by WebGPU and without anything else.") { model, output, force, constants, json, Digits(global) };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            OutputFile.RequireWritable(parsed.GetValue(json), "--json");
            var path = parsed.GetRequiredValue(model);
            var loaded = OnnxModel.Load(path, inputs.Options(parsed));
            inputs.RequireSizes(parsed, loaded);
            var exported = OnnxExport.Of(Path.GetFileNameWithoutExtension(path), loaded, inputs.Read(parsed, loaded, makeUp: true), parsed.GetValue(constants) ?? []);
            Write(exported, WebPage.Plain, parsed.GetRequiredValue(output), parsed.GetValue(force), parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Digits(GlobalOptions global)
    {
        var (output, force, json) = (Output(), Force(), CommonOptions.Json());
        var load = new Option<string?>("--load") { Description = "Weights of 'tenon train mnist'; otherwise the network is trained first.", HelpName = "FILE" };
        var epochs = CommonOptions.Number("--epochs", 6, 1, "How often each digit is seen.");
        var seed = CommonOptions.Number("--seed", 0, 0, "Of the first weights and of the order of the digits.");
        var data = new Option<string?>("--data") { Description = "A folder with the IDX files of MNIST, plain or .gz; otherwise the bundled digits.", HelpName = "DIR" };
        var quiet = new Option<bool>("--quiet") { Description = "No progress bar." };
        var command = new Command("mnist", "Write a page on which one draws a digit, which the network of 'tenon train mnist' reads.") { output, force, load, epochs, seed, data, quiet, json };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            OutputFile.RequireWritable(parsed.GetValue(json), "--json");
            var options = new TrainOptions
            {
                Epochs = parsed.GetValue(epochs),
                Batch = 64,
                Seed = parsed.GetValue(seed),
                LearningRate = TrainCommand.LearningRate,
                Data = parsed.GetValue(data) ?? BundledDigits.Folder,
                Load = parsed.GetValue(load),
                Save = "",
            };
            WebExport.RequireFolder(parsed.GetRequiredValue(output), parsed.GetValue(force));
            using var interrupt = new Interrupt();
            if (DigitExport.Train(options, TrainDisplay.Create(parsed.GetValue(quiet)), interrupt.Token) is not { } trained)
            {
                return ExitCode.Interrupted;
            }

            Write(trained, DigitExport.Page, parsed.GetRequiredValue(output), parsed.GetValue(force), parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(WebModel model, WebPage page, string folder, bool force, string? json)
    {
        var report = WebExport.Write(model, page, folder, force);
        ExportDisplay.Print(report);
        JsonReport.Write(json, report);
    }
}
