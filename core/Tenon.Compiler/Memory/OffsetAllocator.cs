namespace Tenon.Compiler;

/// <summary>
/// Gives things that live at known times places in one block of memory, so that those that live at different times share it:
/// temporaries of a schedule, arrays of a kernel. The smallest block is hard to find (the problem is NP-complete), so several orders
/// are tried, in each of which every thing goes to the lowest place that is free during its life; then what sticks out goes first.
/// </summary>
/// <remarks>After Y. Pisarchyk and J. Lee, Efficient memory management for deep neural net inference, arXiv:2001.03288.</remarks>
public static class OffsetAllocator
{
    // As good as the bound, where thousands of things are placed.
    private const double GoodEnough = 1.01;
    private const int MostRepairs = 64;

    // Steps of the search for places, about a millisecond for each million.
    private const long MostSteps = 40_000_000;

    /// <summary>Places things.</summary>
    /// <param name="lives">The things; those of no bytes lie at 0.</param>
    /// <param name="alignment">Of every offset.</param>
    public static MemoryLayout Place(ReadOnlySpan<Lifetime> lives, long alignment)
    {
        var things = new Lifetime[lives.Length];
        for (var i = 0; i < things.Length; i++)
        {
            things[i] = lives[i] with { Bytes = (lives[i].Bytes + alignment - 1) / alignment * alignment };
        }

        var least = MostAlive(things);
        var best = InOrder(things, BySize(things));
        var left = MostSteps - Cost(things);
        foreach (var order in (ReadOnlySpan<Func<Lifetime[], int[]>>)[ByArea, ByLength, ByPressure, ByStart])
        {
            if (best.Bytes > least && (best.Bytes > least * GoodEnough || things.Length < 1000) && left > 0)
            {
                best = Better(best, InOrder(things, order(things)));
                left -= Cost(things);
            }
        }

        return Repaired(things, best, least, left).ToLayout(least);
    }

    /// <summary>The most bytes that live at one step.</summary>
    public static long MostAlive(ReadOnlySpan<Lifetime> lives)
    {
        var changes = new List<(int Step, long Bytes)>(2 * lives.Length);
        foreach (var (bytes, first, last) in lives)
        {
            changes.Add((first, bytes));
            changes.Add((last + 1, -bytes));
        }

        // At one step, what ends makes room first.
        changes.Sort();
        var (alive, most) = (0L, 0L);
        foreach (var (_, bytes) in changes)
        {
            alive += bytes;
            most = Math.Max(most, alive);
        }

        return most;
    }

    // What reaches the end of the block is placed earlier the next time.
    private static Placement Repaired(Lifetime[] things, Placement best, long least, long steps)
    {
        var at = best;
        for (var i = 0; i < MostRepairs && best.Bytes > least && (best.Bytes > least * GoodEnough || things.Length < 1000) && steps > 0; i++)
        {
            var order = at.Order.ToList();
            var top = order.FindIndex(t => at.Offsets[t] + things[t].Bytes == at.Bytes);
            var thing = order[top];
            order.RemoveAt(top);
            order.Insert(top / 2, thing);
            at = InOrder(things, [.. order]);
            best = Better(best, at);
            steps -= Cost(things);
            if (top == 0)
            {
                break;
            }
        }

        return best;
    }

    private static Placement Better(Placement a, Placement b) => b.Bytes < a.Bytes ? b : a;

    private static long Cost(Lifetime[] things) => (long)things.Length * things.Length / 2;

    private static Placement InOrder(Lifetime[] things, int[] order)
    {
        var offsets = new long[things.Length];
        var placed = new List<(long Begin, long End, int First, int Last)>(things.Length);
        var total = 0L;
        foreach (var i in order)
        {
            var (bytes, first, last) = things[i];
            if (bytes == 0)
            {
                continue;
            }

            var (offset, at) = (0L, 0);
            for (; at < placed.Count; at++)
            {
                var other = placed[at];
                if (other.Begin >= offset + bytes)
                {
                    break;
                }

                offset = other.First <= last && first <= other.Last ? Math.Max(offset, other.End) : offset;
            }

            while (at > 0 && placed[at - 1].Begin > offset)
            {
                at--;
            }

            placed.Insert(at, (offset, offset + bytes, first, last));
            offsets[i] = offset;
            total = Math.Max(total, offset + bytes);
        }

        return new Placement(order, offsets, total);
    }

    private static int[] BySize(Lifetime[] things) => Sorted(things, static t => -(double)t.Bytes);

    private static int[] ByArea(Lifetime[] things) => Sorted(things, static t => -(double)t.Bytes * (t.Last - t.First + 1));

    private static int[] ByLength(Lifetime[] things) => Sorted(things, static t => -(double)(t.Last - t.First));

    private static int[] ByStart(Lifetime[] things) => Sorted(things, static t => t.First);

    // What lives when most is alive goes first.
    private static int[] ByPressure(Lifetime[] things)
    {
        var steps = things.Length == 0 ? 0 : things.Max(static t => t.Last) + 1;
        var alive = new long[steps];
        foreach (var (bytes, first, last) in things)
        {
            for (var step = first; step <= last; step++)
            {
                alive[step] += bytes;
            }
        }

        return Sorted(things, t => -(double)alive.AsSpan(t.First..(t.Last + 1)).ToArray().Max());
    }

    // Equal ones by size, then by number, so that the result is always the same.
    private static int[] Sorted(Lifetime[] things, Func<Lifetime, double> key)
    {
        var keys = Array.ConvertAll(things, t => key(t));
        int[] order = [.. Enumerable.Range(0, things.Length)];
        Array.Sort(order, (a, b) => keys[a].CompareTo(keys[b]) is var byKey and not 0 ? byKey
            : things[b].Bytes.CompareTo(things[a].Bytes) is var bySize and not 0 ? bySize
            : a.CompareTo(b));
        return order;
    }

    private sealed record Placement(int[] Order, long[] Offsets, long Bytes)
    {
        public MemoryLayout ToLayout(long least) => new(Offsets, Bytes, least);
    }
}
