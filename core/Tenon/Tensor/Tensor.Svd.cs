using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// A = U·diag(S)·Vᵀ, this tensor being A: <c>[…, M, N]</c>. The columns of U and V are orthonormal, of either sign; the singular values
    /// S <c>[…, K]</c> descend, with K = min(M, N).
    /// </summary>
    /// <param name="fullMatrices">Whether U is <c>[…, M, M]</c> and Vᵀ <c>[…, N, N]</c>; otherwise <c>[…, M, K]</c> and <c>[…, K, N]</c>.</param>
    /// <remarks>
    /// By one-sided Jacobi rotations, all disjoint pairs at once, which keep small singular values exact; J. Demmel and K. Veselić, Jacobi's
    /// method is more accurate than QR, 1992. The gradients of U and V are not finite where singular values are equal.
    /// </remarks>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public (Tensor U, Tensor S, Tensor Vt) Svd(bool fullMatrices = true)
    {
        var (a, batch, m, n) = Matrices(nameof(Svd));
        if (m < n)
        {
            var (left, values, right) = T.Svd(fullMatrices);
            return (right.T, values, left.T);
        }

        // Columns of A are turned until all are orthogonal: A·V = U·diag(S).
        var rounds = Rounds(a, n);
        var turned = a.Detach().Start(rounds.Length);
        var v = Identity(a, n);
        foreach (var partner in rounds)
        {
            var own = turned.Square().Sum(-2);
            var off = (turned * turned.IndexSelect(-1, partner)).Sum(-2);
            var (c, s) = Rotation(own, own.IndexSelect(-1, partner), off, partner, n);
            (turned, v) = (turned.Turned(c, s, partner), v.Turned(c, s, partner));
            Keep(rounds.Length, turned, v);
        }

        var order = Ascending(-turned.Square().Sum(-2).Contiguous(), n);
        var columns = Picked(turned.T, order).T.Contiguous();
        v = Picked(v.T, order).T.Contiguous();

        // Reflections make them orthonormal also where singular values are zero, and complete them.
        var (q, r) = Reflected(columns, m, n, fullMatrices ? m : n);
        var diagonal = r.MainDiagonal();
        var u = Where(Arange(q.Size(-1)) < n, q * Where(diagonal < 0, -1, diagonal.OnesLike()).PadLast(0, q.Size(-1) - n).Unsqueeze(-2), q).Contiguous();

        // J. Townsend, Differentiating the singular value decomposition, 2016.
        var singular = diagonal.Abs().WithGradient([a, u, v], static (g, _, of) =>
            [(First(of[1], g.Size(-1)) * g.Unsqueeze(-2)).MatMul(of[2].T), null, null]);
        var uOut = u.WithGradient([a, singular, v], static (g, u, of) =>
        {
            var (s, v) = (of[1], of[2]);
            (u, g) = (First(u, s.Size(-1)), First(g, s.Size(-1)));
            var inner = u.MatMul(Skew(u.T.MatMul(g), s) * s.Unsqueeze(-2));
            return [(u.Size(-2) == s.Size(-1) ? inner : inner + (g - u.MatMul(u.T.MatMul(g))) / s.Unsqueeze(-2)).MatMul(v.T), null, null];
        });
        var vOut = v.WithGradient([a, singular, uOut], static (g, v, of) =>
            [First(of[2], g.Size(-1)).MatMul(Skew(v.T.MatMul(g), of[1]) * of[1].Unsqueeze(-1)).MatMul(v.T), null, null]);
        return (uOut.Reshape([.. batch, m, q.Size(-1)]), singular.Reshape([.. batch, n]), vOut.T.Reshape([.. batch, n, n]));

        static Tensor First(Tensor x, long count) => x[.., .., TensorIndex.Range(0, count)];

        // (X - Xᵀ) / (σⱼ² - σᵢ²)
        static Tensor Skew(Tensor x, Tensor s)
        {
            var squares = s.Square();
            var apart = squares.Unsqueeze(-2) - squares.Unsqueeze(-1) + Eye(s.Size(-1), dtype: s.DType);
            return (x - x.T) / apart;
        }
    }

    /// <summary>The singular values of matrices, descending: <c>[…, M, N]</c> → <c>[…, min(M, N)]</c>; see <see cref="Svd"/>.</summary>
    public Tensor SvdValues() => Svd(fullMatrices: false).S;
}
