using System.Numerics;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Where values would be inserted so that sorted rows stay sorted: int32 of the shape of <paramref name="values"/>.</summary>
    /// <param name="values">What is looked for: <c>[…, K]</c>, with the leading axes of this tensor; of any shape if this has one axis.</param>
    /// <param name="right">Whether behind equal elements; otherwise before them.</param>
    /// <remarks>This tensor is <c>[…, N]</c>, each row ascending, NaN at its end.</remarks>
    public Tensor SearchSorted(Tensor values, bool right = false)
    {
        if (Rank == 0 || (Rank > 1 && !Shapes.Without(Shape, [Rank - 1]).Equals(values.Rank == Rank ? Shapes.Without(values.Shape, [Rank - 1]) : null)))
        {
            throw new TenonException("TEN3153", $"SearchSorted: rows {Shape} and values {values.Shape}. Expected rows [N], or rows […, N] and values […, K] with the same leading axes.");
        }

        return Rank == 1 ? Searched(this, values.Flatten(), right).Reshape(values.Shape) : Searched(this, values, right);
    }

    /// <summary>The number of the interval between ascending <paramref name="boundaries"/> <c>[B]</c> in which each element lies, as int32.</summary>
    /// <param name="boundaries">The boundaries.</param>
    /// <param name="right">Whether an element on a boundary lies above it; otherwise below.</param>
    public Tensor Bucketize(Tensor boundaries, bool right = false)
    {
        RequireOneAxis(boundaries, nameof(Bucketize));
        return boundaries.SearchSorted(this, right);
    }

    // By bisection: [B…, N] and [B…, K] → [B…, K].
    private static Tensor Searched(Tensor rows, Tensor values, bool right)
    {
        var dtype = Promotion.Join(rows.DType, values.DType);
        var (table, wanted) = (rows.Cast(dtype).Unsqueeze(-1), values.Cast(dtype));
        var n = rows.Shape.Size(^1);
        var found = Zeros(Shapes.Broadcast(Shapes.With(rows.Shape, rows.Rank - 1, 1), values.Shape, nameof(SearchSorted)), DType.Int32);
        for (var step = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, n.Max)); step > 0; step /= 2)
        {
            var next = found + step;
            var element = Picked(table, next - 1).Squeeze(-1);
            var isBelow = right ? ~IsBelow(wanted, element) : IsBelow(element, wanted);
            found = Where((next <= (Tensor)n) & isBelow, next, found);
        }

        return found;
    }

    // The order of Sort: NaN above all.
    private static Tensor IsBelow(Tensor x, Tensor y) => x.DType.IsFloat ? (x < y) | (y.IsNaN() & ~x.IsNaN()) : x < y;
}
