using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// L and U of A's rows in some order, this tensor being A: <c>[…, M, N]</c>; and that order, int32 <c>[…, M]</c>: row i of L·U is row
    /// Order[i] of A. By elimination with partial pivoting.
    /// </summary>
    /// <returns>U on and above the diagonal, L, whose diagonal is ones, below it.</returns>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public (Tensor Factors, Tensor Order) LuFactor()
    {
        var (a, batch, m, n) = Matrices(nameof(LuFactor));
        var (factors, order) = Eliminated(a, m, n);
        return (factors.Reshape(Shape), order.Reshape([.. batch, m]));
    }

    /// <summary>A = P·L·U, this tensor being A: <c>[…, M, N]</c>, with K = min(M, N).</summary>
    /// <returns>A permutation <c>[…, M, M]</c>; L <c>[…, M, K]</c>, whose diagonal is ones; U <c>[…, K, N]</c>.</returns>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public (Tensor P, Tensor L, Tensor U) Lu()
    {
        var (a, batch, m, n) = Matrices(nameof(Lu));
        var (factors, order) = Eliminated(a, m, n);
        var k = Math.Min(m, n);
        var p = order.Unsqueeze(-2).Eq(Arange(m).Unsqueeze(1)).Cast(DType);
        var l = factors[.., .., TensorIndex.Range(0, k)].Triangle(upper: false, withDiagonal: false) + Eye(m, k, DType);
        var u = factors[.., TensorIndex.Range(0, k)].Triangle(upper: true);
        return (p.Reshape([.. batch, m, m]), l.Reshape([.. batch, m, k]), u.Reshape([.. batch, k, n]));
    }

    /// <summary>The X of A·X = B, where this tensor is what <see cref="LuFactor"/> makes of A: <c>[…, N, N]</c>, <c>[…, N, M]</c> → <c>[…, N, M]</c>.</summary>
    /// <param name="order">The order of the rows, <c>[…, N]</c>.</param>
    /// <param name="right">B.</param>
    /// <exception cref="TenonException">The shapes don't fit, or are not of float32 or float64.</exception>
    public Tensor LuSolve(Tensor order, Tensor right)
    {
        var (factors, b, batch) = Paired(this, right, nameof(LuSolve));
        var n = b.Shape.Size(1);
        var places = order.Rank == Rank - 1 ? order.Expand([.. batch, n]).Reshape(b.Shape.Size(0), n) : throw new TenonException("TEN3221", $"LuSolve: factors {Shape} and an order of rows {order.Shape}. Expected […, N, N] and […, N].");
        return Triangular(factors, Triangular(factors, Picked(b, places), false, unit: true), true, unit: false).Reshape([.. batch, n, b.Shape.Size(2)]);
    }

    // The rows carry where they came from as one more column, which is never eliminated.
    private static (Tensor Factors, Tensor Order) Eliminated(Tensor a, long m, long n)
    {
        var (row, column) = Places(m, n + 1);
        var steps = Math.Min(m, n);
        var state = Cat([a.Detach(), Arange(m).Cast(a.DType).Unsqueeze(1).Expand(a.Shape.Size(0), m, 1)], -1).Start(steps);
        for (var i = 0; i < steps; i++)
        {
            var k = Step(i, a);
            var magnitude = Where(row >= k, state.ColumnAt(k).Abs(), -1).Squeeze(-1);
            var best = magnitude.ArgMax(-1, keepDim: true).Contiguous();
            var pivotRow = Picked(state, best);
            var swapped = Where(row.Eq(best.Unsqueeze(-1)), state.RowAt(k), state);
            var pivot = pivotRow.ColumnAt(k);
            var isZero = pivot.Eq(0);
            var l = Where(isZero, 0, swapped.ColumnAt(k) / Where(isZero, 1, pivot));
            var below = Where(column.Eq(k), l, Where((column > k) & (column < n), swapped - l * pivotRow, swapped));
            state = Kept(Where(row.Eq(k), pivotRow, Where(row > k, below, state)), steps);
        }

        var places = state[.., .., (int)n];
        return (state[.., .., ..(int)n].WithGradient([a, places], static (g, f, of) => [LuGradient(g, f, of[1]), null]), places.Cast(DType.Int32));
    }

    // From P·dA = dL·U + L·dU: of the square part Lᵀ⁻¹·(the strict lower part of Lᵀ·gL + the upper part of gU·Uᵀ)·Uᵀ⁻¹, to which the
    // remaining rows of L, or columns of U, lead back.
    private static Tensor LuGradient(Tensor g, Tensor factors, Tensor places)
    {
        var (m, n) = (g.Size(-2), g.Size(-1));
        var k = Math.Min(m, n);
        TensorIndex all = .., first = TensorIndex.Range(0, k), behind = TensorIndex.Range(k, m), right = TensorIndex.Range(k, n);
        var square = factors[all, first, first];
        var (l, u) = (square.Triangle(upper: false, withDiagonal: false) + Eye(k, dtype: g.DType), square.Triangle(upper: true));
        var (gl, gu) = (g[all, first, first].Triangle(upper: false, withDiagonal: false), g[all, first, first].Triangle(upper: true));
        Tensor? rest = null;
        if (m > k)
        {
            rest = Triangular(u, g[all, behind].T, true, unit: false).T;
            gu -= factors[all, behind].T.MatMul(rest);
        }
        else if (n > k)
        {
            rest = Triangular(l.T, g[all, all, right], true, unit: true);
            gl -= rest.MatMul(factors[all, all, right].T);
        }

        var inner = l.T.MatMul(gl).Triangle(upper: false, withDiagonal: false) + gu.MatMul(u.T).Triangle(upper: true);
        var part = Triangular(u, Triangular(l.T, inner, true, unit: true).T, true, unit: false).T;
        var whole = rest is null ? part : Cat([part, rest], m > k ? -2 : -1);
        return Where(places.Unsqueeze(-2).Eq(Arange(m).Unsqueeze(1)), Ones([], g.DType), 0).MatMul(whole);
    }
}
