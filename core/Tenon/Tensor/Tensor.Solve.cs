using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The X of A·X = B, this tensor being A: <c>[…, N, N]</c> and <c>[…, N, M]</c>, or <c>[…, N]</c> → of B's shape. Leading axes broadcast.</summary>
    /// <param name="right">B; vectors if it has one axis, or this tensor's shape without the last.</param>
    /// <remarks>Where A is singular, X has infinities or NaN.</remarks>
    /// <exception cref="TenonException">The shapes don't fit, or are not of float32 or float64.</exception>
    public Tensor Solve(Tensor right)
    {
        if (right.Rank == 1 || (right.Rank == Rank - 1 && Rank > 1 && right.Shape.Equals(Shapes.Without(Shape, [Rank - 1]))))
        {
            return Solve(right.Unsqueeze(-1)).Squeeze(-1);
        }

        var (a, b, batch) = Paired(this, right, nameof(Solve));
        return Solved(a, b).Reshape([.. batch, b.Shape.Size(1), b.Shape.Size(2)]);
    }

    /// <summary>The inverses of matrices: <c>[…, N, N]</c>.</summary>
    /// <remarks>Where a matrix is singular, its inverse has infinities or NaN.</remarks>
    /// <exception cref="TenonException">The matrices are not square, or not of float32 or float64.</exception>
    public Tensor Inverse()
    {
        var (a, _, n, _) = Matrices(nameof(Inverse), square: true);
        return Solved(a, Identity(a, n)).Reshape(Shape);
    }

    /// <summary>The determinants of matrices: <c>[…, N, N]</c> → <c>[…]</c>.</summary>
    /// <exception cref="TenonException">The matrices are not square, or not of float32 or float64.</exception>
    public Tensor Det()
    {
        var (a, batch, n, _) = Matrices(nameof(Det), square: true);
        var (factors, order) = Eliminated(a.Detach(), n, n);
        var det = factors.MainDiagonal().Prod(-1) * Sign(order, n).Cast(DType);

        // The cofactors; from the singular values, because a singular matrix has them too.
        return det.WithGradient([a], static (g, _, of) =>
        {
            var (u, s, vt) = of[0].Svd();
            var k = s.Size(-1);
            var others = Where(Eye(k).Ne(0), 1, s.Unsqueeze(-2)).Prod(-1) * (g * u.Det() * vt.Det()).Unsqueeze(-1);
            return [(u * others.Unsqueeze(-2)).MatMul(vt)];
        }).Reshape([.. batch]);
    }

    /// <summary>The signs of the determinants of matrices, and the logarithms of their magnitudes: <c>[…, N, N]</c> → <c>[…]</c> each. For a singular one, 0 and -∞.</summary>
    /// <exception cref="TenonException">The matrices are not square, or not of float32 or float64.</exception>
    public (Tensor Sign, Tensor LogAbs) SlogDet()
    {
        var (a, batch, n, _) = Matrices(nameof(SlogDet), square: true);
        var (factors, order) = Eliminated(a.Detach(), n, n);
        var diagonal = factors.MainDiagonal();
        var sign = diagonal.Sign().Prod(-1) * Sign(order, n).Cast(DType);
        var log = diagonal.Abs().Log().Sum(-1).WithGradient([a], static (g, _, of) => [of[0].Inverse().T * g.Unsqueeze(-1).Unsqueeze(-1)]);
        return (sign.Reshape([.. batch]), log.Reshape([.. batch]));
    }

    // The gradient follows from A·dX = dB - dA·X.
    private static Tensor Solved(Tensor a, Tensor b)
    {
        var n = a.Size(-1);
        var (factors, order) = Eliminated(a.Detach(), n, n);
        return Substituted(factors, Substituted(factors, Picked(b, order), false, unit: true), true, unit: false).WithGradient([a, b], static (g, x, of) =>
        {
            var right = Solved(of[0].T, g);
            return [-right.MatMul(x.T), right];
        });
    }

    // -1 for each pair of rows that stands the wrong way round.
    private static Tensor Sign(Tensor order, long n)
    {
        var (row, column) = Places(n, n);
        var isTurned = (row < column) & (order.Unsqueeze(-2) < order.Unsqueeze(-1));
        return 1 - (isTurned.Cast(DType.Int32).Flatten(1).Sum(-1) & 1) * 2;
    }
}
