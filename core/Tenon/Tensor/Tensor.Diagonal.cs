using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The diagonal of two axes, which becomes the last axis.</summary>
    /// <param name="offset">How far above the main diagonal; below if negative.</param>
    /// <param name="axis1">The axis of the rows.</param>
    /// <param name="axis2">The axis of the columns.</param>
    public Tensor Diagonal(int offset = 0, int axis1 = 0, int axis2 = 1)
    {
        var x = PairLast(axis1, axis2, nameof(Diagonal));
        var (rows, columns) = (Shapes.Known(x.Shape, Rank - 2, nameof(Diagonal)), Shapes.Known(x.Shape, Rank - 1, nameof(Diagonal)));
        var (top, left) = (Math.Max(0, -offset), Math.Max(0, offset));
        var n = Math.Max(0, Math.Min(rows - top, columns - left));
        var outer = x.Shape.ToSizes()[..^2];
        if (n == 0)
        {
            return Full([.. outer, 0], 0, DType);
        }

        // Rows of n + 1 elements: the diagonal is the first column.
        var square = x[Ellipsis, top..(int)(top + n), left..(int)(left + n)];
        return square.Reshape([.. outer, n * n]).PadLast(0, n).Reshape([.. outer, n, n + 1])[Ellipsis, 0].AsValue();
    }

    /// <summary>The last axis as the diagonal of matrices of zeros: <c>[…, N]</c> → <c>[…, N + |offset|, N + |offset|]</c>.</summary>
    /// <param name="offset">How far above the main diagonal; below if negative.</param>
    /// <param name="axis1">Which axis of the result the rows are.</param>
    /// <param name="axis2">Which axis of the result the columns are.</param>
    public Tensor DiagEmbed(int offset = 0, int axis1 = -2, int axis2 = -1)
    {
        var n = Shapes.Known(Shape, Shapes.Axis(-1, Rank, nameof(DiagEmbed)), nameof(DiagEmbed));
        var outer = Shape.ToSizes()[..^1];
        var square = Unsqueeze(-1).PadLast(0, n).Reshape([.. outer, n * (n + 1)]).PadLast(0, -n).Reshape([.. outer, n, n]);
        var padding = new (SymInt, SymInt)[Rank + 1];
        padding[^2] = (Math.Max(0, -offset), Math.Max(0, offset));
        padding[^1] = (Math.Max(0, offset), Math.Max(0, -offset));
        return square.Pad(padding).MoveAxis([-2, -1], [axis1, axis2]).AsValue();
    }

    /// <summary>The matrix with a diagonal, of one axis; the diagonal, of a matrix.</summary>
    /// <exception cref="TenonException">There are other than one or two axes.</exception>
    public Tensor Diag(int offset = 0) => Rank switch
    {
        1 => DiagEmbed(offset),
        2 => Diagonal(offset),
        _ => throw new TenonException("TEN3159", $"Diag: shape {Shape}. Expected one or two axes; see Diagonal and DiagEmbed."),
    };

    /// <summary>The sum of the diagonal of two axes.</summary>
    public Tensor Trace(int offset = 0, int axis1 = 0, int axis2 = 1) => Diagonal(offset, axis1, axis2).Sum(-1);

    /// <summary>The last two axes with zeros above a diagonal.</summary>
    /// <param name="diagonal">Which: 0 is the main one, positive ones are above it.</param>
    public Tensor Tril(SymInt diagonal = default) => Triangle(diagonal, nameof(Tril), static (column, bound) => column <= bound);

    /// <summary>The last two axes with zeros below a diagonal.</summary>
    /// <param name="diagonal">Which: 0 is the main one, positive ones are above it.</param>
    public Tensor Triu(SymInt diagonal = default) => Triangle(diagonal, nameof(Triu), static (column, bound) => column >= bound);

    /// <summary>The coordinates of the elements that <see cref="Tril"/> keeps: int32 <c>[2, count]</c>.</summary>
    public static Tensor TrilIndices(int rows, int columns, int diagonal = 0) => Coordinates(rows, columns, (r, c) => c <= r + diagonal);

    /// <summary>The coordinates of the elements that <see cref="Triu"/> keeps: int32 <c>[2, count]</c>.</summary>
    public static Tensor TriuIndices(int rows, int columns, int diagonal = 0) => Coordinates(rows, columns, (r, c) => c >= r + diagonal);

    /// <summary>Matrices along the diagonal of one matrix of zeros. A number counts as [1, 1], one axis as a row.</summary>
    public static Tensor BlockDiag(params ReadOnlySpan<Tensor> blocks)
    {
        var matrices = Array.ConvertAll(blocks.ToArray(), static b => b.Rank >= 2 ? b : b.Reshape(1, -1));
        var columns = matrices.Aggregate((SymInt)0, static (n, b) => n + b.Shape.Size(1));
        SymInt offset = 0;
        for (var i = 0; i < matrices.Length; i++)
        {
            var width = matrices[i].Shape.Size(1);
            matrices[i] = matrices[i].PadLast(offset, columns - offset - width);
            offset += width;
        }

        return Cat(matrices);
    }

    private Tensor Triangle(SymInt diagonal, string operation, Func<Tensor, Tensor, Tensor> isKept)
    {
        var (rows, columns) = (Shape.Size(Shapes.Axis(-2, Rank, operation)), Shape.Size(^1));
        return Where(isKept(Arange(columns), Arange(rows).Unsqueeze(1) + (Tensor)diagonal), this, ZerosLike());
    }

    private static Tensor Coordinates(int rows, int columns, Func<int, int, bool> isKept)
    {
        var kept = (from r in Enumerable.Range(0, rows) from c in Enumerable.Range(0, columns) where isKept(r, c) select (r, c)).ToArray();
        return From<int>([.. kept.Select(static p => p.r), .. kept.Select(static p => p.c)], [2, kept.Length]);
    }

    private Tensor PairLast(int axis1, int axis2, string operation)
    {
        Shapes.AxisSet([axis1, axis2], Rank, operation);
        return MoveAxis([axis1, axis2], [-2, -1]);
    }
}
