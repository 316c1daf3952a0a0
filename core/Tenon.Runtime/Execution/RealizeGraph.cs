using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>A value that is stored in new memory.</summary>
/// <param name="Value">The value, as it was given.</param>
/// <param name="Slot">The slot of its memory; null if it is empty.</param>
/// <param name="Device">Where it is stored.</param>
/// <param name="ValueDevice">Where it is computed, if it says so itself.</param>
internal sealed record RealizeOutput(UOp Value, int? Slot, string Device, string? ValueDevice);

/// <summary>What has to be run to realise values: a graph that names no storage, and the storage to run it on.</summary>
internal sealed class RealizeGraph
{
    /// <summary>The graph for the scheduler.</summary>
    public required UOp Sink { get; init; }

    /// <summary>The buffers of the first slots.</summary>
    public required IReadOnlyList<UOp> Inputs { get; init; }

    /// <summary>The values of the slots after those.</summary>
    public required IReadOnlyList<RealizeOutput> Outputs { get; init; }

    /// <summary>Assignments, and the buffer that each overwrites.</summary>
    public required IReadOnlyList<(UOp After, UOp Buffer)> Assignments { get; init; }

    /// <summary>Of each value that was asked for, the buffer, output or assignment in which it will be.</summary>
    public required IReadOnlyList<object> Results { get; init; }

    /// <summary>Whether everything has been there before.</summary>
    public bool IsEmpty => Sink.Src.IsEmpty;
}
