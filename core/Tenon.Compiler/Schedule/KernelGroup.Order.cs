namespace Tenon.Compiler;

internal sealed partial class KernelGroup
{
    private static int s_visits;
    private int _visit;

    /// <summary>Makes this kernel wait for another one.</summary>
    public void WaitFor(KernelGroup other)
    {
        if (other != this && !_dependsOn.Contains(other))
        {
            _dependsOn.Add(other);
            other._dependents.Add(this);
            if (Level >= 0)
            {
                RaiseLevel(other.Level + 1);
            }
        }
    }

    /// <summary>Gives kernels their levels, once they wait for each other. Afterwards levels follow what is added.</summary>
    public static void FindLevels(IReadOnlyList<KernelGroup> groups)
    {
        foreach (var g in CallOrder.Of(groups))
        {
            g.Level = 0;
            foreach (var d in g._dependsOn)
            {
                g.Level = Math.Max(g.Level, d.Level + 1);
            }
        }
    }

    /// <summary>Whether this kernel must wait for <paramref name="other"/>.</summary>
    public bool Reaches(KernelGroup other)
    {
        if (this == other)
        {
            return true;
        }

        // What it waits for has smaller levels.
        var visit = Interlocked.Increment(ref s_visits);
        var stack = new Stack<KernelGroup>([this]);
        while (stack.TryPop(out var g))
        {
            foreach (var d in g._dependsOn)
            {
                if (d == other)
                {
                    return true;
                }

                if (d._visit != visit && d.Level > other.Level)
                {
                    d._visit = visit;
                    stack.Push(d);
                }
            }
        }

        return false;
    }

    // Whether all that wait for this kernel were made before a number, and all that it waits for after it.
    private bool CanMove(int to) => _dependents.TrueForAll(d => d.Number < to) && _dependsOn.TrueForAll(d => d.Number > to);

    private void RaiseLevel(int level)
    {
        var stack = new Stack<(KernelGroup, int)>([(this, level)]);
        while (stack.TryPop(out var raised))
        {
            var (g, to) = raised;
            if (g.Level < to)
            {
                g.Level = to;
                foreach (var d in g._dependents)
                {
                    stack.Push((d, to + 1));
                }
            }
        }
    }
}
