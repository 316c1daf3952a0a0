using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The sum of products over the last axes of this and the first of the other.</summary>
    /// <param name="other">The right factor.</param>
    /// <param name="axes">How many axes.</param>
    public Tensor TensorDot(Tensor other, int axes = 2) =>
        axes >= 0 && axes <= Math.Min(Rank, other.Rank)
            ? TensorDot(other, [.. Enumerable.Range(Rank - axes, axes)], [.. Enumerable.Range(0, axes)])
            : throw new TenonException("TEN3163", $"TensorDot: {axes} axes of shapes {Shape} and {other.Shape}. Expected 0 to {Math.Min(Rank, other.Rank)}.");

    /// <summary>The sum of products over pairs of axes; what is left of this comes first.</summary>
    /// <param name="other">The right factor.</param>
    /// <param name="axes">Axes of this tensor.</param>
    /// <param name="otherAxes">The axes of the other that belong to them.</param>
    public Tensor TensorDot(Tensor other, ReadOnlySpan<int> axes, ReadOnlySpan<int> otherAxes)
    {
        var (left, right) = (Ordered(this, axes), Ordered(other, otherAxes));
        var fits = left.Length == right.Length;
        for (var i = 0; i < left.Length && fits; i++)
        {
            fits = Shape.Dim(left[i]) == other.Shape.Dim(right[i]);
        }

        if (!fits)
        {
            throw new TenonException("TEN3163", $"TensorDot: axes [{string.Join(", ", left)}] of shape {Shape} and [{string.Join(", ", right)}] of shape {other.Shape}. Expected pairs of equal size.");
        }

        int[] rows = [.. Enumerable.Range(0, Rank).Except(left)], columns = [.. Enumerable.Range(0, other.Rank).Except(right)];
        var (outer, inner) = (Array.ConvertAll(rows, i => Shape.Size(i)), Array.ConvertAll(columns, i => other.Shape.Size(i)));
        var n = Shapes.Product(Array.ConvertAll(left, i => Shape.Size(i)));
        var x = Permute([.. rows, .. left]).Reshape(Shapes.Product(outer), n);
        var y = other.Permute([.. right, .. columns]).Reshape(n, Shapes.Product(inner));
        return x.MatMul(y).Reshape([.. outer, .. inner]).AsValue();

        static int[] Ordered(Tensor x, ReadOnlySpan<int> axes)
        {
            Shapes.AxisSet(axes, x.Rank, nameof(TensorDot));
            return Array.ConvertAll(axes.ToArray(), a => Shapes.Axis(a, x.Rank, nameof(TensorDot)));
        }
    }

    /// <summary>All products of elements of two tensors of one axis: <c>[M]</c>, <c>[N]</c> → <c>[M, N]</c>.</summary>
    public Tensor Outer(Tensor other) => Flatten().Unsqueeze(1) * other.Flatten();

    /// <summary>The sum of products over the last axes of both: <c>[…, K]</c>, <c>[…', K]</c> → <c>[…, …']</c>.</summary>
    public Tensor Inner(Tensor other) => Rank == 0 || other.Rank == 0 ? this * other : TensorDot(other, [-1], [-1]);

    /// <summary>The Kronecker product: each element of this times the whole of the other.</summary>
    public Tensor Kron(Tensor other)
    {
        var rank = Math.Max(Rank, other.Rank);
        var (a, b) = (Sizes(this), Sizes(other));
        var (left, right, merged) = (new SymInt[2 * rank], new SymInt[2 * rank], new SymInt[rank]);
        for (var i = 0; i < rank; i++)
        {
            (left[2 * i], left[2 * i + 1]) = (a[i], 1);
            (right[2 * i], right[2 * i + 1]) = (1, b[i]);
            merged[i] = a[i] * b[i];
        }

        return (Reshape(left) * other.Reshape(right)).Reshape(merged).AsValue();

        SymInt[] Sizes(Tensor x) => [.. Enumerable.Repeat<SymInt>(1, rank - x.Rank), .. x.Shape];
    }

    /// <summary>The cross product of vectors of three elements along an axis; the others broadcast.</summary>
    public Tensor Cross(Tensor other, int axis = -1)
    {
        var shape = Shapes.Broadcast(Shape, other.Shape, nameof(Cross));
        var at = Shapes.Axis(axis, shape.Rank, nameof(Cross));
        if (shape.Size(at) != 3)
        {
            throw new TenonException("TEN3163", $"Cross: shapes {Shape} and {other.Shape}. Expected 3 elements on axis {at}.");
        }

        var (x, y) = (Expand(shape), other.Expand(shape));
        return x.Roll(-1, at) * y.Roll(-2, at) - x.Roll(-2, at) * y.Roll(-1, at);
    }

    /// <summary>The sum of the products of all elements.</summary>
    public Tensor VDot(Tensor other) => Flatten().MatMul(other.Flatten());

    /// <summary>β · this + α · a·b, matrices.</summary>
    public Tensor AddMm(Tensor a, Tensor b, double beta = 1, double alpha = 1) => Plus(a.MatMul(b), beta, alpha);

    /// <summary>β · this + α · a·b, a matrix times a vector.</summary>
    public Tensor AddMv(Tensor a, Tensor b, double beta = 1, double alpha = 1) => Plus(a.MatMul(b), beta, alpha);

    /// <summary>β · this + α · a ⊗ b, the outer product of vectors.</summary>
    public Tensor AddR(Tensor a, Tensor b, double beta = 1, double alpha = 1) => Plus(a.Outer(b), beta, alpha);

    /// <summary>β · this + α · a·b, batches of matrices.</summary>
    public Tensor BAddBmm(Tensor a, Tensor b, double beta = 1, double alpha = 1) => Plus(a.MatMul(b), beta, alpha);

    /// <summary>β · this + α · the sum of a·b over the batch.</summary>
    public Tensor AddBmm(Tensor a, Tensor b, double beta = 1, double alpha = 1) => Plus(a.MatMul(b).Sum(0), beta, alpha);

    // Nothing is multiplied by 1, so that integers stay; what is multiplied by 0 is not looked at.
    private Tensor Plus(Tensor product, double beta, double alpha)
    {
        var scaled = alpha == 1 ? product : product * Number(alpha, product);
        return beta == 0 ? scaled.Expand(Shapes.Broadcast(Shape, scaled.Shape, nameof(AddMm))) : (beta == 1 ? this : this * Number(beta, this)) + scaled;

        static Scalar Number(double value, Tensor like) => !like.DType.IsFloat && double.IsInteger(value) ? (long)value : value;
    }
}
