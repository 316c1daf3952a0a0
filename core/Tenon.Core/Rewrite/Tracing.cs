using System.Diagnostics;

namespace Tenon.Core;

/// <summary>Tells a listener which stages the compiler goes through and which rules fire in them. While nobody listens it costs nothing.</summary>
public static class Tracing
{
    private static volatile RewriteListener? s_listener;

    [ThreadStatic]
    private static long t_ticksWithin;

    /// <summary>Who is told; null for nobody. Of the whole process, and of stages that begin afterwards.</summary>
    public static RewriteListener? Listener
    {
        get => s_listener;
        set => s_listener = value;
    }

    /// <summary>Begins a stage of this thread, to be disposed of at its end; null if nobody listens.</summary>
    /// <param name="name">Such as <c>lower/expand</c>.</param>
    /// <param name="graph">What it starts from.</param>
    /// <param name="kernel">The kernel that it works on; that of the stage around it if null.</param>
    public static TraceStage? Begin(string name, UOp? graph = null, string? kernel = null) =>
        s_listener is { } listener ? new TraceStage(listener, name, graph, kernel) : null;

    /// <summary>These rules, such that each attempt is told to the listener if there is one.</summary>
    internal static PatternMatcher Observe(PatternMatcher rules) => s_listener is null ? rules : rules.Observed;

    /// <summary>What the rule makes of the node, told to the listener; the time of rewrites within the rule counts as theirs.</summary>
    internal static UOp? Apply(Rule rule, UOp node, object? context)
    {
        if (!rule.Pattern.MayMatch(node))
        {
            return null;
        }

        var before = t_ticksWithin;
        t_ticksWithin = 0;
        var start = Stopwatch.GetTimestamp();
        var result = rule.Apply(node, context);
        var elapsed = Stopwatch.GetTimestamp() - start;
        s_listener?.Tried(TraceStage.Current, rule, node, result, elapsed - t_ticksWithin);
        t_ticksWithin = before + elapsed;
        return result;
    }
}
