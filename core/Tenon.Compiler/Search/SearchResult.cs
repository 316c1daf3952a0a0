namespace Tenon.Compiler;

/// <summary>What a search has found for a kernel.</summary>
public sealed class SearchResult
{
    /// <summary>The changes that gave the fastest program: those of the heuristic, if nothing was faster.</summary>
    public required IReadOnlyList<Opt> Best { get; init; }

    /// <summary>The changes of the heuristic.</summary>
    public required IReadOnlyList<Opt> Heuristic { get; init; }

    /// <summary>Seconds of a launch of the best; null if nothing could be timed.</summary>
    public double? Seconds { get; init; }

    /// <summary>Seconds of a launch of what the heuristic chose; null if it could not be timed.</summary>
    public double? HeuristicSeconds { get; init; }

    /// <summary>How many candidates there were: those that were timed, and those that were rejected.</summary>
    public required int Tried { get; init; }

    /// <summary>How many were timed and not rejected.</summary>
    public required int Timed { get; init; }

    /// <summary>How many were rejected, by reason.</summary>
    public required IReadOnlyDictionary<RejectReason, int> Rejected { get; init; }

    /// <summary>Wall seconds of the search.</summary>
    public required double SearchSeconds { get; init; }

    /// <summary>How many times as fast the best is as what the heuristic chose; 1 if that isn't known.</summary>
    public double Speedup => Seconds is { } best && HeuristicSeconds is { } before ? before / best : 1;
}
