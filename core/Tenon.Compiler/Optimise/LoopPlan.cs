using System.Numerics;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>What is chosen for each loop of a kernel: how many lanes it becomes, and how many copies of its body are written out.</summary>
internal sealed class LoopPlan
{
    private readonly UOp[] _ranges;

    public LoopPlan(IEnumerable<UOp> ranges)
    {
        _ranges = [.. ranges];
        Lanes = new int[_ranges.Length];
        Copies = new int[_ranges.Length];
        Array.Fill(Lanes, 1);
        Array.Fill(Copies, 1);
    }

    private LoopPlan(LoopPlan other) => (_ranges, Lanes, Copies) = (other._ranges, [.. other.Lanes], [.. other.Copies]);

    public int[] Lanes { get; }

    public int[] Copies { get; }

    /// <summary>The loops that become vectors.</summary>
    public ulong Vectors { get; private set; }

    public LoopPlan Clone() => new(this) { Vectors = Vectors };

    public LoopPlan WithLanes(int range, int lanes)
    {
        var plan = Clone();
        plan.Lanes[range] = lanes;
        plan.Vectors |= 1UL << range;
        return plan;
    }

    /// <summary>The loop that becomes a vector among these; -1 if none does.</summary>
    public int VectorIn(ulong ranges) => (ranges & Vectors) is var mask && mask == 0 ? -1 : BitOperations.TrailingZeroCount(mask);

    /// <summary>How many copies are written out of what depends on these loops.</summary>
    public long CopiesIn(ulong ranges)
    {
        var copies = 1L;
        for (; ranges != 0; ranges &= ranges - 1)
        {
            copies *= Copies[BitOperations.TrailingZeroCount(ranges)];
        }

        return copies;
    }

    /// <summary>Changes the loops of the kernel that the plan was made for.</summary>
    public void Apply(LoopNest nest)
    {
        // Copies of vectors are innermost: what they have in common, a number in each lane, is then used up before the next.
        foreach (var i in Enumerable.Range(0, _ranges.Length).OrderBy(i => Lanes[i] > 1))
        {
            var id = _ranges[i].ArgAs<RangeArg>().Id;
            if (Copies[i] > 1)
            {
                id = nest.Apply(new Opt(OptKind.Unroll, id, Copies[i] * Lanes[i]));
            }

            if (Lanes[i] > 1)
            {
                nest.Apply(new Opt(OptKind.Vector, id, Lanes[i]));
            }
        }
    }
}
