using System.Diagnostics;

namespace Tenon.Core;

/// <summary>A part of the compiler's work on one thread, from <see cref="Tracing.Begin"/> until it is disposed of.</summary>
public sealed class TraceStage : IDisposable
{
    [ThreadStatic]
    private static TraceStage? t_current;

    private readonly RewriteListener _listener;
    private long _ticksWithin;

    internal TraceStage(RewriteListener listener, string name, UOp? graph, string? kernel)
    {
        Outer = t_current;
        (_listener, Name, Graph, Kernel) = (listener, name, graph, kernel ?? Outer?.Kernel);
        t_current = this;
        Start = Stopwatch.GetTimestamp();
    }

    /// <summary>Such as <c>lower/expand</c>.</summary>
    public string Name { get; }

    /// <summary>The kernel that it works on; null if that is not known, or if it works on several.</summary>
    public string? Kernel { get; }

    /// <summary>The stage that it is a part of.</summary>
    public TraceStage? Outer { get; }

    /// <summary>What it starts from, if that is a graph.</summary>
    public UOp? Graph { get; }

    /// <summary>What it gives, if that is a graph.</summary>
    public UOp? Result { get; set; }

    /// <summary>When it began, as ticks of <see cref="Stopwatch"/>.</summary>
    public long Start { get; }

    /// <summary>How long it took, as ticks of <see cref="Stopwatch"/>; known at its end.</summary>
    public long Ticks { get; private set; }

    /// <summary>How long it took without the stages within it.</summary>
    public long OwnTicks => Ticks - _ticksWithin;

    /// <summary>What the listener keeps with the stage. Only the thread of the stage uses it until the stage has ended.</summary>
    public object? Notes { get; set; }

    internal static TraceStage? Current => t_current;

    /// <summary>Ends the stage.</summary>
    public void Dispose()
    {
        Ticks = Stopwatch.GetTimestamp() - Start;
        t_current = Outer;
        Outer?._ticksWithin += Ticks;
        _listener.End(this);
    }
}
