namespace Tenon.Core;

/// <summary>Who is told of stages and rewrites; see <see cref="Tracing.Listener"/>. Calls come from all threads that compile.</summary>
public abstract class RewriteListener
{
    /// <summary>A rule has been tried on a node that its pattern may match.</summary>
    /// <param name="stage">The innermost stage of the thread; null if it is in none.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="before">The node.</param>
    /// <param name="after">What takes its place; null if the rule doesn't apply after all.</param>
    /// <param name="ticks">Of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    public abstract void Tried(TraceStage? stage, Rule rule, UOp before, UOp? after, long ticks);

    /// <summary>A stage has ended.</summary>
    public abstract void End(TraceStage stage);
}
