using Tenon.Core;

namespace Tenon.Compiler;

// What waits in registers.
internal sealed partial class KernelCost
{
    // Registers for what is multiplied.
    private const int NotAccumulators = 4;

    /// <summary>Accumulators that are alive in the fullest loop.</summary>
    public long Accumulators(LoopPlan plan)
    {
        var most = 0L;
        foreach (var (_, reductions) in _reductions)
        {
            most = Math.Max(most, Alive(reductions, plan));
        }

        return most;
    }

    /// <summary>Whether the accumulators of each loop fit into registers, beside the vectors that several of them need.</summary>
    public bool Fits(LoopPlan plan)
    {
        foreach (var (loops, reductions) in _reductions)
        {
            var alive = Alive(reductions, plan);
            if (alive > Math.Max(1, Math.Min(_target.VectorRegisters - NotAccumulators, _target.VectorRegisters - 1 - SharedVectors(loops, plan, alive))))
            {
                return false;
            }
        }

        return true;
    }

    private static long Alive(List<Work> reductions, LoopPlan plan)
    {
        var alive = 0L;
        foreach (var w in reductions)
        {
            alive += Chains(w, plan);
        }

        return alive;
    }

    // Copies of vectors are innermost: all those of one factor wait while numbers of the other come by one at a time.
    private long SharedVectors(ulong reduced, LoopPlan plan, long accumulators)
    {
        var least = long.MaxValue;
        foreach (var w in _work)
        {
            if (w.Node.Op == Ops.Load && (w.Inside & reduced) != 0 && plan.VectorIn(w.Inside) >= 0)
            {
                least = Math.Min(least, plan.CopiesIn(w.Inside & ~reduced) < accumulators ? plan.CopiesIn(w.Inside) : 0);
            }
        }

        return least == long.MaxValue ? 0 : least;
    }

    private static long Chains(Work w, LoopPlan plan)
    {
        var tile = plan.CopiesIn(w.Inside & ~w.Reduced);
        var all = plan.CopiesIn(w.Inside);
        return all <= Reductions.SeparateAccumulators ? all : tile;
    }
}
