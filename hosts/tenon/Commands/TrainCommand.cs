using System.CommandLine;
using System.Diagnostics;
using Tenon.Cli.Mnist;
using Tenon.Cli.Output;
using Tenon.Runtime;
using Tenon.State;

namespace Tenon.Cli.Commands;

/// <summary><c>tenon train mnist</c>: trains a network on digits, tests it and saves it.</summary>
internal static class TrainCommand
{
    /// <summary>The learning rate at the start, unless another is asked for.</summary>
    public const double LearningRate = 4e-3;

    /// <summary>Creates <c>train</c> with what it can train.</summary>
    public static Command Create(GlobalOptions global) => new("train", "Train a network.") { CreateMnist(global) };

    private static Command CreateMnist(GlobalOptions global)
    {
        var epochs = CommonOptions.Number("--epochs", 6, 0, "How often each digit is seen; 0 only evaluates.");
        var batch = CommonOptions.Number("--batch", 64, 1, "Digits in a step.");
        var seed = CommonOptions.Number("--seed", 0, 0, "Of the first weights and of the order of the digits.");
        var rate = new Option<double>("--lr") { Description = "The learning rate at the start.", HelpName = "X", DefaultValueFactory = _ => LearningRate };
        CommonOptions.Require<double>(rate, x => x is > 0 and < double.PositiveInfinity, "--lr must be greater than 0.");
        var data = new Option<string?>("--data") { Description = "A folder with the IDX files of MNIST, plain or .gz; otherwise the bundled digits.", HelpName = "DIR" };
        var load = new Option<string?>("--load") { Description = "Start with these weights (.safetensors).", HelpName = "FILE" };
        var save = new Option<string>("--save") { Description = "Where the weights go.", HelpName = "FILE", DefaultValueFactory = _ => "mnist.safetensors" };
        var quiet = new Option<bool>("--quiet") { Description = "No progress bar." };
        var json = CommonOptions.Json();
        var command = new Command("mnist", "Train a small convolutional network on handwritten digits, test it and save its weights.")
        {
            epochs, batch, seed, rate, data, load, save, quiet, json,
        };
        command.SetAction(parsed =>
        {
            using var runtime = global.CreateRuntime(parsed);
            var options = new TrainOptions
            {
                Epochs = parsed.GetValue(epochs),
                Batch = parsed.GetValue(batch),
                Seed = parsed.GetValue(seed),
                LearningRate = parsed.GetValue(rate),
                Data = parsed.GetValue(data) ?? BundledDigits.Folder,
                Load = parsed.GetValue(load),
                Save = Path.GetFullPath(parsed.GetRequiredValue(save)),
            };
            OutputFile.RequireWritable(options.Save, "--save");
            OutputFile.RequireWritable(parsed.GetValue(json), "--json");
            using var interrupt = new Interrupt();
            var report = Train(runtime, options, TrainDisplay.Create(parsed.GetValue(quiet)), interrupt.Token);
            TrainDisplay.PrintSummary(report);
            JsonReport.Write(parsed.GetValue(json), report);
            return report.Interrupted ? ExitCode.Interrupted : ExitCode.Success;
        });
        return command;
    }

    private static TrainReport Train(TenonRuntime runtime, TrainOptions options, TrainDisplay display, CancellationToken interrupt)
    {
        var start = Stopwatch.GetTimestamp();
        var device = runtime.Devices.Open(runtime.Devices.Default);
        var (training, test) = BundledDigits.Read(options.Data);
        Tensor.ManualSeed((ulong)options.Seed);
        var trainer = new MnistTrainer(options, training);
        if (options.Load is { } file)
        {
            trainer.Model.LoadStateDict(Safetensors.Load(file));
        }

        var trainStart = Stopwatch.GetTimestamp();
        var history = display.Run(trainer, options.Epochs, interrupt);
        var trainSeconds = Stopwatch.GetElapsedTime(trainStart).TotalSeconds;
        Safetensors.Save(options.Save, trainer.Model.StateDict());

        var testStart = Stopwatch.GetTimestamp();
        var tested = interrupt.IsCancellationRequested ? default((double Loss, double Accuracy)?) : trainer.Evaluate(test);
        var testSeconds = Stopwatch.GetElapsedTime(testStart).TotalSeconds;
        return new TrainReport
        {
            Device = device.Name,
            Generator = device.Generator.Name,
            Epochs = options.Epochs,
            Batch = options.Batch,
            Seed = options.Seed,
            LearningRate = options.LearningRate,
            TrainingDigits = training.Count,
            TestDigits = test.Count,
            Steps = trainer.Steps,
            Interrupted = interrupt.IsCancellationRequested,
            FirstLoss = trainer.FirstLoss,
            History = history,
            TestAccuracy = double.IsNaN(tested?.Loss ?? 0) ? null : tested?.Accuracy,
            TestLoss = tested?.Loss,
            KernelsCompiled = runtime.Statistics.KernelsCompiled,
            KernelsFromDisk = runtime.Statistics.DiskCacheHits,
            Schedules = runtime.Statistics.ScheduleMisses,
            SchedulesFromDisk = runtime.Statistics.SchedulesFromDisk,
            KernelsLaunched = runtime.Statistics.KernelsLaunched,
            ScheduleSeconds = runtime.Statistics.ScheduleSeconds,
            CompileSeconds = runtime.Statistics.CompileSeconds,
            TrainSeconds = trainSeconds,
            TestSeconds = testSeconds,
            TotalSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            Weights = options.Save,
        };
    }
}
