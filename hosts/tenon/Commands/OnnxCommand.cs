using System.CommandLine;
using Tenon.Cli.Onnx;
using Tenon.Cli.Output;
using Tenon.Onnx;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon onnx</c>: looks into ONNX models, runs them and times them.</summary>
internal static class OnnxCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(GlobalOptions global) => new("onnx", "Look into an ONNX model, run it, or time it.") { Info(global), Run(global), Bench(global) };

    private static Argument<string> Model() => new("model") { Description = "The model: a file in the ONNX format." };

    private static Command Info(GlobalOptions global)
    {
        var (model, json) = (Model(), CommonOptions.Json());
        var command = new Command("info", "List a model's inputs, outputs, opsets, operators and number of parameters.") { model, json };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var report = OnnxInfo.Of(parsed.GetRequiredValue(model));
            report.Print();
            JsonReport.Write(parsed.GetValue(json), report);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Run(GlobalOptions global)
    {
        var (model, inputs, json) = (Model(), new InputOptions(), CommonOptions.Json());
        var output = new Option<string?>("--output") { Description = "Write each output to this folder, as NAME.npy.", HelpName = "DIR" };
        var format = new Option<string>("--format") { Description = "How outputs are written: npy, or pb for ONNX's TensorProto.", HelpName = "npy|pb", DefaultValueFactory = _ => "npy" };
        format.AcceptOnlyFromAmong("npy", "pb");
        var command = new Command("run", "Run a model once and say what comes out.") { model, output, format, json };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var loaded = OnnxModel.Load(parsed.GetRequiredValue(model), inputs.Options(parsed));
            var report = OnnxRun.Of(loaded, inputs.Read(parsed, loaded), parsed.GetValue(output), parsed.GetRequiredValue(format));
            report.Print();
            JsonReport.Write(parsed.GetValue(json), report);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Bench(GlobalOptions global)
    {
        var (model, inputs, json) = (Model(), new InputOptions(), CommonOptions.Json());
        var runs = CommonOptions.Number("--runs", 20, 1, "How many runs are timed.");
        var warmup = CommonOptions.Number("--warmup", 3, 0, "How many runs go before.");
        var peer = new Option<string?>("--peer") { Description = "The folder whose node_modules has onnxruntime-node, to time that beside it.", HelpName = "DIR" };
        var command = new Command("bench", "Time a model, beside ONNX Runtime if node finds onnxruntime-node.") { model, runs, warmup, peer, json };
        inputs.AddTo(command);
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var path = parsed.GetRequiredValue(model);
            var loaded = OnnxModel.Load(path, inputs.Options(parsed));
            var device = runtime.Devices.Open(runtime.Devices.Default);
            var report = OnnxBench.Of(path, loaded, inputs.Read(parsed, loaded), parsed.GetValue(warmup), parsed.GetValue(runs), parsed.GetValue(peer), device.Name, device.Generator.Name);
            report.Print();
            JsonReport.Write(parsed.GetValue(json), report);
            return ExitCode.Success;
        });
        return command;
    }
}
