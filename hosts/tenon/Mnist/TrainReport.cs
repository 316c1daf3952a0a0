namespace Tenon.Cli.Mnist;

/// <summary>What <c>tenon train mnist</c> tells; the keys of its JSON are documented in <c>docs/cli.md</c>.</summary>
internal sealed record TrainReport
{
    public required string Device { get; init; }

    public required string Generator { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required int Seed { get; init; }

    public required double LearningRate { get; init; }

    public required int TrainingDigits { get; init; }

    public required int TestDigits { get; init; }

    public required int Steps { get; init; }

    public required bool Interrupted { get; init; }

    public required double? FirstLoss { get; init; }

    public required IReadOnlyList<EpochReport> History { get; init; }

    public required double? TestAccuracy { get; init; }

    public required double? TestLoss { get; init; }

    public required long KernelsCompiled { get; init; }

    public required long KernelsFromDisk { get; init; }

    public required long Schedules { get; init; }

    public required long SchedulesFromDisk { get; init; }

    public required long KernelsLaunched { get; init; }

    public required double ScheduleSeconds { get; init; }

    public required double CompileSeconds { get; init; }

    public required double TrainSeconds { get; init; }

    public required double TestSeconds { get; init; }

    public required double TotalSeconds { get; init; }

    public required string Weights { get; init; }
}

/// <summary>One pass over the training digits.</summary>
/// <param name="Epoch">1 for the first.</param>
/// <param name="Loss">The mean loss of its steps.</param>
/// <param name="Accuracy">The share of digits that were recognised when it was their turn.</param>
/// <param name="ImagesPerSecond">Digits trained on, by wall time.</param>
/// <param name="Seconds">Wall time.</param>
internal sealed record EpochReport(int Epoch, double Loss, double Accuracy, double ImagesPerSecond, double Seconds);
