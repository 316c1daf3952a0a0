using Spectre.Console;
using Tenon.Cli.Mnist;

namespace Tenon.Cli.Output;

/// <summary>Shows how training goes: a progress bar on a terminal, a line for each epoch elsewhere.</summary>
internal sealed class TrainDisplay
{
    private readonly bool _bar;
    private readonly bool _lines;

    private TrainDisplay(bool bar, bool lines) => (_bar, _lines) = (bar, lines);

    /// <summary>The display that fits this console.</summary>
    public static TrainDisplay Create(bool quiet)
    {
        var terminal = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
        return new TrainDisplay(bar: terminal && !quiet, lines: !terminal && !quiet);
    }

    /// <summary>Trains epoch by epoch and shows it.</summary>
    public IReadOnlyList<EpochReport> Run(MnistTrainer trainer, int epochs, CancellationToken interrupt)
    {
        if (!_bar)
        {
            return Run(trainer, epochs, (_, _, _) => { }, interrupt);
        }

        return AnsiConsole.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var task = context.AddTask("compiling", maxValue: Math.Max(1, epochs * trainer.StepsPerEpoch));
                return Run(
                    trainer,
                    epochs,
                    (epoch, mean, elapsed) =>
                    {
                        task.Increment(1);
                        if (mean.Steps > 0)
                        {
                            task.Description = Describe(epoch, epochs, mean.Loss, mean.Accuracy, mean.Steps * trainer.BatchSize / elapsed.TotalSeconds);
                        }
                    },
                    interrupt);
            });
    }

    /// <summary>Prints the results.</summary>
    public static void PrintSummary(TrainReport r)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        void Row(string name, string value) => grid.AddRow($"[grey]{name}[/]", value.EscapeMarkup());
        if (r.TestLoss is double.NaN)
        {
            Row("test accuracy", $"none: the loss is not a number");
        }
        else if (r.TestAccuracy is { } accuracy)
        {
            Row("test accuracy", $"{accuracy:P2} of {r.TestDigits} digits (loss {r.TestLoss:0.0000})");
        }
        else
        {
            Row("interrupted", $"after {r.Steps} steps");
        }

        Row("device", $"{r.Device}, generator {r.Generator}");
        Row("kernels", $"{r.KernelsCompiled} different ({r.KernelsFromDisk} from disk), {r.KernelsLaunched} launched");
        Row("compile time", $"{r.CompileSeconds:0.00} s, and {r.ScheduleSeconds:0.00} s to schedule {r.Schedules} graphs ({r.SchedulesFromDisk} from disk)");
        Row("run time", $"{r.TrainSeconds:0.00} s training, {r.TestSeconds:0.00} s testing, {r.TotalSeconds:0.00} s in all");
        Row("weights", $"{r.Weights}");
        AnsiConsole.Write(grid);
    }

    private List<EpochReport> Run(MnistTrainer trainer, int epochs, Action<int, RunningMean, TimeSpan> stepped, CancellationToken interrupt)
    {
        var history = new List<EpochReport>();
        for (var epoch = 0; epoch < epochs && !interrupt.IsCancellationRequested; epoch++)
        {
            var report = trainer.TrainEpoch(epoch, (mean, elapsed) => stepped(epoch, mean, elapsed), interrupt);
            history.Add(report);
            if (_lines)
            {
                Console.WriteLine(Describe(epoch, epochs, report.Loss, report.Accuracy, report.ImagesPerSecond));
            }
        }

        return history;
    }

    private static string Describe(int epoch, int epochs, double loss, double accuracy, double rate) =>
        $"epoch {epoch + 1}/{epochs}  loss {loss:0.0000}  accuracy {accuracy:P1}  {rate:0} images/s";
}
