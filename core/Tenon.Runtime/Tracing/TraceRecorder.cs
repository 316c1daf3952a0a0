using System.Diagnostics;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Keeps what <see cref="Tracing"/> tells, for a report. A stage belongs to one thread, so that only its end takes a lock.</summary>
public sealed class TraceRecorder : RewriteListener
{
    /// <summary>How many rewrites of a rule are kept for each run of a stage; all are counted.</summary>
    public const int KeptRewrites = 100;

    /// <summary>What fires while tensors are built is not part of any stage.</summary>
    private const string Outside = "build";

    private readonly List<TraceStage> _stages = [];
    private readonly Notes _outside = new();

    /// <inheritdoc/>
    public override void Tried(TraceStage? stage, Rule rule, UOp before, UOp? after, long ticks)
    {
        if (stage is not null)
        {
            ((Notes)(stage.Notes ??= new Notes())).Add(rule, before, after, ticks);
            return;
        }

        lock (_outside)
        {
            _outside.Add(rule, before, after, ticks);
        }
    }

    /// <inheritdoc/>
    public override void End(TraceStage stage)
    {
        lock (_stages)
        {
            _stages.Add(stage);
        }
    }

    /// <summary>What was heard so far, of stages that have ended.</summary>
    public TraceReport Report()
    {
        var stages = Ended();
        var names = new KernelNames(stages);
        var totals = new List<StageTrace>();
        var rules = new Dictionary<(string, string?, string, string), RuleTrace>();
        var rewrites = new List<RewriteTrace>();
        lock (_outside)
        {
            _outside.AddTo(rules, rewrites, Outside, null);
        }

        foreach (var group in stages.GroupBy(s => (s.Name, Kernel: names.Of(s))))
        {
            var (before, after) = (group.Where(s => s.Graph is not null), group.Where(s => s.Result is not null));
            totals.Add(new StageTrace(
                group.Key.Name, group.Key.Kernel, group.Count(), Seconds(group.Sum(s => s.Ticks)), Seconds(group.Sum(s => s.OwnTicks)),
                before.Any() ? before.Sum(s => CountNodes(s.Graph!)) : null, after.Any() ? after.Sum(s => CountNodes(s.Result!)) : null));
            foreach (var stage in group)
            {
                (stage.Notes as Notes)?.AddTo(rules, rewrites, group.Key.Name, group.Key.Kernel);
            }
        }

        return new TraceReport(totals, [.. rules.Values], rewrites);
    }

    // In the order in which they began.
    private List<TraceStage> Ended()
    {
        lock (_stages)
        {
            return [.. _stages.OrderBy(s => s.Start)];
        }
    }

    // Without what keeps the roots together.
    private static long CountNodes(UOp graph) => graph.TopologicalOrder().Count - (graph.Op == Ops.Sink ? 1 : 0);

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    private sealed class Notes
    {
        private readonly Dictionary<Rule, Counter> _counters = [];
        private readonly List<(Rule Rule, UOp Before, UOp After)> _rewrites = [];

        public void Add(Rule rule, UOp before, UOp? after, long ticks)
        {
            ref var counter = ref CollectionsMarshal.GetValueRefOrAddDefault(_counters, rule, out _);
            counter.Tried++;
            counter.Ticks += ticks;
            if (after is not null && counter.Fired++ < KeptRewrites)
            {
                _rewrites.Add((rule, before, after));
            }
        }

        public void AddTo(Dictionary<(string, string?, string, string), RuleTrace> rules, List<RewriteTrace> rewrites, string stage, string? kernel)
        {
            foreach (var (rule, counter) in _counters)
            {
                var key = (stage, kernel, rule.Location, rule.Text);
                var known = rules.GetValueOrDefault(key) ?? new RuleTrace(stage, kernel, rule.Location, rule.Text, 0, 0, 0);
                rules[key] = known with { Fired = known.Fired + counter.Fired, Tried = known.Tried + counter.Tried, Seconds = known.Seconds + Seconds(counter.Ticks) };
            }

            rewrites.AddRange(_rewrites.Select(r => new RewriteTrace(stage, kernel, r.Rule.Location, $"{r.Before}", $"{r.After}")));
        }

        private struct Counter
        {
            public long Fired, Tried, Ticks;
        }
    }

    // A kernel gets its name at the end of the schedule: stages before are known by what they gave to the next.
    private sealed class KernelNames
    {
        private readonly NodeMap<string> _names = new();

        public KernelNames(IReadOnlyList<TraceStage> stages)
        {
            foreach (var stage in stages)
            {
                if (stage is { Graph: { } graph, Result.Arg: KernelArg kernel })
                {
                    _names[stage.Result] = kernel.Name;
                    _names[graph] = kernel.Name;
                }
            }
        }

        public string? Of(TraceStage? stage) =>
            stage is null ? null : stage.Kernel ?? (stage.Result is { } result && _names.TryGetValue(result, out var name) ? name : Of(stage.Outer));
    }
}
