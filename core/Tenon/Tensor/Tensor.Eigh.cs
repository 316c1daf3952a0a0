using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// The eigenvalues of symmetric matrices <c>[…, N, N]</c>, ascending, <c>[…, N]</c>, and as columns their eigenvectors <c>[…, N, N]</c>,
    /// orthonormal, of either sign. Only what lies on and below the diagonal is read, or above.
    /// </summary>
    /// <param name="upper">Whether what lies above the diagonal is read instead.</param>
    /// <remarks>
    /// By Jacobi's rotations, all disjoint pairs at once. The gradient of the vectors is not finite where eigenvalues are equal.
    /// </remarks>
    /// <exception cref="TenonException">The matrices are not square, or not of float32 or float64.</exception>
    public (Tensor Values, Tensor Vectors) Eigh(bool upper = false)
    {
        var (a, batch, n, _) = Matrices(nameof(Eigh), square: true);
        var half = a.Detach().Triangle(upper);
        var rounds = Rounds(a, n);
        var matrix = (half + half.T.Triangle(!upper, withDiagonal: false)).Start(rounds.Length);
        var vectors = Identity(a, n);
        foreach (var partner in rounds)
        {
            var diagonal = matrix.MainDiagonal();
            var off = Where(Arange(n).Eq(partner.Unsqueeze(1)), matrix, 0).Sum(-1);
            var (c, s) = Rotation(diagonal, diagonal.IndexSelect(-1, partner), off, partner, n);
            vectors = vectors.Turned(c, s, partner);
            matrix = matrix.Turned(c, s, partner).T.Turned(c, s, partner);
            Keep(rounds.Length, vectors, matrix);
        }

        var raw = matrix.MainDiagonal();
        var order = Ascending(raw, n);
        var sorted = Picked(raw.Unsqueeze(-1), order).Squeeze(-1).Contiguous();
        var columns = Picked(vectors.T, order).T.Contiguous();

        // M. Giles, An extended collection of matrix derivative results for forward and reverse mode AD, 2008, 3.1.
        var values = sorted.WithGradient([a, columns], static (g, _, of) => [(of[1] * g.Unsqueeze(-2)).MatMul(of[1].T), null]);
        var eigenvectors = columns.WithGradient([a, values], static (g, v, of) =>
        {
            var w = of[1];
            var apart = w.Unsqueeze(-2) - w.Unsqueeze(-1) + Eye(w.Size(-1), dtype: w.DType);
            var inner = Where(Eye(w.Size(-1)).Ne(0), 0, v.T.MatMul(g) / apart);
            return [v.MatMul(inner).MatMul(v.T), null];
        });
        return (values.Reshape([.. batch, n]), eigenvectors.Reshape(Shape));
    }

    // The places [B, N] of numbers in order, each by counting those before it: less than a sorting network for so few.
    private static Tensor Ascending(Tensor x, long n)
    {
        var (row, column) = Places(n, n);
        var (own, other) = (x.Unsqueeze(-1), x.Unsqueeze(-2));
        var rank = (IsBelow(other, own) | (~IsBelow(own, other) & (column < row))).Cast(DType.Int32).Sum(-1).Contiguous();
        return Where(rank.Unsqueeze(-2).Eq(row), column, 0).Sum(-1).Contiguous();
    }

    // Who is turned with whom, for all rounds of all sweeps.
    private static Tensor[] Rounds(Tensor matrices, long n)
    {
        Tensor[] rounds = [.. JacobiRounds.Of((int)n).Select(r => From<int>(r, matrices.Device))];
        return [.. Enumerable.Range(0, n < 2 ? 0 : JacobiRounds.Sweeps(n)).SelectMany(_ => rounds)];
    }

    // By how much each of a pair is turned, so that [own, off; off, other] becomes diagonal: new = c·own + s·partner.
    private static (Tensor C, Tensor S) Rotation(Tensor own, Tensor other, Tensor off, Tensor partner, long n)
    {
        var isApart = off.Ne(0) & partner.Ne(Arange(n));
        var theta = (other - own) / (Where(isApart, off, 1) * 2);
        var sign = Where((theta > 0) | (theta.Eq(0) & (Arange(n) < partner)), 1, theta.FullLike(-1));
        var t = Where(isApart, sign / (theta.Abs() + (theta.Square() + 1).Sqrt()), 0);
        var c = (t.Square() + 1).Rsqrt();
        return (c.Contiguous(), (-t * c).Contiguous());
    }

    // Columns turned in pairs.
    private Tensor Turned(Tensor c, Tensor s, Tensor partner) => (this * c.Unsqueeze(-2) + IndexSelect(-1, partner) * s.Unsqueeze(-2)).Contiguous();
}
