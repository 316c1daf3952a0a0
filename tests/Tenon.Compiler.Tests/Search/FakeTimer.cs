namespace Tenon.Compiler.Tests.Search;

/// <summary>Says how long candidates take, and which fail, without running any.</summary>
internal sealed class FakeTimer(Func<SearchCandidate, double> seconds, Func<SearchCandidate, RejectReason?>? fails = null) : ICandidateTimer
{
    public List<SearchCandidate> Timed { get; } = [];

    public void Load(IReadOnlyList<SearchCandidate> candidates, CancellationToken cancel)
    {
        foreach (var candidate in candidates.Where(c => fails?.Invoke(c) == RejectReason.CompileError))
        {
            candidate.Reject(RejectReason.CompileError, "so it was asked for");
        }
    }

    public void Time(SearchCandidate candidate, double limit)
    {
        if (fails?.Invoke(candidate) is { } reason)
        {
            candidate.Reject(reason, "so it was asked for");
            return;
        }

        Timed.Add(candidate);
        candidate.Seconds = seconds(candidate);
        if (candidate.Seconds > limit)
        {
            candidate.Reject(RejectReason.Slower, "slow");
        }
    }

    public IReadOnlyList<double> Compare(IReadOnlyList<SearchCandidate> candidates) => [.. candidates.Select(seconds)];

    public void Unload(IEnumerable<SearchCandidate> candidates)
    {
    }
}
