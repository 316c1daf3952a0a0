using Tenon.Core;

namespace Tenon;

/// <summary>The movement between a node and a view of it, from the node on.</summary>
internal static class Moves
{
    /// <summary>The movement ops from <paramref name="from"/> to <paramref name="view"/>, in the order in which they are applied.</summary>
    public static UOp[] Between(UOp from, UOp view)
    {
        var moves = new List<UOp>();
        for (; view != from; view = view[0])
        {
            if (view.Op != Ops.Detach)
            {
                moves.Add(view);
            }
        }

        moves.Reverse();
        return [.. moves];
    }

    /// <summary>Whether an element of the node may occur twice in the view.</summary>
    public static bool Repeats(UOp[] moves) => Array.Exists(moves, static m => m.Op == Ops.Expand && !m.Shape.Equals(m[0].Shape));

    /// <summary>Whether the view is the node in another shape.</summary>
    public static bool KeepOrder(UOp[] moves) => Array.TrueForAll(moves, static m => m.Op == Ops.Reshape);

    /// <summary>The same view of another node.</summary>
    public static UOp Apply(UOp[] moves, UOp node)
    {
        foreach (var move in moves)
        {
            node = move.WithSources([node, .. move.Src[1..]]);
        }

        return node;
    }

    /// <summary>The node with the elements that the view shows replaced by those of <paramref name="value"/>.</summary>
    public static UOp Replace(UOp node, UOp[] moves, UOp value)
    {
        // The choice is made in the shape in which the part was named: its bounds are those of axes there.
        if (moves is [{ Op: Ops.Reshape } reshape, ..])
        {
            var replaced = Replace(TensorGraph.Reshape(node, reshape.Shape), moves[1..], value);
            return TensorGraph.Reshape(replaced, node.Shape);
        }

        var mask = TensorGraph.Full(DType.Bool, true, value.Shape);
        for (var i = moves.Length - 1; i >= 0; i--)
        {
            (value, mask) = (Back(moves[i], value), Back(moves[i], mask));
        }

        return TensorGraph.IsFull(mask, out _) ? value : UOp.Where(mask, value, node);
    }

    /// <summary>The order of axes that undoes another.</summary>
    public static int[] Inverse(ReadOnlySpan<int> axes)
    {
        var inverse = new int[axes.Length];
        for (var i = 0; i < inverse.Length; i++)
        {
            inverse[axes[i]] = i;
        }

        return inverse;
    }

    // Moves what a view shows back to where it came from, with zeros around it.
    private static UOp Back(UOp move, UOp x)
    {
        var from = move[0].Shape;
        switch (move.Op)
        {
            case Ops.Reshape or Ops.Expand:
                return TensorGraph.Reshape(x, from);
            case Ops.Permute:
                return TensorGraph.Permute(x, Inverse(move.ArgAs<Axes>().Span));
            case Ops.Flip:
                return TensorGraph.Flip(x, move.ArgAs<Axes>().Span);
            case Ops.Shrink:
                var around = new (SymInt, SymInt)[from.Rank];
                for (var i = 0; i < from.Rank; i++)
                {
                    around[i] = (new SymInt(move[1 + 2 * i]), from.Size(i) - new SymInt(move[2 + 2 * i]));
                }

                return TensorGraph.Pad(x, around);
            case Ops.Pad:
                var inside = new (SymInt, SymInt)[from.Rank];
                for (var i = 0; i < from.Rank; i++)
                {
                    inside[i] = (new SymInt(move[1 + 2 * i]), new SymInt(move[1 + 2 * i]) + from.Size(i));
                }

                return TensorGraph.Shrink(x, inside);
            default:
                throw new InvalidOperationException($"{move.Op} is not a movement op.");
        }
    }
}
