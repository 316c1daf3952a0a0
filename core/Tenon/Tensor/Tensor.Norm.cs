namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The p-norm (Σ |x|ᵖ)^(1/p) over axes (all by default).</summary>
    /// <param name="p">The order: 2 for the Euclidean length, 0 for the number of elements that are not zero, ±∞ for the greatest and least magnitude.</param>
    /// <param name="axes">The axes; null for all.</param>
    /// <param name="keepDim">Whether reduced axes stay with size 1.</param>
    public Tensor Norm(double p = 2, int[]? axes = null, bool keepDim = false) => InSingle(x => p switch
    {
        double.PositiveInfinity => x.Abs().Max(axes, keepDim),
        double.NegativeInfinity => x.Abs().Min(axes, keepDim),
        0 => x.Ne(0).Cast(x.DType).Sum(axes, keepDim),
        1 => x.Abs().Sum(axes, keepDim),
        2 => x.Square().Sum(axes, keepDim).RootOrZero(0.5),
        _ => x.Abs().Pow(p).Sum(axes, keepDim).RootOrZero(1 / p),
    });

    /// <summary>The p-norm of the difference of two tensors, as one number.</summary>
    public Tensor Distance(Tensor other, double p = 2) => (this - other).Norm(p);

    /// <summary>x / max(norm, ε) along an axis.</summary>
    public Tensor Normalize(double p = 2, int axis = 1, double epsilon = 1e-12) => this / Norm(p, [axis], keepDim: true).Maximum(epsilon);

    /// <summary>Slices of an axis scaled down to a greatest norm.</summary>
    /// <param name="p">The order of the norm.</param>
    /// <param name="axis">The axis whose slices are measured, each over all other axes.</param>
    /// <param name="maxNorm">The greatest norm.</param>
    public Tensor Renorm(double p, int axis, double maxNorm)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Renorm));
        var norm = Norm(p, [.. Enumerable.Range(0, Rank).Where(i => i != at)], keepDim: true);
        return Where(norm > maxNorm, this * (maxNorm / (norm + 1e-7)), this);
    }

    /// <summary>The p-norms between all rows: <c>[…, M, K]</c> and <c>[…, N, K]</c> → <c>[…, M, N]</c>.</summary>
    public Tensor CDist(Tensor other, double p = 2) => (Unsqueeze(-2) - other.Unsqueeze(-3)).Norm(p, [-1]);

    // The root of what is not negative; its gradient at 0 is 0.
    private Tensor RootOrZero(double power)
    {
        var isZero = Eq(0);
        var safe = Where(isZero, 1, this);
        return Where(isZero, power < 0 ? double.PositiveInfinity : 0, power == 0.5 ? safe.Sqrt() : safe.Pow(power));
    }
}
