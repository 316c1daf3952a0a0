using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>(Σ |x|^p)^(1/p) over axes (all by default); for +∞ and -∞ the greatest and least magnitude, for 0 how many are not zero.</summary>
    /// <param name="p">The order.</param>
    /// <param name="axes">The axes; null for all.</param>
    /// <param name="keepDim">Whether reduced axes stay with size 1.</param>
    public Tensor VectorNorm(double p = 2, int[]? axes = null, bool keepDim = false) => InSingle(x => p switch
    {
        double.PositiveInfinity => x.Abs().Max(axes, keepDim),
        double.NegativeInfinity => x.Abs().Min(axes, keepDim),
        0 => x.Ne(0).Cast(x.DType).Sum(axes, keepDim),
        1 => x.Abs().Sum(axes, keepDim),
        2 => x.Square().Sum(axes, keepDim).RootOrZero(0.5),
        _ => x.Abs().Pow(p).Sum(axes, keepDim).RootOrZero(1 / p),
    });

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
            null => x.VectorNorm(2, [-2, -1], keepDim: true),
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

    // The root of what is not negative; its gradient at 0 is 0.
    private Tensor RootOrZero(double power)
    {
        var isZero = Eq(0);
        var safe = Where(isZero, 1, this);
        return Where(isZero, power < 0 ? double.PositiveInfinity : 0, power == 0.5 ? safe.Sqrt() : safe.Pow(power));
    }
}
