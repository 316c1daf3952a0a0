using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
    /// <summary>
    /// Whether the turns of a loop may run side by side: none of them reads what another overwrites. The turns of loops over results read no
    /// other elements than they write, if they write what is read at all.
    /// </summary>
    public bool CanBeLanes(UOp range)
    {
        var (order, isSummed) = (Order, range.ArgAs<RangeArg>().Kind == RangeKind.Reduce);
        return Overwritten.Count == 0 || order.TrueForAll(u => u.Op != (isSummed ? Ops.Reduce : Ops.End) || u.Src[1..].Contains(range) != isSummed
            || !u[0].TopologicalOrder().Exists(v => v.Op is Ops.Load or Ops.Store && Overwritten.Exists(o => o[0][0] == v[0][0])));
    }

    /// <summary>Whether a value reads what the kernel stores.</summary>
    public bool ReadsOverwritten(UOp value) => Order is var order && value.TopologicalOrder().Exists(v => v.Op == Ops.Load && order.Exists(s => s.Op == Ops.Store && s[0][0] == v[0][0]));

    // r → outer·amount + lane, where the outer loop keeps the number of r. Lanes past the end compute the last turn again; they
    // neither store what they have, nor is it summed.
    private void ToLanes(UOp range, int amount)
    {
        var (size, kind) = (range[0], range.ArgAs<RangeArg>().Kind);
        if (kind is not (RangeKind.Loop or RangeKind.Reduce) || amount < 2 || amount > size.Max)
        {
            throw new TenonException("TEN1011", $"{range} can't be split into {amount} lanes: it must be a loop, and the amount at least 2 and at most its length.");
        }

        var lane = UOp.Range(UOp.Index(amount), _nextRange++, RangeKind.Lane);
        var turns = IndexMath.FloorDiv(IndexMath.Add(size, UOp.Index(amount - 1)), UOp.Index(amount));
        UOp[] loops = turns.IsInteger(1) ? [lane] : [UOp.Range(turns, range.ArgAs<RangeArg>().Id, kind), lane];
        var index = loops.Length == 1 ? lane : IndexMath.Add(IndexMath.Mul(loops[0], UOp.Index(amount)), lane);
        if (size.Op == Ops.Const && size.Max % amount == 0)
        {
            Replace(range, index, loops);
            return;
        }

        var last = IndexMath.Max(UOp.Index(0), IndexMath.Sub(size, UOp.Index(1)));
        Replace(range, IndexMath.Min(index, last), loops);
        Guard(lane, IndexMath.Less(index, size));
    }

    // What a loop stores or sums counts only where a condition holds.
    private void Guard(UOp loop, UOp condition)
    {
        var done = new NodeMap<UOp>();
        foreach (var u in Kernel.TopologicalOrder())
        {
            var node = u.MapSources(done);
            done[u] = u.Op is not (Ops.End or Ops.Reduce) || !u.Src[1..].Contains(loop) ? node : UOp.New(u.Op, u.DType, [
                u.Op == Ops.End ? GuardedStore.Of(node[0], condition) : UOp.Where(condition, node[0], UOp.Const(u.DType, Reductions.Neutral(u.ArgAs<ReduceArg>().Op, u.DType))),
                .. node.Src[1..]], u.Arg);
        }

        Kernel = done[Kernel];
    }
}
