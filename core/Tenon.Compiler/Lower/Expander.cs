using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Writes out what the optimiser decided: unrolled ranges become copies, vector ranges become vectors, reductions become
/// accumulators, loads and stores get addresses. Until here every axis is a range, so that all rules before work on the
/// small graph.
/// </summary>
internal sealed class Expander(CodeGeneratorView target)
{
    public const int SeparateAccumulators = 16;
    private readonly NodeMap<Pieces> _pieces = new();
    private readonly List<UOp> _stores = [];
    private bool _wideIndices;
    private int _accumulators;

    /// <summary>The stores of the kernel with all that they need.</summary>
    public UOp Expand(UOp kernel)
    {
        using var stage = Tracing.Begin("lower/expand", kernel);
        var order = kernel.TopologicalOrder();
        var needed = ValuesNeeded(order);
        _wideIndices = IndexLowering.TypeFor(order) == DType.Int64;
        foreach (var u in order.Where(needed.Contains))
        {
            _pieces[u] = u.Op switch
            {
                Ops.Const => new Pieces([], null, false, [u]),
                Ops.Range => ExpandRange(u),
                Ops.Load => ExpandLoad(u),
                Ops.Reduce => ExpandReduce(u),
                _ => ExpandElementwise(u),
            };
        }

        foreach (var end in kernel.Src)
        {
            ExpandStore(end);
        }

        var expanded = UOp.Sink([.. _stores]);
        stage?.Result = expanded;
        return expanded;
    }

    // Indices are taken apart where they are used, so only those that are data are expanded.
    private NodeSet ValuesNeeded(List<UOp> order)
    {
        var needed = new NodeSet();
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var u = order[i];
            switch (u.Op)
            {
                case Ops.Store:
                    needed.Add(u[1]);
                    break;
                case Ops.Load when needed.Contains(u) && u.Src.Length == 3:
                    needed.Add(u[2]);
                    if (IsMasked(u))
                    {
                        needed.Add(u[1]);
                    }

                    break;
                case Ops.Reduce when needed.Contains(u):
                    needed.Add(u[0]);
                    break;
                case var op when OpSet.Elementwise.Contains(op) && needed.Contains(u):
                    foreach (var s in u.Src)
                    {
                        needed.Add(s);
                    }

                    break;
            }
        }

        return needed;
    }

    private static UOp[] UnrolledIn(UOp u) => [.. u.Ranges.Where(r => Kind(r) == RangeKind.Unroll)];

    private static UOp? LanesIn(UOp u) => u.Ranges.FirstOrDefault(r => Kind(r) == RangeKind.Vector);

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;

    private static Pieces ExpandRange(UOp range)
    {
        var size = (int)Math.Min(int.MaxValue, range[0].Max);
        return Kind(range) switch
        {
            RangeKind.Unroll => new Pieces([range], null, false, [.. Enumerable.Range(0, size).Select(i => UOp.Index(i))]),
            RangeKind.Vector => new Pieces([], range, true, [.. Enumerable.Range(0, size).Select(i => UOp.Index(i))]),
            _ => new Pieces([], null, false, [range]),
        };
    }

    private Pieces ExpandElementwise(UOp u)
    {
        var (axes, lanes) = (UnrolledIn(u), LanesIn(u));
        var sources = u.Src.ToArray().Select(s => _pieces[s]).ToArray();
        var count = lanes is null ? 1 : (int)lanes[0].Max;
        var split = lanes is not null && !(IsVector(u) && u.Src.ToArray().All(IsVector));
        var nodes = new List<UOp>();
        foreach (var at in Point.Over(axes))
        {
            if (split)
            {
                for (var lane = 0; lane < count; lane++)
                {
                    nodes.Add(Make(u, u.DType, [.. sources.Select(s => s.Lane(at, lane))]));
                }
            }
            else
            {
                nodes.Add(Make(u, u.DType.Scalar.Vec(count), [.. sources.Select(s => s.Vector(at, count))]));
            }
        }

        return new Pieces(axes, lanes, split, [.. nodes]);
    }

    // The lanes were counted for data; indices fit in as 32 bits, and their quotients are simpler lane by lane.
    private bool IsVector(UOp u) => u.DType == DType.Index ? !_wideIndices && u.Op is not (Ops.FloorDiv or Ops.FloorMod) && target.IsVector(DType.Int32) : target.IsVector(u.DType);

    private static UOp Make(UOp u, DType dtype, UOp[] src) => Simplifier.SimplifyNode(UOp.New(u.Op, dtype, src, u.Arg));

    private Pieces ExpandLoad(UOp load)
    {
        var (axes, lanes) = (UnrolledIn(load), LanesIn(load));
        var count = lanes is null ? 1 : (int)lanes[0].Max;
        var address = new AddressForm(load[0]);
        var gate = load.Src.Length == 3 ? load[1] : null;
        var isMasked = IsMasked(load);
        var contiguous = isMasked || lanes is null || (address.Stride(lanes) == 1 && (gate is null || !gate.DependsOn(lanes)) && target.IsVector(load.DType));
        var nodes = new List<UOp>();
        foreach (var at in Point.Over(axes))
        {
            if (contiguous)
            {
                var gates = isMasked ? _pieces[gate!].Vector(at, count) : gate is null ? null : AddressForm.Assign(gate, at, null, 0);
                nodes.Add(MakeLoad(load, address.At(at, lanes, 0), gates, load.DType.Vec(count)));
            }
            else
            {
                for (var lane = 0; lane < count; lane++)
                {
                    nodes.Add(MakeLoad(load, address.At(at, lanes, lane), gate is null ? null : AddressForm.Assign(gate, at, lanes, lane), load.DType));
                }
            }
        }

        return new Pieces(axes, lanes, !contiguous, [.. nodes]);
    }

    // The lanes of a gate that changes along consecutive elements are a mask.
    private bool IsMasked(UOp load) =>
        load.Src.Length == 3 && LanesIn(load) is { } lanes && load[1].DependsOn(lanes) && Strides.Along(load[0][1], lanes) == 1 && target.HasMaskedLoad(load.DType);

    private static UOp MakeLoad(UOp load, UOp address, UOp? gate, DType dtype)
    {
        if (gate is null || gate.IsInteger(1))
        {
            return UOp.New(Ops.Load, dtype, [address]);
        }

        var other = UOp.New(Ops.Const, dtype, [], load[2].Arg);
        return gate.IsInteger(0) ? other : UOp.New(Ops.Load, dtype, [address, gate, other]);
    }

    private void ExpandStore(UOp end)
    {
        var store = end[0];
        var address = new AddressForm(store[0]);
        var value = _pieces[store[1]];
        UOp[] axes = [.. end.Src[1..].ToArray().Where(r => Kind(r) == RangeKind.Unroll)];
        var lanes = end.Src[1..].ToArray().FirstOrDefault(r => Kind(r) == RangeKind.Vector);
        var count = lanes is null ? 1 : (int)lanes[0].Max;
        foreach (var at in Point.Over(axes))
        {
            if (lanes is null || (address.Stride(lanes) == 1 && target.IsVector(store[1].DType)))
            {
                _stores.Add(UOp.New(Ops.Store, DType.Void, [address.At(at, lanes, 0), value.Vector(at, count)]));
                continue;
            }

            for (var lane = 0; lane < count; lane++)
            {
                _stores.Add(UOp.New(Ops.Store, DType.Void, [address.At(at, lanes, lane), value.Lane(at, lane)]));
            }
        }
    }

    private Pieces ExpandReduce(UOp reduce)
    {
        var (body, op) = (_pieces[reduce[0]], reduce.ArgAs<ReduceArg>().Op);
        UOp[] kept = UnrolledIn(reduce);
        UOp[] unrolled = [.. reduce.Src[1..].ToArray().Where(r => Kind(r) == RangeKind.Unroll)];
        UOp[] loops = [.. reduce.Src[1..].ToArray().Where(r => Kind(r) is RangeKind.Reduce or RangeKind.Loop)];
        var reducedLanes = reduce.Src[1..].ToArray().FirstOrDefault(r => Kind(r) == RangeKind.Vector);
        var lanes = reducedLanes ?? LanesIn(reduce[0]);
        var count = lanes is null ? 1 : (int)lanes[0].Max;
        if (lanes is not null && !target.IsVector(reduce.DType))
        {
            return ReduceByLane(reduce, body, kept, unrolled, loops, reducedLanes, lanes);
        }

        var tiles = kept.Aggregate(1L, (p, r) => p * r[0].Max);
        var copies = unrolled.Aggregate(1L, (p, r) => p * r[0].Max);
        var separate = tiles * copies <= SeparateAccumulators;
        var nodes = new List<UOp>();
        foreach (var at in Point.Over(kept))
        {
            var terms = Point.Over(unrolled, at).Select(p => body.Vector(p, count)).ToList();
            var sum = Accumulate(reduce, op, terms, loops, separate);
            nodes.Add(reducedLanes is null ? sum : Fold(op, [.. Enumerable.Range(0, count).Select(i => Pieces.Extract(sum, i))]));
        }

        return new Pieces(kept, reducedLanes is null ? lanes : null, false, [.. nodes]);
    }

    private Pieces ReduceByLane(UOp reduce, Pieces body, UOp[] kept, UOp[] unrolled, UOp[] loops, UOp? reducedLanes, UOp lanes)
    {
        var (op, count) = (reduce.ArgAs<ReduceArg>().Op, (int)lanes[0].Max);
        var nodes = new List<UOp>();
        foreach (var at in Point.Over(kept))
        {
            var sums = new UOp[count];
            for (var lane = 0; lane < count; lane++)
            {
                sums[lane] = Accumulate(reduce, op, Point.Over(unrolled, at).Select(p => body.Lane(p, lane)).ToList(), loops, separate: false);
            }

            nodes.AddRange(reducedLanes is null ? sums : [Fold(op, sums)]);
        }

        return new Pieces(kept, reducedLanes is null ? lanes : null, reducedLanes is null, [.. nodes]);
    }

    // With loops, the terms go into accumulators; several of them let several additions be in flight.
    private UOp Accumulate(UOp reduce, Ops op, List<UOp> terms, UOp[] loops, bool separate)
    {
        if (loops.Length == 0)
        {
            return Fold(op, terms);
        }

        var groups = separate ? terms.ConvertAll(t => new List<UOp> { t }) : [terms];
        var sums = new List<UOp>();
        foreach (var group in groups)
        {
            var dtype = group[0].DType;
            var first = UOp.New(Ops.Const, dtype, [], Neutral(op, dtype.Scalar));
            var accumulator = UOp.New(Ops.Accumulator, dtype, [first, .. reduce.Ranges.Where(r => Kind(r) is RangeKind.Loop or RangeKind.Reduce)], _accumulators++);
            var next = group.Aggregate(accumulator, (sum, term) => Combine(op, sum, term));
            sums.Add(UOp.New(Ops.Assign, dtype, [accumulator, next, .. loops]));
        }

        return Fold(op, sums);
    }

    private UOp Combine(Ops op, UOp sum, UOp term) =>
        op == Ops.Add && term.Op == Ops.Mul && term.DType.IsFloat && target.Has(Ops.MulAcc)
            ? UOp.New(Ops.MulAcc, term.DType, [term[0], term[1], sum])
            : UOp.Alu(op, sum, term);

    // A balanced tree: shorter chains, and less rounding.
    private static UOp Fold(Ops op, IReadOnlyList<UOp> terms)
    {
        while (terms.Count > 1)
        {
            var half = new List<UOp>();
            for (var i = 0; i < terms.Count; i += 2)
            {
                half.Add(i + 1 < terms.Count ? UOp.Alu(op, terms[i], terms[i + 1]) : terms[i]);
            }

            terms = half;
        }

        return terms[0];
    }

    private static Scalar Neutral(Ops op, DType dtype) => op switch
    {
        Ops.Add => ((Scalar)0).To(dtype),
        Ops.Mul => ((Scalar)1).To(dtype),
        Ops.Max when dtype.IsFloat => double.NegativeInfinity,
        Ops.Max => ((Scalar)dtype.MinInteger).To(dtype),
        _ => throw new InvalidOperationException($"{op} can't reduce."),
    };
}
