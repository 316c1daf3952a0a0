using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Expander
{
    private Pieces ExpandLoad(UOp load)
    {
        var (axes, lanes) = (UnrolledIn(load.Ranges), LanesIn(load.Ranges));
        var count = Count(lanes);
        var address = new AddressForm(Storage(load[0][0]), load[0][1], _sumsInIndices);
        var gate = load.Src.Length == 3 ? load[1] : null;
        var isMasked = IsMasked(load);
        var isVector = isMasked || lanes is null || (address.Stride(lanes) == 1 && (gate is null || !gate.DependsOn(lanes)) && _target.IsMovedInVectors(load.DType));
        var isPicked = !isVector && lanes is not null && _target.PicksFromVectors(load, lanes, address.Stride(lanes));
        var masks = isPicked && gate is not null && gate.DependsOn(lanes!) ? MasksOfParts(gate, lanes!, (int)address.Stride(lanes!)!.Value) : null;
        var (copies, next) = (isVector || isPicked ? 1 : count, 0);
        var nodes = new UOp[Point.CountOf(axes) * copies];
        var dtype = isVector ? load.DType.Vec(count) : load.DType;
        do
        {
            if (isPicked)
            {
                nodes[next++] = PickFromVectors(load, address, lanes!, masks);
                continue;
            }

            for (var lane = 0; lane < copies; lane++)
            {
                var open = isMasked ? _pieces[gate!].Vector(_at, count) : gate is null ? null : AddressForm.Assign(gate, _at, isVector ? null : lanes, lane, _sumsInIndices);
                nodes[next++] = MakeLoad(load, address.At(_at, lanes, lane), open, dtype);
            }
        }
        while (_at.MoveNext(axes));

        if (lanes is null && _target.LoadsRuns(load.DType))
        {
            Runs.Join(nodes, axes, address);
        }

        return new Pieces(axes, lanes, !isVector && !isPicked, nodes);
    }

    // The vectors together reach from the first to the last element exactly: nothing else is touched.
    private UOp PickFromVectors(UOp load, AddressForm address, UOp lanes, Pieces[]? masks)
    {
        var (dtype, stride) = (load.DType.Vec(Count(lanes)), (int)address.Stride(lanes)!.Value);
        var (count, steps) = (dtype.Lanes, Math.Abs(stride));
        var open = load.Src.Length == 1 || masks is not null ? null : AddressForm.Assign(load[1], _at, null, 0, _sumsInIndices);
        var picked = default(UOp);
        for (var part = 0; part < steps; part++)
        {
            var vector = MakeLoad(load, address.At(_at, lanes, stride > 0 ? 0 : count - 1, part * (count - 1)), masks?[part].Vector(_at, count) ?? open, dtype);
            if (part == 0 && steps > 1)
            {
                picked = vector;
                continue;
            }

            var order = new int[count];
            for (var lane = 0; lane < count; lane++)
            {
                var place = steps * (stride > 0 ? lane : count - 1 - lane);
                var home = Math.Min(place / (count - 1), steps - 1);
                order[lane] = home == part ? (part == 0 ? 0 : count) + place - part * (count - 1) : home == 0 && part == 1 ? place : lane;
            }

            picked = UOp.New(Ops.Shuffle, dtype, [picked ?? vector, vector], new Axes(order));
        }

        return picked!;
    }

    // Of each of the vectors that elements are picked from, the lanes that are picked and whose gate is open.
    private Pieces[] MasksOfParts(UOp gate, UOp lanes, int stride)
    {
        var (count, steps) = (Count(lanes), Math.Abs(stride));
        var masks = new Pieces[steps];
        for (var part = 0; part < steps; part++)
        {
            var (place, step) = (IndexMath.Add(lanes, UOp.Index(part * (count - 1))), UOp.Index(steps));
            var lane = IndexMath.FloorDiv(place, step);
            lane = stride > 0 ? lane : IndexMath.Sub(UOp.Index(count - 1), lane);
            var isOpen = UOp.Alu(Ops.And, gate.Substitute(new NodeMap<UOp> { [lanes] = lane }), UOp.Alu(Ops.CmpEq, IndexMath.FloorMod(place, step), UOp.Index(0)));
            foreach (var u in isOpen.TopologicalOrder())
            {
                if (!_pieces.ContainsKey(u))
                {
                    _pieces[u] = ExpandValue(u);
                }
            }

            masks[part] = _pieces[isOpen];
        }

        return masks;
    }

    // The lanes of a gate that changes along consecutive elements are a mask.
    private bool IsMasked(UOp load) =>
        load.Src.Length == 3 && LanesIn(load.Ranges) is { } lanes && load[1].DependsOn(lanes) && Strides.Along(load[0][1], lanes) == 1 && _target.HasMaskedLoad(load.DType);

    private static UOp MakeLoad(UOp load, UOp address, UOp? gate, DType dtype)
    {
        if (gate is null || gate.IsInteger(1))
        {
            return UOp.New(Ops.Load, dtype, [address]);
        }

        var other = UOp.New(Ops.Const, dtype, [], load[2].Arg);
        return gate.IsInteger(0) ? other : UOp.New(Ops.Load, dtype, [address, gate, other]);
    }

    private UOp Storage(UOp storage) => storage.Op == Ops.After ? _filled[storage] : storage;

    // A local array with what fills it, in the loops of that.
    private UOp ExpandAfter(UOp after)
    {
        var sources = new List<UOp> { Storage(after[0]) };
        foreach (var source in after.Src[1..])
        {
            if (source.Op == Ops.Range)
            {
                sources.Add(source);
                continue;
            }

            var (stores, loops) = (new List<UOp>(), OfKind(source.Src[1..], RangeKind.Loop, RangeKind.Loop));
            ExpandStore(source, stores);
            sources.AddRange(stores.Select(s => UOp.New(Ops.End, DType.Void, [s, .. loops])));
        }

        return UOp.New(Ops.After, after.DType, [.. sources]);
    }

    private void ExpandStore(UOp end, List<UOp> stores)
    {
        var store = end[0];
        var loops = end.Src[1..];
        var address = new AddressForm(Storage(store[0][0]), store[0][1], null);
        var value = _pieces[store[1]];
        var (axes, lanes) = (UnrolledIn(loops), LanesIn(loops));
        var count = Count(lanes);
        var gate = store.Src.Length == 3 ? store[2] : null;
        var isVector = lanes is null || (address.Stride(lanes) == 1 && _target.IsMovedInVectors(store[1].DType) && gate?.DependsOn(lanes) != true);
        if (!isVector && gate is null && !value.IsSplit && CrossAxis(axes, address, lanes!, store[1].DType) is { } cross)
        {
            StoreTransposed(address, value, axes, cross, lanes!, stores);
            return;
        }

        do
        {
            for (var lane = 0; lane < (isVector ? 1 : count); lane++)
            {
                var open = gate is null ? UOp.Const(true) : AddressForm.Assign(gate, _at, isVector ? null : lanes, lane, null);
                if (!open.IsInteger(0))
                {
                    stores.Add(GuardedStore.Of(UOp.New(Ops.Store, DType.Void, [address.At(_at, lanes, lane), isVector ? value.Vector(_at, count) : value.Lane(_at, lane)]), open));
                }
            }
        }
        while (_at.MoveNext(axes));
    }

    // An unrolled loop along which elements are consecutive.
    private UOp? CrossAxis(UOp[] axes, AddressForm address, UOp lanes, DType dtype) =>
        _target.CanTranspose(dtype) ? Array.Find(axes, a => address.Stride(a) == 1 && a[0].Max > 1) : null;

    private void StoreTransposed(AddressForm address, Pieces value, UOp[] axes, UOp cross, UOp lanes, List<UOp> stores)
    {
        var count = Count(lanes);
        UOp[] others = [.. axes.Where(a => a != cross)];
        var starts = new UOp[count];
        do
        {
            for (var left = cross[0].Max; left > 0;)
            {
                var rows = new UOp[Transposition.Rows(left, count)];
                for (var lane = 0; lane < count; lane++)
                {
                    starts[lane] = address.At(_at, lanes, lane);
                }

                for (var i = 0; i < rows.Length; i++)
                {
                    rows[i] = value.Vector(_at, count);
                    _at.MoveNext([cross]);
                }

                var columns = Transposition.Of(rows);
                for (var lane = 0; lane < count; lane++)
                {
                    stores.Add(UOp.New(Ops.Store, DType.Void, [starts[lane], columns[lane]]));
                }

                left -= rows.Length;
            }
        }
        while (_at.MoveNext(others));
    }
}
