using Tenon.Compiler;

namespace Tenon.Runtime;

/// <summary>Times candidates in this process: one that crashes or hangs takes it along.</summary>
internal sealed class InProcessTimer(KernelBench bench, int threads) : ICandidateTimer, IDisposable
{
    public void Load(IReadOnlyList<SearchCandidate> candidates, CancellationToken cancel) =>
        Parallel.ForEach(candidates, new ParallelOptions { MaxDegreeOfParallelism = threads }, c =>
        {
            if (!cancel.IsCancellationRequested && bench.Load(c.Number, c.Program!) is { } rejection)
            {
                c.Reject(rejection.Reason, rejection.Detail);
            }
        });

    public void Time(SearchCandidate candidate, double limit)
    {
        var timing = bench.Time(candidate.Number, limit);
        candidate.Seconds = timing.Seconds;
        if (timing.Rejection is { } rejection)
        {
            candidate.Reject(rejection.Reason, rejection.Detail);
        }
    }

    public IReadOnlyList<double> Compare(IReadOnlyList<SearchCandidate> candidates) => bench.Compare([.. candidates.Select(c => c.Number)]);

    public void Unload(IEnumerable<SearchCandidate> candidates)
    {
        foreach (var candidate in candidates)
        {
            bench.Unload(candidate.Number);
        }
    }

    public void Dispose() => bench.Dispose();
}
