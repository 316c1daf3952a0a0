using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class LoopNest
{
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
        if (size.IsInteger(amount))
        {
            Replace(range, lane, [lane]);
            return;
        }

        var turns = IndexMath.FloorDiv(IndexMath.Add(size, UOp.Index(amount - 1)), UOp.Index(amount));
        var outer = UOp.Range(turns, range.ArgAs<RangeArg>().Id, kind);
        var index = IndexMath.Add(IndexMath.Mul(outer, UOp.Index(amount)), lane);
        if (size.Op == Ops.Const && size.Max % amount == 0)
        {
            Replace(range, index, [outer, lane]);
            return;
        }

        var last = IndexMath.Max(UOp.Index(0), IndexMath.Sub(size, UOp.Index(1)));
        Replace(range, IndexMath.Min(index, last), [outer, lane], IndexMath.Less(index, size));
    }

    // What is stored or summed in a loop, where a condition holds.
    private static UOp Where(UOp body, UOp inside, object? arg) => body.Op == Ops.Store
        ? Guarded(body, inside)
        : UOp.Where(inside, body, UOp.Const(body.DType, Expander.Neutral(((ReduceArg)arg!).Op, body.DType)));

    /// <summary>A store that happens only where a condition holds, besides those that it has.</summary>
    public static UOp Guarded(UOp store, UOp condition) =>
        condition.IsInteger(1) ? store : UOp.New(Ops.Store, DType.Void, [store[0], store[1], store.Src.Length == 3 ? IndexMath.And(store[2], condition) : condition]);
}
