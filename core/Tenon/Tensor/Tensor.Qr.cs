using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>A = Q·R, this tensor being A: <c>[…, M, N]</c>; the columns of Q are orthonormal, R is upper triangular. With K = min(M, N):</summary>
    /// <param name="complete">Whether Q is <c>[…, M, M]</c> and R <c>[…, M, N]</c>; otherwise Q is <c>[…, M, K]</c> and R <c>[…, K, N]</c>.</param>
    /// <remarks>By Householder reflections, with the signs of LAPACK; G. H. Golub and C. F. Van Loan, Matrix Computations, 5.2.</remarks>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public (Tensor Q, Tensor R) Qr(bool complete = false)
    {
        var (a, batch, m, n) = Matrices(nameof(Qr));
        var (rawQ, rawR) = Reflected(a, m, n, complete ? m : Math.Min(m, n));
        var r = rawR.WithGradient([a, rawQ], static (g, r, of) => [QrGradient(of[1], r, null, g), null]);
        var q = rawQ.WithGradient([a, r], static (g, q, of) => [QrGradient(q, of[1], g, null), null]);
        return (q.Reshape([.. batch, m, q.Shape.Size(2)]), r.Reshape([.. batch, q.Shape.Size(2), n]));
    }

    private static (Tensor Q, Tensor R) Reflected(Tensor a, long m, long n, long columns)
    {
        var (row, steps) = (Arange(m).Unsqueeze(1), Math.Min(m, n));
        var (r, reflections) = (a.Detach().Start(steps), new List<(Tensor V, Tensor Scale)>());
        for (var i = 0; i < steps; i++)
        {
            // I - scale·v·vᵀ turns a column into its norm. Where it is zero below the diagonal, nothing turns.
            var k = Step(i, a);
            var x = r.ColumnAt(k);
            var below = Where(row > k, x, 0).Square().Sum(-2, keepDim: true);
            var top = x.RowAt(k);
            var isDone = below.Eq(0);
            var norm = Where(isDone, 1, top.Square() + below).Sqrt();
            var first = top + Where(top < 0, -norm, norm);
            var scale = Where(isDone, 0, 2 / Where(isDone, 1, first.Square() + below)).Contiguous();
            var v = Where(row.Eq(k), first, Where(row > k, x, 0)).Contiguous();
            r = (r - v * (scale * (v * r).Sum(-2, keepDim: true))).Contiguous();
            Keep(steps, r, v, scale);
            reflections.Add((v, scale));
        }

        var q = Eye(m, columns, a.DType).Expand(a.Shape.Size(0), m, columns);
        for (var i = reflections.Count - 1; i >= 0; i--)
        {
            var (v, scale) = reflections[i];
            q = Kept(q - v * (scale * (v * q).Sum(-2, keepDim: true)), steps);
        }

        return (q, r[.., TensorIndex.Range(0, columns)].Triangle(upper: true));
    }

    // Of the square part of R: (gQ + Q·sym(upper part of gR·Rᵀ - Qᵀ·gQ))·Rᵀ⁻¹, where sym mirrors what is above the diagonal; columns of R
    // behind it are Qᵀ·A. H.-J. Liao et al., Differentiable programming tensor networks, arXiv:1903.09650, IV.B.
    private static Tensor QrGradient(Tensor q, Tensor r, Tensor? gq, Tensor? gr)
    {
        var (m, n) = (q.Size(-2), r.Size(-1));
        var k = Math.Min(m, n);
        TensorIndex all = .., first = TensorIndex.Range(0, k), behind = TensorIndex.Range(k, n);
        (q, r, gq) = (q[all, all, first], r[all, first], gq?[all, all, first] ?? q[all, all, first].ZerosLike());
        gr = gr?[all, first] ?? r.ZerosLike();
        Tensor? rest = null;
        if (n > k)
        {
            rest = q.MatMul(gr[all, all, behind]);
            gq += q.MatMul(r[all, all, behind]).MatMul(gr[all, all, behind].T);
            (r, gr) = (r[all, all, first], gr[all, all, first]);
        }

        var inner = (gr.MatMul(r.T) - q.T.MatMul(gq)).Triangle(upper: true);
        var part = Triangular(r, (gq + q.MatMul(inner + inner.Triangle(upper: true, withDiagonal: false).T)).T, true, unit: false).T;
        return rest is null ? part : Cat([part, rest], -1);
    }
}
