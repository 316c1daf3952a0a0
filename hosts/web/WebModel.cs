namespace Tenon.Web;

/// <summary>A model that is to run in a browser.</summary>
public sealed record WebModel
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>The inputs in order, each with a value of its shape: what the page runs the model on at first, and compares with what was computed here.</summary>
    public required IReadOnlyList<(string Name, Tensor Sample)> Inputs { get; init; }

    /// <summary>The names of the outputs in order.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>The outputs for some inputs.</summary>
    public required Func<Tensor[], Tensor[]> Function { get; init; }

    /// <summary>Names for tensors that the function uses, which they then have among the weights.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights { get; init; } = new Dictionary<string, Tensor>();
}
