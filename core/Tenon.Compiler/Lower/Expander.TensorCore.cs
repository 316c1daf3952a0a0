using Tenon.Core;

namespace Tenon.Compiler;

internal sealed partial class Expander
{
    // One accumulator for each tile; the elements of a lane are one vector until they are used.
    private Pieces ExpandCore(UOp product)
    {
        var core = _target.Core(product);
        var element = product[2];
        var closed = product.Src[4..].ToArray().AsSpan();
        var inA = core.A.IsLocal ? null : closed[0];
        var inB = core.B.IsLocal ? null : closed[inA is null ? 0 : 1];
        var summed = closed[((inA is null ? 0 : 1) + (inB is null ? 0 : 1))..];
        var (axes, unrolled, loops) = (UnrolledIn(product.Ranges), UnrolledIn(summed), OfKind(summed, RangeKind.Reduce, RangeKind.Loop));
        UOp[] tiles = [.. axes.Where(r => r != element)];
        var outer = OfKind(product.Ranges, RangeKind.Reduce, RangeKind.Loop);
        var dtype = core.Accumulator.Vec(core.C.Elements);
        var nothing = UOp.New(Ops.Const, dtype, [], ((Scalar)0).To(core.Accumulator));
        var (results, nodes) = (new List<UOp>(), new List<UOp>());
        do
        {
            var accumulator = loops.Length == 0 ? null : UOp.New(Ops.Accumulator, dtype, [nothing, .. outer], _accumulators++);
            var sum = accumulator ?? nothing;
            do
            {
                sum = UOp.New(Ops.Wmma, dtype, [Operand(product[0], inA), Operand(product[1], inB), sum], core.Name);
            }
            while (_at.MoveNext(unrolled));

            if (accumulator is not null)
            {
                _assigned.Add(sum = UOp.New(Ops.Assign, dtype, [accumulator, sum, .. loops]));
            }

            results.Add(sum);
        }
        while (_at.MoveNext(tiles));

        do
        {
            var tile = 0;
            foreach (var r in tiles)
            {
                tile = (tile * (int)r[0].Max) + _at[r];
            }

            nodes.Add(Pieces.Extract(results[tile], _at[element]));
        }
        while (_at.MoveNext(axes));

        return new Pieces(axes, null, false, [.. nodes]);
    }

    // What a lane holds of a matrix, or where it is in a local array.
    private UOp Operand(UOp value, UOp? element)
    {
        if (element is null)
        {
            return new AddressForm(Storage(value[0][0]), value[0][1], _sumsInIndices).At(_at, null, 0);
        }

        var scalars = new UOp[element[0].Max];
        for (var i = 0; i < scalars.Length; i++)
        {
            scalars[i] = _pieces[value].Lane(_at, 0);
            _at.MoveNext([element]);
        }

        // What is loaded together is that already.
        return scalars[0] is { Op: Ops.Extract } first && first[0].DType.Lanes == scalars.Length && scalars.Index().All(s => s.Item == Pieces.Extract(first[0], s.Index))
            ? first[0]
            : UOp.New(Ops.Stack, value.DType.Vec(scalars.Length), scalars);
    }
}
