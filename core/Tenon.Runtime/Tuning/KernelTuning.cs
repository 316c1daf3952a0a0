using System.Collections.Concurrent;
using Tenon.Compiler;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>What is known of the best loops of kernels: what was found before, and searches.</summary>
internal sealed class KernelTuning : IDisposable
{
    private readonly RuntimeOptions _options;
    private readonly ICompiler _compiler;
    private readonly DebugLog _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Ranking> _rankings = [];
    private readonly ConcurrentDictionary<string, TunedKernel> _found = new(StringComparer.Ordinal);
    private readonly TuningWorkers _workers;

    public KernelTuning(RuntimeOptions options, IReadOnlyList<PluginRegistration> plugins, ICompiler compiler, DebugLog log)
    {
        (_options, _compiler, _log) = (options, compiler, log);
        Store = new TuningStore(options, log);
        _workers = new TuningWorkers(options, plugins, compiler.Options, log);
    }

    public TuningStore Store { get; }

    /// <summary>Hears of the kernels of each schedule that is made ready.</summary>
    public Action<IReadOnlyList<(UOp Kernel, OpenedDevice Device)>>? Observer { get; set; }

    /// <summary>Whether the candidates of the last search ran in a process of their own.</summary>
    public bool IsIsolated => _workers.IsIsolated;

    /// <summary>What was found for a kernel, by this process or before; null if nothing was.</summary>
    public TunedKernel? Find(UOp kernel, OpenedDevice device) =>
        !_found.IsEmpty && _found.TryGetValue(CacheKey.OfTuning(kernel, device.Capabilities, device.Generator), out var found) ? found : Store.Find(kernel, device);

    /// <summary>How the loops of a kernel are to be changed; null for what the heuristic chooses.</summary>
    public IReadOnlyList<Opt>? OptsOf(UOp kernel, OpenedDevice device)
    {
        if (Store.IsEmpty && _found.IsEmpty && _options.Tuning.Search == TuningSearch.Off)
        {
            return null;
        }

        if (Find(kernel, device) is { } known)
        {
            return known.Opts;
        }

        if (_options.Tuning.Search == TuningSearch.Off)
        {
            return null;
        }

        try
        {
            return Search(kernel, device, new SearchOptions { Budget = TimeSpan.FromSeconds(_options.Tuning.SearchSeconds) }, null, default).Tuned.Opts;
        }
        catch (TenonException e)
        {
            _log.Remark($"no search for {kernel.ArgAs<KernelArg>().Name}: {e.Message}");
            return null;
        }
    }

    /// <summary>Searches for the best loops of a kernel, and keeps them.</summary>
    /// <exception cref="TenonException">The kernel can't be run by itself; the message says why.</exception>
    public (TunedKernel Tuned, SearchResult Result) Search(UOp kernel, OpenedDevice device, SearchOptions options, Action<SearchCandidate>? report, CancellationToken cancel)
    {
        var name = kernel.ArgAs<KernelArg>().Name;
        lock (_gate)
        {
            if (!_rankings.TryGetValue(device.Name, out var ranking))
            {
                _rankings[device.Name] = ranking = new Ranking(device.Capabilities.Parallelism);
            }

            var timer = _workers.Open(kernel, device, options);
            using var closing = timer as IDisposable;
            var result = new BeamSearch(kernel, device.Capabilities, device.Generator.Target, _compiler.Options, options, timer, ranking, Report, cancel).Run(Find(kernel, device)?.Opts);
            var (target, isBetter) = (device.Generator.Target, !result.Best.SequenceEqual(result.Heuristic));
            var tuned = new TunedKernel(
                CacheKey.OfTuning(kernel, device.Capabilities, device.Generator), name, $"{device.Name} {device.Generator.Name} {target.Fingerprint}",
                isBetter ? result.Best : null, result.Seconds, result.HeuristicSeconds);
            if (result.Seconds is not null)
            {
                Store.Keep(tuned);
                _found[tuned.Key] = tuned;
            }

            return (tuned, result);
        }

        void Report(SearchCandidate candidate)
        {
            if (candidate.Rejection is { Reason: RejectReason.WrongResult } wrong)
            {
                _log.Warn($"WRONG RESULT of {name} on {device.Name}, {device.Generator.Name}: {wrong.Detail}. Rejected: [{string.Join("; ", candidate.Opts)}]. This is a defect of Tenon or of the device; please report it.");
            }

            _log.Tried(name, candidate);
            report?.Invoke(candidate);
        }
    }

    public void Dispose() => _workers.Dispose();
}
