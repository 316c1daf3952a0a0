using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// Times candidates in a worker. One that ends the worker, or keeps it busy for too long, is rejected, and another worker goes
/// on. Of several that were compiled at once when it ended, each is compiled again by itself.
/// </summary>
internal sealed class WorkerTimer(TuningWorkers workers, UOp kernel, OpenedDevice device, SearchOptions options) : ICandidateTimer, IDisposable
{
    private const double LimitRuns = 20;
    private const double StartFactor = 6;
    private readonly HashSet<int> _loaded = [];
    private readonly byte[] _kernel = UOpSerializer.Serialize([kernel]);
    private WorkerProcess? _worker;

    /// <summary>Prepares the kernel in a worker.</summary>
    /// <exception cref="WorkerFailure">There is no worker, or the plain program ends it.</exception>
    /// <exception cref="TenonException">The plain program fails.</exception>
    public void Open()
    {
        _loaded.Clear();
        _worker = workers.Get(device, options);
        if (Ask(WorkerMessage.Kernel, w => Write(w, _kernel), options.Deadline * StartFactor) is var r && WorkerPipe.ReadRejection(r) is { } rejection)
        {
            throw new TenonException("TEN1120", $"Kernel {kernel.ArgAs<KernelArg>().Name} can't be searched for, because it can't be run by itself: {rejection.Detail}");
        }
    }

    public void Load(IReadOnlyList<SearchCandidate> candidates, CancellationToken cancel)
    {
        if (candidates.Count == 0 || cancel.IsCancellationRequested || !IsReady(candidates))
        {
            return;
        }

        var answers = candidates.Select(c => _worker!.Ask(WorkerMessage.Load, w => Write(w, c))).ToList();
        _worker!.Wait(answers, options.Deadline);
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].IsCompletedSuccessfully)
            {
                Loaded(candidates[i], answers[i].Result);
            }
        }

        // One of these is to blame, unless it is alone.
        if (answers.Count == 1 && answers[0].Exception?.InnerException is WorkerFailure failure)
        {
            Reject(candidates[0], failure.Rejection);
            return;
        }

        foreach (var (candidate, _) in candidates.Zip(answers).Where(p => !p.Second.IsCompletedSuccessfully))
        {
            Load([candidate], cancel);
        }
    }

    public void Time(SearchCandidate candidate, double limit)
    {
        if (!EnsureLoaded(candidate))
        {
            return;
        }

        try
        {
            var deadline = options.Deadline + TimeSpan.FromSeconds(double.IsFinite(limit) ? Math.Min(limit * LimitRuns, 600) : options.Deadline.TotalSeconds * StartFactor);
            var r = Ask(
                WorkerMessage.Time,
                w =>
                {
                    w.Write(candidate.Number);
                    w.Write(limit);
                },
                deadline);
            candidate.Seconds = r.ReadDouble() is var seconds && double.IsNaN(seconds) ? null : seconds;
            Reject(candidate, WorkerPipe.ReadRejection(r));
        }
        catch (WorkerFailure e)
        {
            Reject(candidate, e.Rejection);
        }
    }

    public IReadOnlyList<double> Compare(IReadOnlyList<SearchCandidate> candidates)
    {
        try
        {
            if (candidates.All(EnsureLoaded))
            {
                var r = Ask(
                    WorkerMessage.Compare,
                    w =>
                    {
                        w.Write(candidates.Count);
                        candidates.ToList().ForEach(c => w.Write(c.Number));
                    },
                    options.Deadline * StartFactor);
                return [.. candidates.Select(_ => r.ReadDouble())];
            }
        }
        catch (WorkerFailure)
        {
            // They ran before, so what was measured then holds.
        }

        return [.. candidates.Select(c => c.Seconds!.Value)];
    }

    public void Unload(IEnumerable<SearchCandidate> candidates)
    {
        foreach (var candidate in candidates.Where(c => _loaded.Remove(c.Number)))
        {
            _worker?.Tell(WorkerMessage.Unload, w => w.Write(candidate.Number));
        }
    }

    // The worker waits for the next kernel.
    public void Dispose()
    {
    }

    private BinaryReader Ask(byte kind, Action<BinaryWriter> content, TimeSpan deadline) => _worker!.Ask(kind, content, deadline);

    private bool EnsureLoaded(SearchCandidate candidate)
    {
        if (IsReady([candidate]) && !_loaded.Contains(candidate.Number))
        {
            Load([candidate], default);
        }

        return candidate.Rejection is null && _loaded.Contains(candidate.Number);
    }

    // A worker that has ended is replaced; what it had loaded has to be loaded again.
    private bool IsReady(IReadOnlyList<SearchCandidate> candidates)
    {
        try
        {
            if (_worker is null || _worker.HasEnded)
            {
                Open();
            }

            return true;
        }
        catch (Exception e) when (e is WorkerFailure or TenonException)
        {
            foreach (var candidate in candidates)
            {
                candidate.Reject(RejectReason.Crash, $"no worker could be started again: {e.Message}");
            }

            return false;
        }
    }

    private void Loaded(SearchCandidate candidate, BinaryReader answer)
    {
        _loaded.Add(candidate.Number);
        Reject(candidate, WorkerPipe.ReadRejection(answer));
    }

    private static void Reject(SearchCandidate candidate, Rejection? rejection)
    {
        if (rejection is not null)
        {
            candidate.Reject(rejection.Reason, rejection.Detail);
        }
    }

    private static void Write(BinaryWriter w, SearchCandidate candidate)
    {
        w.Write(candidate.Number);
        Write(w, LinearProgramSerializer.Serialize(candidate.Program!));
    }

    private static void Write(BinaryWriter w, byte[] bytes)
    {
        w.Write(bytes.Length);
        w.Write(bytes);
    }
}
