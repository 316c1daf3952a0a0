using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // e^A is that of A / 2^s, squared s times; matrices of a norm up to 2^this can be had.
    private const int MostSquarings = 24;
    private const int ExponentialTerms = 18;

    /// <summary>A matrix multiplied with itself: <c>[…, N, N]</c>. The power of 0 is the identity, negative powers are those of the inverse.</summary>
    /// <param name="power">How many factors.</param>
    /// <exception cref="TenonException">The matrices are not square.</exception>
    public Tensor MatrixPower(int power)
    {
        if (Rank < 2 || Shape.Dim(Rank - 2) != Shape.Dim(Rank - 1))
        {
            throw new TenonException("TEN3220", $"MatrixPower: shape {Shape}. Expected square matrices […, N, N].");
        }

        if (power < 0)
        {
            return Inverse().MatrixPower(checked(-power));
        }

        Tensor? product = null;
        for (var (square, rest) = (this, power); rest > 0; rest >>= 1)
        {
            product = (rest & 1) == 0 ? product : product is null ? square : product.MatMul(square);
            square = rest > 1 ? square.MatMul(square) : square;
        }

        return product ?? Eye(Shape.Size(^1), dtype: DType).Expand(Shape).AsValue();
    }

    /// <summary>e^A, Σ Aⁿ / n!, of matrices A, this tensor: <c>[…, N, N]</c>.</summary>
    /// <remarks>By scaling and squaring a Taylor series; C. Moler and C. Van Loan, Nineteen dubious ways to compute the exponential of a matrix, 2003, method 3. For sums of magnitudes of a row up to 2²⁴; beyond them NaN.</remarks>
    /// <exception cref="TenonException">The matrices are not square, or not of float32 or float64.</exception>
    public Tensor MatrixExp()
    {
        var (a, _, n, _) = Matrices(nameof(MatrixExp), square: true);
        if (n == 0)
        {
            return this;
        }

        var size = a.Detach().Abs().Sum(-1, keepDim: true).Max(-2, keepDim: true);
        var squarings = size.Maximum(1).Log2().Ceil().Contiguous();
        var scaled = (a / squarings.Exp2()).Contiguous();
        var identity = Identity(a, n);
        var result = identity + scaled / ExponentialTerms;
        for (var i = ExponentialTerms - 1; i > 0; i--)
        {
            result = identity + scaled.MatMul(result) / i;
        }

        for (var i = 0; i < MostSquarings; i++)
        {
            result = Where(squarings > (Tensor)Step(i, a), result.MatMul(result), result).Contiguous();
        }

        return Where(squarings <= MostSquarings, result, double.NaN).Reshape(Shape);
    }

    /// <summary>
    /// Matrices with the same singular vectors and singular values near 1, by iterations X ← a·X + (b·X·Xᵀ + c·(X·Xᵀ)²)·X on what is scaled to
    /// √Σx² = 1: <c>[…, M, N]</c>.
    /// </summary>
    /// <param name="steps">How many iterations.</param>
    /// <param name="a">The coefficient a.</param>
    /// <param name="b">The coefficient b.</param>
    /// <param name="c">The coefficient c.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <remarks>K. Jordan, Muon: an optimizer for hidden layers in neural networks, 2024, whose coefficients are the default: they leave singular values between 0.7 and 1.2.</remarks>
    /// <exception cref="TenonException">Fewer than two axes.</exception>
    public Tensor NewtonSchulz(int steps = 5, double a = 3.4445, double b = -4.7750, double c = 2.0315, double epsilon = 1e-7)
    {
        if (Rank < 2)
        {
            throw new TenonException("TEN3222", $"NewtonSchulz: shape {Shape}. Expected […, M, N].");
        }

        var x = this / (MatrixNorm(keepDim: true) + epsilon);
        var isTall = !Shapes.IsAtMost(Shape.Size(^2), Shape.Size(^1));
        x = isTall ? x.T : x;
        for (var i = 0; i < steps; i++)
        {
            var s = x.MatMul(x.T);
            x = a * x + (b * s + c * s.MatMul(s)).MatMul(x);
        }

        return isTall ? x.T : x;
    }
}
