using System.Numerics;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Writes out what each lane of a group does: which of them store a result, how they combine their shares of a sum, and how all of
/// them together fill local arrays.
/// </summary>
internal sealed class LaneLowering
{
    private readonly LaneLayout _layout;
    private readonly CodeGeneratorView _target;
    private readonly UOp _isInside;
    private readonly NodeMap<UOp> _done;
    private readonly NodeMap<(UOp? Turn, UOp Inside)> _fills = new();
    private readonly NodeSet _written = new();
    private int _nextRange;
    private int _nextLocal;

    /// <param name="order">The kernel's nodes.</param>
    /// <param name="layout">Which lane has which indices.</param>
    /// <param name="target">For what it is.</param>
    /// <param name="isInside">Whether the group has work of its own.</param>
    /// <param name="done">What nodes have become.</param>
    public LaneLowering(List<UOp> order, LaneLayout layout, CodeGeneratorView target, UOp isInside, NodeMap<UOp> done)
    {
        (_layout, _target, _isInside, _done) = (layout, target, isInside, done);
        _nextRange = 1 + order.Where(u => u.Op == Ops.Range).Select(u => u.ArgAs<RangeArg>().Id).DefaultIfEmpty(-1).Max();
        _nextLocal = 1 + order.Where(u => u.Op == Ops.Local).Select(u => u.ArgAs<LocalArg>().Number).DefaultIfEmpty(-1).Max();
        foreach (var store in order.Where(u => u.Op == Ops.Store && u[0][0].Op == Ops.Param))
        {
            _written.Add(store[0][0]);
        }

        foreach (var range in order.Where(LaneLayout.IsLane))
        {
            done[range] = layout.IndexOf(range);
        }

        foreach (var fill in order.Where(u => u.Op == Ops.After && layout.Count > 1).SelectMany(u => u.Src[1..].ToArray()).Where(u => u.Op == Ops.End))
        {
            ShareFill(fill);
        }
    }

    public UOp Lower(UOp u)
    {
        if (u.Op is not (Ops.End or Ops.Reduce))
        {
            return u.MapSources(_done);
        }

        var body = _done[u[0]];
        UOp[] lanes = [.. u.Src[1..].ToArray().Where(LaneLayout.IsLane)];
        UOp[] loops = [.. u.Src[1..].ToArray().Where(r => r.ArgAs<RangeArg>().Kind is not (RangeKind.Lane or RangeKind.Global)).Select(r => _done[r])];
        if (u.Op == Ops.Reduce)
        {
            body = loops.Length == 0 && lanes.Length > 0 ? body : UOp.New(Ops.Reduce, u.DType, [body, .. loops], u.Arg);
            return lanes.Aggregate(body, (sum, lane) => Combine(sum, u.ArgAs<ReduceArg>(), lane));
        }

        if (_fills.TryGetValue(u, out var fill))
        {
            return UOp.New(Ops.End, DType.Void, [GuardedStore.Of(body, fill.Inside), .. loops.Where(r => r.Op == Ops.Range), .. fill.Turn is null ? [] : new[] { fill.Turn }]);
        }

        var stores = _layout.Count > 1 ? _layout.Stores(lanes) : UOp.Const(true);
        return UOp.New(Ops.End, DType.Void, [WithoutRaces(GuardedStore.Of(body, IndexMath.And(stores, _isInside))), .. loops]);
    }

    // Lanes that don't store don't read what others overwrite.
    private UOp WithoutRaces(UOp store)
    {
        if (store.Src.Length < 3)
        {
            return store;
        }

        var done = new NodeMap<UOp>();
        foreach (var u in store[1].TopologicalOrder(static u => u.Op is not (Ops.LaneXor or Ops.After)))
        {
            var node = u.Op is Ops.LaneXor or Ops.After ? u : u.MapSources(done);
            done[u] = u.Op != Ops.Load || !_written.Contains(u[0][0]) ? node
                : UOp.New(Ops.Load, u.DType, [node[0], node.Src.Length == 3 ? IndexMath.And(node[1], store[2]) : store[2], node.Src.Length == 3 ? node[2] : UOp.Const(u.DType, ((Scalar)0).To(u.DType))]);
        }

        return UOp.New(Ops.Store, DType.Void, [store[0], done[store[1]], store[2]]);
    }

    // The innermost loops, whose neighbours are nearest in memory, are what lanes do side by side; of the next, each does its share in turns.
    private void ShareFill(UOp fill)
    {
        UOp[] loops = [.. fill.Src[1..].ToArray().Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Loop)];
        if (Array.Find(loops, r => r[0].Op != Ops.Const) is { } loop)
        {
            throw new TenonException("TEN1062", $"Lanes can't fill a local array together in {loop}, whose length is no literal. Stage where lengths are literal.");
        }

        var (place, i) = (1L, loops.Length - 1);
        for (; i >= 0 && loops[i][0].Max <= _layout.Count / place; i--)
        {
            _done[loops[i]] = IndexMath.FloorMod(IndexMath.FloorDiv(_layout.Number, UOp.Index(place)), loops[i][0]);
            place *= loops[i][0].Max;
        }

        var together = _layout.Count / place;
        var inside = IndexMath.Less(_layout.Number, UOp.Index(place * (i < 0 ? 1 : together)));
        UOp? turn = null;
        if (i >= 0 && together > 1)
        {
            var size = loops[i][0];
            turn = UOp.Range(UOp.Index((size.Max + together - 1) / together), _nextRange++);
            var index = IndexMath.Add(IndexMath.Mul(turn, UOp.Index(together)), IndexMath.FloorDiv(_layout.Number, UOp.Index(place)));
            inside = IndexMath.And(inside, IndexMath.Less(index, size));
            _done[loops[i]] = IndexMath.Min(index, UOp.Index(size.Max - 1));
        }

        _fills[fill] = (turn, inside);
    }

    // Afterwards each lane has the sum of all shares: by exchange within a subgroup, then through local arrays, a few lanes at a time.
    private UOp Combine(UOp share, ReduceArg reduce, UOp lane)
    {
        var digit = _layout.DigitOf(lane);
        var (place, size) = (digit.Place, digit.Size);
        if (size > lane[0].Max)
        {
            share = UOp.Where(_layout.IsInside(lane), share, UOp.Const(share.DType, Reductions.Neutral(reduce.Op, share.DType)));
        }

        if (CanExchange(share.DType) && long.IsPow2(place) && long.IsPow2(size) && _layout.Count % (place * size) == 0)
        {
            for (; size > 1 && place < _target.Workgroups!.SubgroupSize; (place, size) = (place * 2, size / 2))
            {
                share = UOp.Alu(reduce.Op, share, UOp.New(Ops.LaneXor, share.DType, [share], (int)place));
            }
        }

        while (size > 1)
        {
            var step = LaneSums.StepOf(size);
            share = ThroughArray(share, reduce, place, step, _layout.CountOf(digit));
            (place, size) = (place * step, size / step);
        }

        return share;
    }

    private bool CanExchange(DType dtype) =>
        _target.Has(Ops.LaneXor) && BitOperations.IsPow2(_target.Workgroups!.SubgroupSize) && dtype is { Bytes: 4, Kind: DTypeKind.Float or DTypeKind.Int or DTypeKind.UInt };

    // Each lane stores its share, and sums those of the lanes whose numbers differ in one digit only.
    private UOp ThroughArray(UOp share, ReduceArg reduce, long place, long size, long lanes)
    {
        UOp[] kept = [.. share.Ranges.ToArray().Where(r => Kind(r) is RangeKind.Unroll or RangeKind.Vector).OrderBy(r => Kind(r) == RangeKind.Vector)];
        var copies = kept.Aggregate(1L, (p, r) => p * r[0].Max);
        var array = UOp.New(Ops.Local, share.DType, [], new LocalArg(_nextLocal++, _layout.Count * copies));
        UOp At(UOp storage, UOp lane) => UOp.New(Ops.Index, array.DType, [storage, kept.Aggregate(lane, (at, r) => IndexMath.Add(IndexMath.Mul(at, r[0]), r))]);

        var stored = UOp.New(Ops.After, array.DType, [array, UOp.New(Ops.End, DType.Void, [UOp.New(Ops.Store, DType.Void, [At(array, _layout.Number), share]), .. kept])]);
        var (number, above) = (IndexMath.FloorMod(_layout.Number, UOp.Index(lanes)), UOp.Index(place * size));
        var first = IndexMath.Add(IndexMath.FloorMod(number, UOp.Index(place)), IndexMath.Mul(IndexMath.FloorDiv(number, above), above));
        var other = UOp.Range(UOp.Index(size), _nextRange++, size <= LaneSums.MostRead ? RangeKind.Unroll : RangeKind.Reduce);
        var from = IndexMath.Add(first, IndexMath.Mul(other, UOp.Index(place)));
        return UOp.New(Ops.Reduce, share.DType, [UOp.New(Ops.Load, share.DType, [At(stored, from)]), other], reduce);
    }

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;
}
