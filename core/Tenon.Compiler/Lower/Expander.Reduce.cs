using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Expander
{
    private readonly List<UOp> _assigned = [];
    private int _accumulators;

    private Pieces ExpandReduce(UOp reduce)
    {
        var closed = reduce.Src[1..];
        var (body, op) = (_pieces[reduce[0]], reduce.ArgAs<ReduceArg>().Op);
        var (kept, unrolled, loops) = (UnrolledIn(reduce.Ranges), UnrolledIn(closed), OfKind(closed, RangeKind.Reduce, RangeKind.Loop));
        var reducedLanes = LanesIn(closed);
        var lanes = reducedLanes ?? LanesIn(reduce[0].Ranges);
        var count = Count(lanes);

        // Without vectors each lane is a sum of its own.
        var split = lanes is not null && !_target.IsVector(reduce.DType);
        var copies = Point.CountOf(unrolled);
        var separate = !split && (long)Point.CountOf(kept) * copies <= Reductions.SeparateAccumulators;
        var (sums, terms, next) = (new UOp[split ? count : 1], new UOp[copies], 0);
        var nodes = new UOp[Point.CountOf(kept) * (split && reducedLanes is null ? count : 1)];
        do
        {
            for (var lane = 0; lane < sums.Length; lane++)
            {
                var term = 0;
                do
                {
                    terms[term++] = split ? body.Lane(_at, lane) : body.Vector(_at, count);
                }
                while (_at.MoveNext(unrolled));

                sums[lane] = Accumulate(reduce, op, terms, loops, separate);
            }

            if (reducedLanes is not null)
            {
                nodes[next++] = split ? Fold(op, sums) : FoldLanes(op, sums[0]);
            }
            else
            {
                sums.CopyTo(nodes, next);
                next += sums.Length;
            }
        }
        while (_at.MoveNext(kept));

        return new Pieces(kept, reducedLanes is null ? lanes : null, split && reducedLanes is null, nodes);
    }

    // Halves of vectors, until there are only scalars left.
    private UOp FoldLanes(Ops op, UOp vector)
    {
        while (vector.DType.Lanes % 2 == 0 && vector.DType.Lanes > 2 && _target.Has(Ops.Shuffle) && vector.DType is { IsBool: false, Kind: not DTypeKind.Index })
        {
            var half = vector.DType.Scalar.Vec(vector.DType.Lanes / 2);
            vector = UOp.Alu(op, UOp.New(Ops.Extract, half, [vector], 0), UOp.New(Ops.Extract, half, [vector], half.Lanes));
        }

        var lanes = new UOp[vector.DType.Lanes];
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = Pieces.Extract(vector, i);
        }

        return Fold(op, lanes);
    }

    // With loops, the terms go into accumulators; several of them let several additions be in flight.
    private UOp Accumulate(UOp reduce, Ops op, ReadOnlySpan<UOp> terms, UOp[] loops, bool separate)
    {
        if (loops.Length == 0)
        {
            return Fold(op, terms);
        }

        var outer = OfKind(reduce.Ranges, RangeKind.Reduce, RangeKind.Loop);
        var sums = new UOp[separate ? terms.Length : 1];
        for (var i = 0; i < sums.Length; i++)
        {
            var dtype = terms[i].DType;
            var first = UOp.New(Ops.Const, dtype, [], Reductions.Neutral(op, dtype.Scalar));
            var accumulator = UOp.New(Ops.Accumulator, dtype, [first, .. outer], _accumulators++);
            var sum = accumulator;
            // A graph is put in order by what is looked at first: of a fused sum its factors, of another the sum so far. The terms are to be
            // loaded in the order of memory: forwards, processors fetch ahead.
            var added = separate ? terms.Slice(i, 1) : terms;
            var isFused = Combine(op, sum, added[0]).Op is Ops.MulAcc or Ops.Dot4;
            for (var t = 0; t < added.Length; t++)
            {
                sum = Combine(op, sum, added[isFused ? added.Length - 1 - t : t]);
            }

            _assigned.Add(sums[i] = UOp.New(Ops.Assign, dtype, [accumulator, sum, .. loops]));
        }

        return Fold(op, sums);
    }

    private UOp Combine(Ops op, UOp sum, UOp term) =>
        op == Ops.Add && term.Op == Ops.Mul && term.DType.IsFloat && _target.Has(Ops.MulAcc)
            ? UOp.New(Ops.MulAcc, term.DType, [term[0], term[1], sum])
            : op == Ops.Add && term.Op == Ops.Dot4 ? Simplifier.SimplifyNode(UOp.New(Ops.Dot4, term.DType, [term[0], term[1], Simplifier.SimplifyNode(UOp.Alu(Ops.Add, sum, term[2]))]))
            : UOp.Alu(op, sum, term);

    // A balanced tree: shorter chains, and less rounding.
    private static UOp Fold(Ops op, ReadOnlySpan<UOp> terms)
    {
        var rest = terms.ToArray();
        for (var count = rest.Length; count > 1; count = (count + 1) / 2)
        {
            for (var i = 0; i < count; i += 2)
            {
                rest[i / 2] = i + 1 < count ? UOp.Alu(op, rest[i], rest[i + 1]) : rest[i];
            }
        }

        return rest[0];
    }
}
