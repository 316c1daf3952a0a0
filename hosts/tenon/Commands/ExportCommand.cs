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
    private const string Digits = "mnist";

    /// <summary>Creates <c>export</c> with what models can be exported as.</summary>
    public static Command Create(GlobalOptions global) => new("export", "Write a model as a program for elsewhere.") { Web(global) };

    private static Command Web(GlobalOptions global)
    {
        var model = new Argument<string>("model") { Description = $"The model: an .onnx file; or {Digits}, the network of 'tenon train mnist', with a page on which one draws a digit." };
        var output = new Option<string>("--output", "-o") { Description = "The folder to write; it must be new or empty.", HelpName = "DIR", Required = true };
        var force = new Option<bool>("--force") { Description = "Replace the folder with all that is in it." };
        var constants = new Option<string[]>("--constant") { Description = "An input that is a part of the model, with the value that --input gives; may be repeated.", HelpName = "NAME" };
        var load = new Option<string?>("--load") { Description = $"Of {Digits}: weights of 'tenon train mnist'; otherwise the network is trained first.", HelpName = "FILE" };
        var epochs = CommonOptions.Number("--epochs", 6, 1, $"Of {Digits}: how often each digit is seen.");
        var seed = CommonOptions.Number("--seed", 0, 0, $"Of {Digits}: of the first weights and of the order of the digits.");
        var data = new Option<string?>("--data") { Description = $"Of {Digits}: a folder with its IDX files, plain or .gz; otherwise the bundled digits.", HelpName = "DIR" };
        var quiet = new Option<bool>("--quiet") { Description = $"Of {Digits}: no progress bar." };
        var (inputs, json) = (new InputOptions(), CommonOptions.Json());
        var command = new Command("web", "Write a page that runs a model in a browser, by WebGPU and without anything else.") { model, output, force, constants, load, epochs, seed, data, quiet, json };
        inputs.AddTo(command);
        RefuseTogether(command, model, [constants, .. inputs.All], [load, epochs, seed, data, quiet]);
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var (folder, replace, path) = (parsed.GetRequiredValue(output), parsed.GetValue(force), parsed.GetRequiredValue(model));
            OutputFile.RequireWritable(parsed.GetValue(json), "--json");
            WebExport.RequireFolder(folder, replace);
            using var interrupt = new Interrupt();
            var exported = path == Digits ? DigitExport.Train(Training(), TrainDisplay.Create(parsed.GetValue(quiet)), interrupt.Token) : Onnx(path);
            if (exported is null)
            {
                return ExitCode.Interrupted;
            }

            var report = WebExport.Write(exported, path == Digits ? DigitExport.Page : WebPage.Plain, folder, replace);
            ExportDisplay.Print(report);
            JsonReport.Write(parsed.GetValue(json), report);
            return ExitCode.Success;

            WebModel Onnx(string path)
            {
                var loaded = OnnxModel.Load(path, inputs.Options(parsed));
                inputs.RequireSizes(parsed, loaded);
                return OnnxExport.Of(path, loaded, inputs.Read(parsed, loaded, makeUp: true), parsed.GetValue(constants) ?? []);
            }

            TrainOptions Training() => new()
            {
                Epochs = parsed.GetValue(epochs),
                Batch = 64,
                Seed = parsed.GetValue(seed),
                LearningRate = TrainCommand.LearningRate,
                Data = parsed.GetValue(data) ?? BundledDigits.Folder,
                Load = parsed.GetValue(load),
                Save = "",
            };
        });
        return command;
    }

    // What an option of the one kind of model would do to the other is not guessed.
    private static void RefuseTogether(Command command, Argument<string> model, Option[] ofFiles, Option[] ofDigits) => command.Validators.Add(result =>
    {
        var isDigits = result.GetValue(model) == Digits;
        foreach (var option in isDigits ? ofFiles : ofDigits)
        {
            if (result.GetResult(option) is { Implicit: false })
            {
                result.AddError(isDigits ? $"{option.Name} is for .onnx files, and has no meaning for {Digits}." : $"{option.Name} is for {Digits}, and has no meaning for .onnx files.");
            }
        }
    });
}
