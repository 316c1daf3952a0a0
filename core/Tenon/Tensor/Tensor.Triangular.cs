using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The X of A·X = B for triangular matrices A, this tensor: <c>[…, N, N]</c> and <c>[…, N, M]</c> → <c>[…, N, M]</c>. Leading axes broadcast.</summary>
    /// <param name="right">B.</param>
    /// <param name="upper">Whether A is what lies on and above the diagonal; otherwise on and below. The rest is not read.</param>
    /// <param name="unit">Whether the diagonal counts as ones.</param>
    /// <param name="left">Whether A is on the left; otherwise X of X·A = B, with B <c>[…, M, N]</c>.</param>
    /// <remarks>Where the diagonal has a zero, X has infinities or NaN.</remarks>
    /// <exception cref="TenonException">The shapes don't fit, or are not of float32 or float64.</exception>
    public Tensor TriangularSolve(Tensor right, bool upper, bool unit = false, bool left = true)
    {
        if (!left)
        {
            return right.Rank < 2 ? Refused() : T.TriangularSolve(right.T, !upper, unit).T;
        }

        var (a, b, batch) = Paired(this, right, nameof(TriangularSolve));
        return Triangular(a, b, upper, unit).Reshape([.. batch, b.Shape.Size(1), b.Shape.Size(2)]);

        Tensor Refused() => throw new TenonException("TEN3221", $"TriangularSolve: matrices {Shape} and right sides {right.Shape}. Expected […, N, N] and […, M, N].");
    }

    /// <summary>
    /// The triangular L, with a positive diagonal, of A = L·Lᵀ for symmetric positive definite A, this tensor: <c>[…, N, N]</c>. Only what
    /// lies on and below the diagonal is read.
    /// </summary>
    /// <param name="upper">Whether the result is Lᵀ.</param>
    /// <remarks>Where A is not positive definite, the result has NaN.</remarks>
    /// <exception cref="TenonException">The matrices are not square, or not of float32 or float64.</exception>
    public Tensor Cholesky(bool upper = false)
    {
        var (a, _, n, _) = Matrices(nameof(Cholesky), square: true);
        var (row, column) = Places(n, n);
        var state = a.Detach().Start(n);
        for (var i = 0; i < n; i++)
        {
            var k = Step(i, a);
            var d = state.ColumnAt(k).RowAt(k).Sqrt();
            var l = Where(row.Eq(k), d, state.ColumnAt(k) / d);
            state = Kept(Where((row >= k) & column.Eq(k), l, Where((row > k) & (column > k), state - l * (state.ColumnAt(k) / d).T, state)), n);
        }

        // I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527; symmetric, as in PyTorch.
        var factor = state.Triangle(upper: false).WithGradient([a], static (g, l, _) =>
        {
            var p = l.T.MatMul(g).Triangle(upper: false);
            p -= Where(Eye(p.Size(-1)).Ne(0), p * 0.5, 0);
            var s = Triangular(l.T, Triangular(l.T, p, true, false).T, true, false);
            return [(s + s.T) * 0.5];
        }).Reshape(Shape);
        return upper ? factor.T : factor;
    }

    /// <summary>The X of A·X = B, where this tensor is the factor that <see cref="Cholesky"/> makes of A: <c>[…, N, N]</c> and <c>[…, N, M]</c> → <c>[…, N, M]</c>.</summary>
    /// <param name="right">B.</param>
    /// <param name="upper">Whether the factor is upper triangular.</param>
    public Tensor CholeskySolve(Tensor right, bool upper = false) => upper
        ? TriangularSolve(T.TriangularSolve(right, upper: false), upper: true)
        : T.TriangularSolve(TriangularSolve(right, upper: false), upper: true);

    // [B, N, N], [B, N, M], with the gradient that follows from A·dX = dB - dA·X.
    private static Tensor Triangular(Tensor a, Tensor b, bool upper, bool unit) => Substituted(a, b, upper, unit).WithGradient([a, b], (g, x, of) =>
    {
        var right = Triangular(of[0].T, g, !upper, unit);
        return [(-right.MatMul(x.T)).Triangle(upper, withDiagonal: !unit), right];
    });

    private static Tensor Substituted(Tensor a, Tensor b, bool upper, bool unit)
    {
        var n = b.Size(-2);
        var x = b.Detach().Start(n);
        a = a.Detach().Start(n);
        var (row, _) = Places(n, n);
        for (long i = 0; i < n; i++)
        {
            var k = Step(upper ? n - 1 - i : i, a);
            var solved = unit ? x.RowAt(k) : x.RowAt(k) / a.ColumnAt(k).RowAt(k);
            x = Kept(Where(row.Eq(k), solved, Where(upper ? row < k : row > k, x - a.ColumnAt(k) * solved, x)), n);
        }

        return x;
    }
}
