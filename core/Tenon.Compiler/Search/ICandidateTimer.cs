using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>Runs candidates on a device for a search.</summary>
internal interface ICandidateTimer
{
    /// <summary>Compiles and loads programs, in parallel; those that can't be are rejected.</summary>
    void Load(IReadOnlyList<SearchCandidate> candidates, CancellationToken cancel);

    /// <summary>
    /// Times a loaded candidate, unless it is rejected: its results are wrong, it fails, or it is slower than
    /// <paramref name="limit"/> seconds. Seconds may be set then too.
    /// </summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="limit">Seconds above which it is timed in brief only; infinite for none.</param>
    void Time(SearchCandidate candidate, double limit);

    /// <summary>Times candidates that have been timed before against each other, in turn; the least seconds of each.</summary>
    IReadOnlyList<double> Compare(IReadOnlyList<SearchCandidate> candidates);

    /// <summary>Lets go of candidates that won't be timed again.</summary>
    void Unload(IEnumerable<SearchCandidate> candidates);
}
