using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Where a value is once its graph has run.</summary>
internal abstract record RealizeResult
{
    /// <summary>In a buffer that was there before.</summary>
    public sealed record Stored(UOp Buffer) : RealizeResult;

    /// <summary>In the memory that an assignment overwrites.</summary>
    public sealed record Assigned(UOp After) : RealizeResult;

    /// <summary>In new memory.</summary>
    /// <param name="Value">The value, as it was given.</param>
    /// <param name="Slot">The slot of its memory; null if it is empty.</param>
    /// <param name="Device">Where it is stored.</param>
    /// <param name="ValueDevice">Where it is computed, if it says so itself.</param>
    public sealed record Output(UOp Value, int? Slot, string Device, string? ValueDevice) : RealizeResult;
}

/// <summary>What has to be run to realise values: a graph that names no storage, and the storage to run it on.</summary>
internal sealed class RealizeGraph
{
    /// <summary>The graph for the scheduler.</summary>
    public required UOp Sink { get; init; }

    /// <summary>The buffers of the first slots; those of the outputs follow.</summary>
    public required IReadOnlyList<UOp> Inputs { get; init; }

    /// <summary>Values that get new memory.</summary>
    public required IReadOnlyCollection<RealizeResult.Output> Outputs { get; init; }

    /// <summary>Assignments, and the buffer that each overwrites.</summary>
    public required IReadOnlyList<(UOp After, UOp Buffer)> Assignments { get; init; }

    /// <summary>The values of the variables.</summary>
    public required VariableBindings Variables { get; init; }

    /// <summary>Where each value that was asked for will be.</summary>
    public required IReadOnlyList<RealizeResult> Results { get; init; }

    /// <summary>Whether there is nothing to run.</summary>
    public bool IsEmpty => Sink.Src.IsEmpty;
}
