using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The pseudoinverses (Moore, Penrose) of matrices: <c>[…, M, N]</c> → <c>[…, N, M]</c>.</summary>
    /// <param name="tolerance">Singular values up to this share of the greatest count as zero; max(M, N) · ε by default.</param>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public Tensor PInverse(double? tolerance = null)
    {
        var (a, batch, m, n) = Matrices(nameof(PInverse));
        var (u, s, vt) = a.Detach().Svd(fullMatrices: false);
        var isZero = s.IsZeroBeside(tolerance ?? Math.Max(m, n) * Precision);
        var inverse = (vt.T * Where(isZero, 0, 1 / Where(isZero, 1, s)).Unsqueeze(-2)).MatMul(u.T);

        // G. H. Golub and V. Pereyra, The differentiation of pseudo-inverses, 1973, eq. 4.12:
        // dX = -X·dA·X + X·Xᵀ·dAᵀ·(I - A·X) + (I - X·A)·dAᵀ·Xᵀ·X
        return inverse.WithGradient([a], static (g, x, of) =>
        {
            var (a, gt) = (of[0], g.T);
            var inside = x.T.MatMul(g).MatMul(x.T);
            var behind = (gt - a.MatMul(x.MatMul(gt))).MatMul(x).MatMul(x.T);
            var before = x.T.MatMul(x).MatMul(gt - gt.MatMul(x).MatMul(a));
            return [behind + before - inside];
        }).Reshape([.. batch, n, m]);
    }

    /// <summary>The X for which A·X is nearest to B, of several the shortest, this tensor being A: <c>[…, M, N]</c> and <c>[…, M, K]</c> → <c>[…, N, K]</c>.</summary>
    /// <param name="right">B.</param>
    /// <param name="tolerance">As of <see cref="PInverse"/>.</param>
    /// <exception cref="TenonException">The shapes don't fit, or are not of float32 or float64.</exception>
    public Tensor LstSq(Tensor right, double? tolerance = null) => PInverse(tolerance).MatMul(right);

    /// <summary>The ranks of matrices, int32: how many singular values count: <c>[…, M, N]</c> → <c>[…]</c>.</summary>
    /// <param name="tolerance">Singular values up to this share of the greatest count as zero; max(M, N) · ε by default.</param>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public Tensor MatrixRank(double? tolerance = null)
    {
        var (a, batch, m, n) = Matrices(nameof(MatrixRank));
        return (~a.Detach().SvdValues().IsZeroBeside(tolerance ?? Math.Max(m, n) * Precision)).Cast(DType.Int32).Sum(-1).Reshape([.. batch]);
    }

    /// <summary>The condition numbers ‖A‖·‖A⁻¹‖ of matrices: <c>[…, N, N]</c> → <c>[…]</c>; by the norm of order 2 also of <c>[…, M, N]</c>.</summary>
    /// <param name="p">The norm, as of <see cref="MatrixNorm"/>; 2 by default.</param>
    /// <exception cref="TenonException">Not such matrices, or not of float32 or float64.</exception>
    public Tensor Cond(double p = 2)
    {
        if (Math.Abs(p) != 2)
        {
            return MatrixNorm(p) * Inverse().MatrixNorm(p);
        }

        var s = SvdValues();
        var (first, last) = (s[Ellipsis, 0], s[Ellipsis, ^1]);
        return p > 0 ? first / last : last / first;
    }

    private Tensor IsZeroBeside(double share) => this <= Max(-1, keepDim: true) * share;
}
