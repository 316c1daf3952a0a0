using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Expander
{
    // The copies of the loop one after another, with the sum before each; from turn to turn that is an accumulator.
    private Pieces ExpandScan(UOp scan)
    {
        var own = scan.Src[1..];
        var (body, op, lanes) = (_pieces[scan[0]], scan.ArgAs<ReduceArg>().Op, LanesIn(scan.Ranges));
        var (unrolled, loops, count) = (UnrolledIn(own), OfKind(own, RangeKind.Loop, RangeKind.Loop), Count(lanes));
        var along = lanes is not null && own.Contains(lanes);
        var split = lanes is not null && !(along ? _target.CanTranspose(scan.DType) : _target.IsVector(scan.DType));
        var kept = Array.FindAll(UnrolledIn(scan.Ranges), r => !unrolled.Contains(r));
        var outer = Array.FindAll(OfKind(scan.Ranges, RangeKind.Reduce, RangeKind.Loop), r => !loops.Contains(r));
        var nodes = new UOp[Point.CountOf(kept) * Point.CountOf(unrolled) * (split ? count : 1)];
        var (sums, next) = (new UOp?[split && !along ? count : 1], 0);
        var dtype = lanes is null || split ? scan.DType : scan.DType.Vec(count);
        do
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] = loops.Length == 0 ? null : UOp.New(Ops.Accumulator, dtype, [UOp.New(Ops.Const, dtype, [], Reductions.Neutral(op, scan.DType)), .. outer], _accumulators++);
            }

            var before = sums.ToArray();
            do
            {
                for (var lane = 0; lane < (split ? count : 1); lane++)
                {
                    ref var sum = ref sums[along ? 0 : lane];
                    var term = split ? body.Lane(_at, lane) : body.Vector(_at, count);
                    var within = along && !split ? Prefix(op, term) : term;
                    nodes[next++] = sum is null ? within : UOp.Alu(op, sum, within);

                    // Not the last lane of the result: to add the sum of the lanes takes less time than to wait for that.
                    var whole = along && !split ? Pieces.Splat(Pieces.Extract(within, count - 1), count) : within;
                    sum = sum is null ? whole : UOp.Alu(op, sum, whole);
                }
            }
            while (_at.MoveNext(unrolled));

            for (var i = 0; i < sums.Length; i++)
            {
                if (before[i] is { } accumulator)
                {
                    _assigned.Add(UOp.New(Ops.Assign, dtype, [accumulator, sums[i]!, .. loops]));
                }
            }
        }
        while (_at.MoveNext(kept));

        return new Pieces([.. kept, .. unrolled], lanes, split, nodes);
    }

    // Each lane with those before it: with one, then with two, with four.
    private static UOp Prefix(Ops op, UOp vector)
    {
        var (count, neutral) = (vector.DType.Lanes, UOp.New(Ops.Const, vector.DType, [], Reductions.Neutral(op, vector.DType.Scalar)));
        for (var distance = 1; distance < count; distance *= 2)
        {
            var lanes = new int[count];
            for (var i = 0; i < count; i++)
            {
                lanes[i] = i < distance ? i : count + i - distance;
            }

            vector = UOp.Alu(op, vector, UOp.New(Ops.Shuffle, vector.DType, [neutral, vector], new Axes(lanes)));
        }

        return vector;
    }
}
