using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Movement ops as index arithmetic: which element of the source an element of the result is.</summary>
internal static class MovementIndex
{
    /// <summary>
    /// The index into the source of <paramref name="move"/> for an index into its result, and the condition under which
    /// there is such an element (null: always).
    /// </summary>
    public static (UOp[] Index, UOp? Valid) Through(UOp move, UOp[] index)
    {
        var from = move[0].Shape;
        switch (move.Op)
        {
            case Ops.Reshape:
                return (Reshape(move.Shape, from, index), null);

            case Ops.Permute:
                {
                    var axes = move.ArgAs<Axes>();
                    var source = new UOp[index.Length];
                    for (var i = 0; i < index.Length; i++)
                    {
                        source[axes[i]] = index[i];
                    }

                    return (source, null);
                }

            case Ops.Expand:
                return (Map(index, (i, at) => from.Dim(i).IsInteger(1) ? UOp.Index(0) : at), null);

            case Ops.Flip:
                {
                    var axes = move.ArgAs<Axes>();
                    return (Map(index, (i, at) => axes.Contains(i) ? IndexMath.Sub(IndexMath.Sub(from.Dim(i), UOp.Index(1)), at) : at), null);
                }

            case Ops.Shrink:
                return (Map(index, (i, at) => IndexMath.Add(at, move[1 + 2 * i])), null);

            case Ops.Pad:
                {
                    UOp? valid = null;
                    var source = Map(index, (i, at) =>
                    {
                        var moved = IndexMath.Sub(at, move[1 + 2 * i]);
                        valid = And(valid, IndexMath.And(IndexMath.GreaterOrEqual(moved, UOp.Index(0)), IndexMath.Less(moved, from.Dim(i))));
                        return moved;
                    });
                    return (source, valid);
                }

            default:
                throw new InvalidOperationException($"{move.Op} is not a movement op.");
        }
    }

    /// <summary>The place of an element in row-major order.</summary>
    public static UOp Flatten(Shape shape, ReadOnlySpan<UOp> index)
    {
        var flat = UOp.Index(0);
        for (var i = 0; i < index.Length; i++)
        {
            flat = IndexMath.Add(IndexMath.Mul(flat, shape.Dim(i)), index[i]);
        }

        return flat;
    }

    /// <summary>Both conditions; null is true.</summary>
    public static UOp? And(UOp? a, UOp? b) => a is null || a.IsInteger(1) ? (b is not null && b.IsInteger(1) ? null : b) : b is null || b.IsInteger(1) ? a : IndexMath.And(a, b);

    // Axes are taken in the smallest runs whose sizes have the same product on both sides, so that an axis that keeps its
    // size keeps its index. Only storage may have more elements than are seen of it: the first ones.
    private static UOp[] Reshape(Shape to, Shape from, UOp[] index)
    {
        var source = new UOp[from.Rank];
        var (i, j) = (0, 0);
        while (i < from.Rank || j < to.Rank)
        {
            var (iEnd, jEnd) = (i, j);
            SymInt a = 1, b = 1;
            while ((a != b || (iEnd == i && jEnd == j)) && (iEnd < from.Rank || jEnd < to.Rank))
            {
                if ((a.Max <= b.Max && iEnd < from.Rank) || jEnd == to.Rank)
                {
                    a *= from.Size(iEnd++);
                }
                else
                {
                    b *= to.Size(jEnd++);
                }
            }

            var flat = UOp.Index(0);
            for (var k = j; k < jEnd; k++)
            {
                flat = IndexMath.Add(IndexMath.Mul(flat, to.Dim(k)), index[k]);
            }

            for (var k = iEnd - 1; k >= i; k--)
            {
                source[k] = from.Dim(k).IsInteger(1) ? UOp.Index(0) : k == i ? flat : IndexMath.FloorMod(flat, from.Dim(k));
                flat = IndexMath.FloorDiv(flat, from.Dim(k));
            }

            (i, j) = (iEnd, jEnd);
        }

        return source;
    }

    private static UOp[] Map(UOp[] index, Func<int, UOp, UOp> f)
    {
        var result = new UOp[index.Length];
        for (var i = 0; i < index.Length; i++)
        {
            result[i] = f(i, index[i]);
        }

        return result;
    }
}
