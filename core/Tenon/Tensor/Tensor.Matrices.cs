using Tenon.Core;

namespace Tenon;

/// <content>
/// What linear algebra has in common. Its loops have steps that differ in data only, so that all steps are the same kernels. Short loops
/// become part of the graph; of long ones each step is realised, and scheduled once. All have gradients of their own.
/// </content>
public sealed partial class Tensor
{
    // So many steps become part of the graph.
    private const int MostUnrolled = 8;

    // The tensor as [B, M, N].
    private (Tensor Matrices, SymInt[] Batch, long Rows, long Columns) Matrices(string operation, bool square = false)
    {
        if (Rank < 2 || !DType.IsFloat || DType.Bits < 32 || (square && Shape.Dim(Rank - 2) != Shape.Dim(Rank - 1)))
        {
            throw new TenonException("TEN3220", $"{operation}: {DType} {Shape}. Expected {(square ? "square matrices […, N, N]" : "matrices […, M, N]")} of float32 or float64.");
        }

        var (m, n) = (Shapes.Known(Shape, Rank - 2, operation), Shapes.Known(Shape, Rank - 1, operation));
        SymInt[] batch = Shape.ToSizes()[..^2];
        return (Reshape(Shapes.Product(batch), m, n), batch, m, n);
    }

    // Square matrices and others with as many rows, of one dtype and batch: [B, N, N] and [B, N, M].
    private static (Tensor A, Tensor B, SymInt[] Batch) Paired(Tensor a, Tensor b, string operation)
    {
        var dtype = Promotion.Join(a.DType, b.DType);
        var (_, outerA, n, _) = a.Cast(dtype).Matrices(operation, square: true);
        var (_, outerB, rows, columns) = b.Cast(dtype).Matrices(operation);
        if (rows != n)
        {
            throw new TenonException("TEN3221", $"{operation}: matrices {a.Shape} and right sides {b.Shape}. Expected […, N, N] and […, N, M].");
        }

        var batch = Shapes.Broadcast(outerA, outerB, operation).ToSizes();
        var count = Shapes.Product(batch);
        return (a.Cast(dtype).Expand([.. batch, n, n]).Reshape(count, n, n), b.Cast(dtype).Expand([.. batch, n, columns]).Reshape(count, n, columns), batch);
    }

    // Stores what a loop starts from.
    private Tensor Start(long steps) => Kept(this, steps);

    // Stores what a step has made.
    private static Tensor Kept(Tensor state, long steps)
    {
        Keep(steps, state = state.Contiguous());
        return state;
    }

    private static void Keep(long steps, params ReadOnlySpan<Tensor> states)
    {
        if (steps > MostUnrolled)
        {
            Realize(states);
        }
    }

    // The number of a step, as data.
    private static Tensor Step(long k, Tensor matrices) => From<int>([(int)k], matrices.Device);

    // The row and the column of each element.
    private static (Tensor Row, Tensor Column) Places(long rows, long columns) => (Arange(rows).Unsqueeze(1), Arange(columns));

    private Tensor RowAt(Tensor k) => IndexSelect(-2, k);

    private Tensor ColumnAt(Tensor k) => IndexSelect(-1, k);

    private static Tensor Identity(Tensor like, long n) => Eye(n, n, like.DType).Expand(like.Shape.Size(0), n, n);

    // [B, M, N] → [B, min(M, N)]
    private Tensor MainDiagonal()
    {
        var k = Math.Min(Size(-2), Size(-1));
        var (row, column) = Places(k, k);
        return Where(row.Eq(column), this[.., TensorIndex.Range(0, k), TensorIndex.Range(0, k)], 0).Sum(-1);
    }

    // The part above, or below, the diagonal; zeros elsewhere.
    private Tensor Triangle(bool upper, bool withDiagonal = true)
    {
        var (row, column) = Places(Size(-2), Size(-1));
        var isKept = upper ? row < column : column < row;
        return Where(withDiagonal ? isKept | row.Eq(column) : isKept, this, 0);
    }

    private double Precision => DType.Bits == 64 ? Math.BitIncrement(1.0) - 1 : MathF.BitIncrement(1f) - 1;
}
