namespace Tenon.Cli.Mnist;

/// <summary>What the user asks of <c>tenon train mnist</c>.</summary>
internal sealed record TrainOptions
{
    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required int Seed { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>The folder of the digits.</summary>
    public required string Data { get; init; }

    /// <summary>Weights to start with; null for random ones.</summary>
    public string? Load { get; init; }

    /// <summary>Where the weights go.</summary>
    public required string Save { get; init; }
}
