using Tenon.Core;

namespace Tenon;

/// <summary>Views of files: what has to be read for one is found before anything is read.</summary>
internal static class FileView
{
    /// <summary>
    /// The same view of a smaller part of its file: of a slice of a contiguous value, or of its outermost axes, only the bytes
    /// that it spans remain. Other moves stay, to be done where the value is read to.
    /// </summary>
    /// <param name="view">Moves of a buffer of a file; anything else is given back.</param>
    /// <returns>The part's buffer in its shape, and the moves that remain, the first first.</returns>
    public static (UOp Part, List<UOp> Moves) Narrow(UOp view)
    {
        var moves = new List<UOp>();
        var root = view;
        for (; OpSet.Movement.Contains(root.Op) || root.Op is Ops.Contiguous or Ops.Detach; root = root[0])
        {
            moves.Insert(0, root);
        }

        if (root.Op != Ops.Buffer)
        {
            return (view, []);
        }

        // A part of elements that share bytes may begin within one; memory that isn't a file may be written.
        if (root.DType.IsPacked || !TensorExecutor.Current.IsFile(root))
        {
            return (root, moves);
        }

        var (first, shape, done) = (0L, root.Shape.ToArray(), 0);
        for (; done < moves.Count; done++)
        {
            var move = moves[done];
            if (move.Op == Ops.Shrink && Bounds(move) is { } bounds)
            {
                // Inside of the axis that is cut, axes may be cut no more.
                var cut = Slice(bounds, shape, ref first);
                if (Enumerable.Range(cut + 1, Math.Max(0, shape.Length - cut - 1)).Any(i => bounds[i] != (0, shape[i])))
                {
                    var part = Part(root, first, shape);
                    var rest = TensorGraph.Shrink(part, [.. bounds.Select((b, i) => i <= cut ? ((SymInt)0, (SymInt)shape[i]) : (b.Begin, b.End))]);
                    return (part, [rest, .. moves[(done + 1)..]]);
                }
            }
            else if (move.Op == Ops.Reshape && move.Shape.IsConcrete)
            {
                shape = move.Shape.ToArray();
            }
            else if (move.Op is not (Ops.Contiguous or Ops.Detach))
            {
                break;
            }
        }

        return (Part(root, first, shape), moves[done..]);
    }

    /// <summary>The value after moves.</summary>
    public static UOp Move(UOp value, List<UOp> moves) =>
        moves.Aggregate(value, (v, m) => m.WithSources([v, .. m.Src[1..]]));

    private static UOp Part(UOp file, long first, long[] shape) => TensorGraph.Reshape(
        first == 0 && Shapes.Product(shape) == file.ArgAs<BufferArg>().Size ? file
            : TensorExecutor.Current.PartOfFile(file, first * file.DType.Bytes, file.DType, Shapes.Product(shape)),
        shape);

    // Cuts the axes down to the first of which not exactly one position remains, and says which that is.
    private static int Slice((long Begin, long End)[] bounds, long[] shape, ref long first)
    {
        for (var i = 0; i < shape.Length; i++)
        {
            var (begin, end) = bounds[i];
            first += begin * Shapes.Product(shape.AsSpan(i + 1));
            shape[i] = end - begin;
            if (end - begin != 1)
            {
                return i;
            }
        }

        return shape.Length;
    }

    private static (long Begin, long End)[]? Bounds(UOp shrink)
    {
        var bounds = new (long, long)[shrink.Shape.Rank];
        for (var i = 0; i < bounds.Length; i++)
        {
            SymInt begin = new(shrink[1 + 2 * i]), end = new(shrink[2 + 2 * i]);
            if (!begin.IsKnown || !end.IsKnown)
            {
                return null;
            }

            bounds[i] = (begin.Min, end.Min);
        }

        return bounds;
    }
}
