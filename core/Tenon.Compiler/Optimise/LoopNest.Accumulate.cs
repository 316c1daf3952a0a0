using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
    /// <summary>
    /// The reduction over a loop whose sums a local array can keep: the only one, over several loops. The length of
    /// the loop depends on no other, and nothing is staged within the loops around it, which are made anew. Null if there is none.
    /// </summary>
    public UOp? Accumulated(UOp range) =>
        Order.FindAll(static u => u.Op == Ops.Reduce) is [var reduce]
        && range.ArgAs<RangeArg>().Kind == RangeKind.Reduce && range[0].Ranges.Length == 0 && reduce.Src.Length > 2 && reduce.Src[1..].Contains(range)
        && !reduce.TopologicalOrder().Exists(static u => u.Op == Ops.After && Array.Exists(u.Ranges.ToArray(), static r => r.ArgAs<RangeArg>().Kind == RangeKind.Loop))
            ? reduce : null;

    // Σₖ Σⱼ f(k, j, r) → sums[r], after sums[r'] = 0 for each r', after sums[r"] = sums[r"] + Σⱼ f(k, j, r") for each k and then r".
    private void Accumulate(UOp range)
    {
        var reduce = Accumulated(range)
            ?? throw new TenonException("TEN1052", $"The sums over {range} can't be kept in an array: it must be one of several loops of the kernel's only reduction.");
        var kept = reduce.Ranges.ToArray().Where(r => r.ArgAs<RangeArg>().Kind != RangeKind.Global).OrderBy(r => r.ArgAs<RangeArg>().Kind).ThenBy(r => r.ArgAs<RangeArg>().Id).ToArray();
        var sums = UOp.New(Ops.Local, reduce.DType, [], new LocalArg(_nextLocal++, SizeOf(kept)));
        var outer = UOp.Range(range[0], _nextRange++, RangeKind.Loop);

        var first = Again(kept, new NodeMap<UOp>());
        var neutral = UOp.Const(reduce.DType, Reductions.Neutral(reduce.ArgAs<ReduceArg>().Op, reduce.DType));
        var begun = UOp.New(Ops.After, sums.DType, [sums, End(UOp.New(Ops.Store, DType.Void, [At(sums, first), neutral]), first)]);

        var moved = new NodeMap<UOp> { [range] = outer };
        var next = Again(kept, moved);
        var part = UOp.New(Ops.Reduce, reduce.DType, [reduce[0], .. reduce.Src[1..].ToArray().Where(r => r != range)], reduce.Arg).Substitute(moved);
        var sum = UOp.Alu(reduce.ArgAs<ReduceArg>().Op, UOp.New(Ops.Load, sums.DType, [At(UOp.New(Ops.After, begun.DType, [begun, outer]), next)]), part);
        var done = UOp.New(Ops.After, sums.DType, [begun, End(UOp.New(Ops.Store, DType.Void, [At(sums, next), sum]), [outer, .. next])]);
        Substitute(reduce, UOp.New(Ops.Load, reduce.DType, [At(done, kept)]));
    }

    // Loops like these; the length of one may depend on those before it.
    private UOp[] Again(UOp[] ranges, NodeMap<UOp> copies)
    {
        foreach (var r in ranges)
        {
            copies[r] = UOp.Range(r[0].Substitute(copies), _nextRange++, r.ArgAs<RangeArg>().Kind);
        }

        return Array.ConvertAll(ranges, r => copies[r]);
    }

    private static UOp End(UOp store, UOp[] loops) => UOp.New(Ops.End, DType.Void, [store, .. loops.OrderBy(r => r.ArgAs<RangeArg>().Id)]);
}
