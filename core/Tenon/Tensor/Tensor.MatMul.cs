namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// The matrix product: <c>[…, M, K] · […, K, N]</c> → <c>[…, M, N]</c>. Leading axes broadcast. A tensor of one axis counts as a
    /// row on the left and as a column on the right, and that axis is dropped again.
    /// </summary>
    /// <param name="other">The right factor.</param>
    /// <remarks>Products of float16 and bfloat16 are summed in float32 and rounded once; small integers give int32 or uint32.</remarks>
    /// <exception cref="TenonException">A factor has no axis, or the inner sizes differ.</exception>
    public Tensor MatMul(Tensor other)
    {
        if (Rank == 0 || other.Rank == 0 || Shape.Dims[^1] != other.Shape.Dims[^Math.Min(2, other.Rank)])
        {
            throw new TenonException(
                "TEN3037",
                $"MatMul: shapes {Shape} and {other.Shape}. Expected […, M, K] and […, K, N] with equal K (the last axis of the left, the last but one of the right).");
        }

        if (DType.IsComplex || other.DType.IsComplex)
        {
            return ComplexMatMul(this, other);
        }

        if (Rank == 1)
        {
            var row = Unsqueeze(0).MatMul(other);
            return row.Squeeze(other.Rank == 1 ? 0 : -2);
        }

        if (other.Rank == 1)
        {
            return MatMul(other.Unsqueeze(1)).Squeeze(-1);
        }

        var dtype = AccumulationDType(Promotion.Join(DType, other.DType), narrow: true);
        var wide = AccumulationDType(dtype);
        var left = Cast(wide).Unsqueeze(-2);                   // […, M, 1, K]
        var right = other.Cast(wide).T.Unsqueeze(-3);          // […, 1, N, K]
        Shapes.Broadcast(Core.Shape.FromDims(Shape.Dims[..^2]), Core.Shape.FromDims(other.Shape.Dims[..^2]), nameof(MatMul));
        return (left * right).Sum(-1).Cast(dtype);
    }

    /// <summary>The matrix product; see <see cref="MatMul"/>.</summary>
    public Tensor Dot(Tensor other) => MatMul(other);

    /// <summary><c>this · weightᵀ + bias</c>: <c>[…, I]</c> → <c>[…, O]</c>.</summary>
    /// <param name="weight"><c>[O, I]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    public Tensor Linear(Tensor weight, Tensor? bias = null)
    {
        var y = MatMul(weight.T);
        return bias is null ? y : y + bias;
    }
}
