using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>
/// Looks for the changes of a kernel's loops that make it fastest. From a few recipes at a time all neighbours are made, the
/// best of them by estimate are timed, and the best of these by time are the next to start from: first from what the
/// heuristic chose, then from the plain kernel.
/// </summary>
internal sealed class BeamSearch
{
    // Steps without progress after which no more are made.
    private const int Patience = 2;
    private readonly UOp _kernel;
    private readonly UOp _merged;
    private readonly Capabilities _device;
    private readonly CodeGeneratorTarget _generator;
    private readonly CodeGeneratorView _target;
    private readonly CompilerOptions _compiler;
    private readonly SearchOptions _options;
    private readonly ICandidateTimer _timer;
    private readonly Ranking _ranking;
    private readonly Action<SearchCandidate>? _report;
    private readonly CancellationToken _cancel;
    private readonly HashSet<string> _recipes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _programs = new(StringComparer.Ordinal);
    private readonly Dictionary<RejectReason, int> _rejected = [];
    private readonly long _start;
    private int _tried;
    private int _timed;
    private SearchCandidate? _heuristic;
    private SearchCandidate? _best;

    /// <param name="kernel">The sink of a scheduled call.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="generator">What the code generator takes.</param>
    /// <param name="compiler">How kernels are compiled.</param>
    /// <param name="options">How far to go.</param>
    /// <param name="timer">What times candidates.</param>
    /// <param name="ranking">What predicts times; it learns, and may be of the kernels before.</param>
    /// <param name="report">Hears of each candidate once it is timed or rejected.</param>
    /// <param name="cancel">Ends the search; what was found until then is the result.</param>
    public BeamSearch(
        UOp kernel, Capabilities device, CodeGeneratorTarget generator, CompilerOptions compiler, SearchOptions options, ICandidateTimer timer,
        Ranking ranking, Action<SearchCandidate>? report = null, CancellationToken cancel = default)
    {
        (_kernel, _device, _generator, _compiler, _options) = (kernel, device, generator, compiler, options);
        (_timer, _ranking, _report, _cancel) = (timer, ranking, report, cancel);
        _start = options.Clock.GetTimestamp();
        _target = new CodeGeneratorView(generator, device);
        _merged = LoopNest.Of(KernelCompiler.Decompose(kernel, _target), _target).Kernel;
    }

    /// <summary>About how many seconds a launch takes with the loops that the heuristic chooses; 0 if there is no estimate.</summary>
    public static double Estimate(UOp kernel, Capabilities device, CodeGeneratorTarget generator)
    {
        var target = new CodeGeneratorView(generator, device);
        var nest = LoopNest.Of(KernelCompiler.Decompose(kernel, target), target);
        Heuristic.Change(nest, target);
        return NestEstimate.Of(nest, target, device) is { } estimate && double.IsFinite(estimate.Cycles) ? new Ranking(device.Parallelism).Predict(estimate) : 0;
    }

    /// <param name="known">What an earlier search found: a further start.</param>
    public SearchResult Run(IReadOnlyList<Opt>? known = null)
    {
        _ranking.NextKernel();
        var nest = new LoopNest(_merged, _target.TensorCores);
        Heuristic.Change(nest, _target);
        var heuristic = Try(nest.Applied);
        _heuristic = heuristic;
        if (heuristic.Rejection is null)
        {
            Measure([heuristic], isStart: true);
            Climb(heuristic, _options.Budget * 0.6);
        }

        if (known is not null && Try(known) is { Rejection: null } earlier)
        {
            Measure([earlier], isStart: true);
            Climb(earlier, _options.Budget * 0.6);
        }

        var plain = Try([]);

        if (plain.Rejection is null)
        {
            // The plain program of much work may take minutes.
            Measure([plain], isStart: _best is null);
        }

        if (plain.Rejection?.Reason is null or RejectReason.Slower or RejectReason.Estimate)
        {
            Climb(plain, _options.Budget * 0.9);
        }

        var winner = Confirm();
        return new SearchResult
        {
            Best = winner?.Opts ?? heuristic.Opts,
            Heuristic = heuristic.Opts,
            Seconds = winner?.Seconds,
            HeuristicSeconds = heuristic.IsTimed ? heuristic.Seconds : null,
            Tried = _tried,
            Timed = _timed,
            Rejected = _rejected,
            SearchSeconds = _options.Clock.GetElapsedTime(_start).TotalSeconds,
        };
    }

    private void Climb(SearchCandidate from, TimeSpan until)
    {
        List<SearchCandidate> beam = [from];
        var (before, patience) = (Best(beam), Patience);
        for (var step = 1; step <= _options.MaxSteps && patience > 0 && !IsOver(until); step++)
        {
            var tried = new List<SearchCandidate>();
            foreach (var recipe in beam.Select(c => c.Recipe!))
            {
                tried.AddRange(Try(recipe, Moves.Of(recipe, _target), step));
            }

            Measure([.. tried.Where(c => c.Rejection is null)], isStart: false, until);

            // What was only estimated, or timed in brief, may still lead to something good.
            var next = tried.Where(c => c.IsTimed || c.Rejection?.Reason is RejectReason.Slower or RejectReason.Estimate).OrderBy(c => c.Score).Take(_options.Width).ToList();
            _timer.Unload(tried.Where(c => c != _best));
            if (next.Count == 0)
            {
                return;
            }

            (beam, var now) = (next, Best(next));
            patience = now.Score < before.Score * 0.99 || (now.Seconds is not null && before.Seconds is null) ? Patience : patience - 1;
            before = patience == Patience ? now : before;
        }
    }

    // Times count more than estimates.
    private static SearchCandidate Best(List<SearchCandidate> beam) => beam.Where(c => c.Seconds is not null).MinBy(c => c.Seconds) ?? beam.MinBy(c => c.Predicted)!;

    private SearchCandidate Try(IReadOnlyList<Opt> opts) => Try(Recipe.Of(_merged, [], _target), [new Move([.. opts.Select(o => new RecipeStep(o, null))], 0)], 0)[0];

    private List<SearchCandidate> Try(Recipe from, IReadOnlyList<Move> moves, int step)
    {
        var (first, candidates) = (_tried, new SearchCandidate[moves.Count]);
        _tried += moves.Count;
        Parallel.For(0, moves.Count, new ParallelOptions { MaxDegreeOfParallelism = _options.Threads }, i => candidates[i] = Make(first + i, step, from, moves[i]));
        foreach (var candidate in candidates)
        {
            if (candidate.Recipe is { } recipe && !_recipes.Add(recipe.Key))
            {
                candidate.Reject(RejectReason.Duplicate, "the same loops were tried before");
            }

            if (candidate.Estimate is { } estimate)
            {
                candidate.Predicted = _ranking.Predict(estimate);
            }

            Count(candidate, isFinal: false);
        }

        return [.. candidates];
    }

    private SearchCandidate Make(int number, int step, Recipe from, Move move)
    {
        try
        {
            var recipe = Recipe.Replay(from, move, _target);
            var candidate = new SearchCandidate { Number = number, Step = step, Opts = recipe.Opts, Recipe = recipe, Estimate = NestEstimate.Of(recipe.Nest, _target, _device) };
            if (step == 0)
            {
                // What it starts from is tried in any case.
                return candidate;
            }

            if (candidate.Estimate is not { } estimate || double.IsInfinity(estimate.Cycles))
            {
                candidate.Reject(RejectReason.TooLong, candidate.Estimate is null ? $"more than {NestEstimate.MaxRanges} loops" : "too many instructions in a row");
            }
            else if (_target.MostAccumulators > 0 && estimate.Accumulators > _target.MostAccumulators)
            {
                candidate.Reject(RejectReason.TooManyAccumulators, $"{estimate.Accumulators} for {_target.MostAccumulators} registers");
            }

            return candidate;
        }
        catch (Exception e)
        {
            var candidate = new SearchCandidate { Number = number, Step = step, Opts = [.. move.Steps.Where(s => !s.IsDropped).Select(s => s.Opt)] };
            candidate.Reject(RejectReason.Illegal, Describe(e));
            return candidate;
        }
    }

    // Compiles and times the best by estimate, and rejects the others.
    private void Measure(List<SearchCandidate> candidates, bool isStart, TimeSpan? until = null)
    {
        candidates.Sort((a, b) => a.Predicted.CompareTo(b.Predicted));
        var limit = _best?.Seconds * _options.Slower ?? double.PositiveInfinity;
        var chosen = new List<SearchCandidate>();
        foreach (var candidate in candidates)
        {
            if (!isStart && (chosen.Count == _options.TimedPerStep || candidate.Predicted > limit))
            {
                candidate.Reject(RejectReason.Estimate, $"{candidate.Predicted / (_best?.Seconds ?? candidates[0].Predicted):0.00} × the best by estimate");
            }
            else if (!isStart && IsOver(until))
            {
                candidate.Reject(RejectReason.OverBudget, "no time was left");
            }
            else
            {
                chosen.Add(candidate);
            }
        }

        Parallel.ForEach(chosen, new ParallelOptions { MaxDegreeOfParallelism = _options.Threads }, Lower);
        foreach (var candidate in chosen)
        {
            if (candidate.Program is not null && !_programs.Add(candidate.ProgramHash()))
            {
                candidate.Reject(RejectReason.Duplicate, "the same program was tried before");
            }
        }

        _timer.Load([.. chosen.Where(c => c.Rejection is null)], _cancel);
        foreach (var candidate in chosen)
        {
            if (candidate.Rejection is null && (isStart ? _cancel.IsCancellationRequested : IsOver(until)))
            {
                candidate.Reject(RejectReason.OverBudget, "no time was left");
            }

            if (candidate.Rejection is null)
            {
                _timer.Time(candidate, isStart ? double.PositiveInfinity : _best?.Seconds * _options.Slower ?? double.PositiveInfinity);
            }

            if (candidate is { Seconds: { } seconds, Estimate: { } estimate })
            {
                _ranking.Learn(estimate, seconds);
            }

            _best = candidate.IsTimed && (_best is null || candidate.Seconds < _best.Seconds) ? candidate : _best;
        }

        foreach (var candidate in candidates)
        {
            candidate.Predicted = candidate.Estimate is { } estimate ? _ranking.Predict(estimate) : candidate.Predicted;
            Count(candidate, isFinal: true);
        }
    }

    private void Lower(SearchCandidate candidate)
    {
        try
        {
            candidate.Program = KernelCompiler.Compile(_kernel, _device, _generator, _compiler with { Optimise = true, Optimiser = (_, _) => candidate.Recipe!.Nest.Kernel });
        }
        catch (Exception e)
        {
            candidate.Reject(RejectReason.CompileError, Describe(e));
        }
    }

    // An error that isn't one of Tenon's is a defect, but no reason to end a search: it is reported with the candidate.
    private static string Describe(Exception e) => e is TenonException ? e.Message : $"{e.GetType().Name}: {e.Message}";

    // Times vary: whoever takes the heuristic's place has to win against it side by side.
    private SearchCandidate? Confirm()
    {
        if (_best is null || _heuristic is not { IsTimed: true } || _best == _heuristic)
        {
            return _best;
        }

        var times = _timer.Compare([_heuristic, _best]);
        (_heuristic.Seconds, _best.Seconds) = (times[0], times[1]);
        return times[0] > times[1] * _options.Gain ? _best : _heuristic;
    }

    private bool IsOver(TimeSpan? until) => _cancel.IsCancellationRequested || _options.Clock.GetElapsedTime(_start) >= (until ?? _options.Budget);

    // Each candidate is counted once: when it is rejected, or when it has been timed.
    private void Count(SearchCandidate candidate, bool isFinal)
    {
        if (candidate.Rejection is { } rejection)
        {
            _rejected[rejection.Reason] = _rejected.GetValueOrDefault(rejection.Reason) + 1;
        }
        else if (isFinal)
        {
            _timed++;
        }
        else
        {
            return;
        }

        _report?.Invoke(candidate);
    }
}
