using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Writes out what the optimiser decided: unrolled ranges become copies, vector ranges become vectors, reductions become
/// accumulators, loads and stores get addresses. Until here every axis is a range, so that all rules before work on the
/// small graph.
/// </summary>
internal sealed partial class Expander
{
    private readonly CodeGeneratorView _target;
    private readonly UOp _kernel;
    private readonly NodeMap<Pieces> _pieces = new();
    private readonly NodeMap<UOp> _filled = new();
    private readonly Point _at;
    private readonly bool _wideIndices;

    // What the sums that indices depend on have become; null if none does.
    private NodeMap<Pieces>? _sumsInIndices;

    private Expander(UOp kernel, List<UOp> order, CodeGeneratorView target)
    {
        (_kernel, _target) = (kernel, target);
        _at = new Point(order.FindAll(u => u.Op == Ops.Range && Kind(u) == RangeKind.Unroll));
        _wideIndices = IndexLowering.TypeFor(order) == DType.Int64;
    }

    /// <summary>The stores of the kernel with all that they need.</summary>
    public static UOp Expand(UOp kernel, CodeGeneratorView target)
    {
        using var stage = Tracing.Begin("lower/expand", kernel);
        var order = kernel.TopologicalOrder();
        var expanded = new Expander(kernel, order, target).Expand(order);
        stage?.Result = expanded;
        return expanded;
    }

    private UOp Expand(List<UOp> order)
    {
        var needed = ValuesNeeded(order);
        foreach (var u in order)
        {
            if (u.Op == Ops.After)
            {
                _filled[u] = ExpandAfter(u);
            }
            else if (needed.Contains(u))
            {
                _pieces[u] = ExpandValue(u);
            }
        }

        var stores = new List<UOp>();
        foreach (var end in _kernel.Src)
        {
            ExpandStore(end, stores);
        }

        // In this order copies that share a number follow each other; in that of stores, which may be by columns, many would wait.
        return UOp.Sink([.. _assigned, .. stores]);
    }

    private Pieces ExpandValue(UOp u) => u.Op switch
    {
        Ops.Const => new Pieces([], null, false, [u]),
        Ops.Range => ExpandRange(u),
        Ops.Load => ExpandLoad(u),
        Ops.Reduce => ExpandReduce(u),
        Ops.Scan => ExpandScan(u),
        Ops.Wmma => ExpandCore(u),
        _ => ExpandElementwise(u),
    };

    // Indices are taken apart where they are used, so only those that are data are expanded, and what is summed in them.
    private NodeSet ValuesNeeded(List<UOp> order)
    {
        var (needed, inIndices) = (new NodeSet(), new NodeSet());
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var u = order[i];
            if (u.Op is Ops.Reduce or Ops.Scan && inIndices.Contains(u))
            {
                needed.Add(u);
                _sumsInIndices = _pieces;
            }
            else if ((inIndices.Contains(u) && u.Op != Ops.After) || (u.Op == Ops.Load && needed.Contains(u)))
            {
                foreach (var s in u.Src)
                {
                    inIndices.Add(s);
                }
            }

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
                case Ops.Wmma when needed.Contains(u):
                    var core = _target.Core(u);
                    if (!core.A.IsLocal)
                    {
                        needed.Add(u[0]);
                    }

                    if (!core.B.IsLocal)
                    {
                        needed.Add(u[1]);
                    }

                    break;
                case Ops.Reduce or Ops.Scan when needed.Contains(u):
                    needed.Add(u[0]);
                    break;
                case var op when (op == Ops.LaneXor || OpSet.Elementwise.Contains(op)) && needed.Contains(u):
                    foreach (var s in u.Src)
                    {
                        needed.Add(s);
                    }

                    break;
            }
        }

        return needed;
    }

    private static RangeKind Kind(UOp range) => range.ArgAs<RangeArg>().Kind;

    private static UOp[] UnrolledIn(ReadOnlySpan<UOp> ranges) => OfKind(ranges, RangeKind.Unroll, RangeKind.Unroll);

    private static UOp[] OfKind(ReadOnlySpan<UOp> ranges, RangeKind kind, RangeKind other)
    {
        var count = 0;
        foreach (var r in ranges)
        {
            count += Kind(r) == kind || Kind(r) == other ? 1 : 0;
        }

        if (count == 0)
        {
            return [];
        }

        var found = new UOp[count];
        for (var i = ranges.Length - 1; i >= 0; i--)
        {
            if (Kind(ranges[i]) == kind || Kind(ranges[i]) == other)
            {
                found[--count] = ranges[i];
            }
        }

        return found;
    }

    private static UOp? LanesIn(ReadOnlySpan<UOp> ranges)
    {
        foreach (var r in ranges)
        {
            if (Kind(r) == RangeKind.Vector)
            {
                return r;
            }
        }

        return null;
    }

    private static int Count(UOp? lanes) => lanes is null ? 1 : (int)lanes[0].Max;

    private static Pieces ExpandRange(UOp range)
    {
        if (Kind(range) is not (RangeKind.Unroll or RangeKind.Vector))
        {
            return new Pieces([], null, false, [range]);
        }

        var values = new UOp[range[0].Max];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = UOp.Index(i);
        }

        return Kind(range) == RangeKind.Unroll ? new Pieces([range], null, false, values) : new Pieces([], range, true, values);
    }

    private Pieces ExpandElementwise(UOp u)
    {
        var (axes, lanes) = (UnrolledIn(u.Ranges), LanesIn(u.Ranges));
        var (count, split) = (Count(lanes), false);
        var (operands, src) = (new Pieces[u.Src.Length], new UOp[u.Src.Length]);
        for (var i = 0; i < operands.Length; i++)
        {
            operands[i] = _pieces[u[i]];
            split |= lanes is not null && !(IsVector(u[i]) || (u.Op == Ops.Cast && IsMoved(u[i])));
        }

        split |= lanes is not null && (u.Op == Ops.LaneXor || !(IsVector(u) || (u.Op == Ops.Cast && IsMoved(u))));
        var (copies, next) = (split ? count : 1, 0);
        var nodes = new UOp[Point.CountOf(axes) * copies];
        var dtype = split ? u.DType : u.DType.Scalar.Vec(count);
        do
        {
            for (var lane = 0; lane < copies; lane++)
            {
                for (var i = 0; i < src.Length; i++)
                {
                    src[i] = split ? operands[i].Lane(_at, lane) : operands[i].Vector(_at, count);
                }

                nodes[next++] = Simplifier.SimplifyNode(UOp.New(u.Op, dtype, src, u.Arg));
            }
        }
        while (_at.MoveNext(axes));

        return new Pieces(axes, lanes, split, nodes);
    }

    private bool IsMoved(UOp u) => !(_wideIndices && u.DType == DType.Index) && _target.IsMovedInVectors(u.DType);

    // The lanes were counted for data; indices fit in as 32 bits, and their quotients are simpler lane by lane.
    private bool IsVector(UOp u) => u.DType == DType.Index ? !_wideIndices && u.Op is not (Ops.FloorDiv or Ops.FloorMod) && _target.IsVector(DType.Int32) : _target.IsVector(u.DType);
}
