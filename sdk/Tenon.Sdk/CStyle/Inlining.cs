using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Finds the values that may be written where they are used instead of in a statement of their own.</summary>
internal static class Inlining
{
    private const int Several = -1;

    private static readonly OpSet Pure = OpSet.Elementwise | new OpSet(Ops.Index, Ops.Stack, Ops.Splat, Ops.Extract, Ops.Shuffle);

    /// <summary>
    /// The pure ops with one use, in the loop in which they are listed, and if they read a variable, before it changes.
    /// </summary>
    public static HashSet<UOp> Find(IReadOnlyList<UOp> ops)
    {
        var users = FindUsers(ops);
        var (loops, epochs) = Place(ops);
        var inlined = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        var reading = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < ops.Count; i++)
        {
            var op = ops[i];
            if (!Pure.Contains(op.Op) || !users.TryGetValue(op, out var user) || user == Several)
            {
                continue;
            }

            var reads = false;
            foreach (var source in op.Src)
            {
                reads |= source.Op is Ops.Accumulator or Ops.Assign || reading.Contains(source);
            }

            // A loop evaluates its size each time round.
            if (loops[i] == loops[user] && ops[user].Op != Ops.Range && (!reads || epochs[i] == epochs[user]))
            {
                inlined.Add(op);
                if (reads)
                {
                    reading.Add(op);
                }
            }
        }

        return inlined;
    }

    private static Dictionary<UOp, int> FindUsers(IReadOnlyList<UOp> ops)
    {
        var users = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < ops.Count; i++)
        {
            foreach (var source in ops[i].Src)
            {
                users[source] = users.ContainsKey(source) ? Several : i;
            }
        }

        return users;
    }

    // The loop body that an op is in, counted anew after each inner loop, and how often variables have changed before it.
    private static (int[] Loops, int[] Epochs) Place(IReadOnlyList<UOp> ops)
    {
        var (loops, epochs) = (new int[ops.Count], new int[ops.Count]);
        var (loop, epoch) = (0, 0);
        for (var i = 0; i < ops.Count; i++)
        {
            loops[i] = loop;
            epochs[i] = epoch;
            loop += ops[i].Op is Ops.Range or Ops.End ? 1 : 0;
            epoch += ops[i].Op is Ops.Accumulator or Ops.Assign ? 1 : 0;
        }

        return (loops, epochs);
    }
}
