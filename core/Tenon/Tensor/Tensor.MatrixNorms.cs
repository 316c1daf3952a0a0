using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// The norms of matrices <c>[…, M, N]</c> → <c>[…]</c>: √Σx² by default; for 1 and -1 the greatest and least sum of magnitudes of a column,
    /// for +∞ and -∞ of a row, for 2 and -2 the greatest and least singular value.
    /// </summary>
    /// <param name="p">The order; null for √Σx² (Frobenius).</param>
    /// <param name="keepDim">Whether the last two axes stay with size 1.</param>
    /// <exception cref="TenonException">Fewer than two axes, or another order.</exception>
    public Tensor MatrixNorm(double? p = null, bool keepDim = false)
    {
        if (Rank < 2 || p is not (null or 1 or -1 or 2 or -2 or double.PositiveInfinity or double.NegativeInfinity))
        {
            throw new TenonException("TEN3222", $"MatrixNorm: shape {Shape}, order {p}. Expected […, M, N], and an order of ±1, ±2, ±∞ or none.");
        }

        var x = ToFloat();
        var norm = p switch
        {
            null => x.Norm(2, [-2, -1], keepDim: true),
            2 => x.SvdValues()[Ellipsis, 0].Reshape(Kept()),
            -2 => x.SvdValues()[Ellipsis, ^1].Reshape(Kept()),
            1 => x.Abs().Sum(-2, keepDim: true).Max(-1, keepDim: true),
            -1 => x.Abs().Sum(-2, keepDim: true).Min(-1, keepDim: true),
            > 0 => x.Abs().Sum(-1, keepDim: true).Max(-2, keepDim: true),
            _ => x.Abs().Sum(-1, keepDim: true).Min(-2, keepDim: true),
        };
        return keepDim ? norm : norm.Squeeze(-1).Squeeze(-1);

        Shape Kept() => Core.Shape.FromDims([.. Shape.Dims[..^2], UOp.Index(1), UOp.Index(1)]);
    }

    /// <summary>The sums of the singular values of matrices: <c>[…, M, N]</c> → <c>[…]</c>.</summary>
    /// <exception cref="TenonException">Not matrices of float32 or float64.</exception>
    public Tensor NuclearNorm() => SvdValues().Sum(-1);
}
