using Tenon.Core;

namespace Tenon;

/// <summary>The distinct elements of a tensor.</summary>
/// <param name="Values">The distinct elements, or slices of an axis.</param>
/// <param name="Indices">Where each occurs first, as int32 <c>[count]</c>.</param>
/// <param name="Inverse">For each element of the tensor, which of the distinct ones it is, as int32 of the shape of what was compared.</param>
/// <param name="Counts">How often each occurs, as int32 <c>[count]</c>.</param>
public sealed record UniqueElements(Tensor Values, Tensor Indices, Tensor Inverse, Tensor Counts);

public sealed partial class Tensor
{
    /// <summary>The distinct elements, or distinct slices of an axis. Every NaN is distinct. Realises how many there are.</summary>
    /// <param name="axis">The axis whose slices are compared; null for single elements.</param>
    /// <param name="sorted">Whether they come in ascending order; otherwise as they occur first.</param>
    public UniqueElements Unique(int? axis = null, bool sorted = true)
    {
        if (axis is null)
        {
            var flat = Flatten().Unique(0, sorted);
            return flat with { Inverse = flat.Inverse.Reshape(Shape) };
        }

        var at = Shapes.Axis(axis.Value, Rank, nameof(Unique));
        var rows = Transpose(at, 0).Reshape(Shape.Size(at), Shapes.Product(Shapes.Without(Shape, [at]).ToSizes())).Contiguous();
        var order = LexicalOrder(rows).Contiguous();
        var found = RunsOf(rows.IndexSelect(0, order));
        var place = order.ArgSort();
        var indices = order.IndexSelect(0, found.Indices);
        var inverse = found.Inverse.IndexSelect(0, place);
        var counts = found.Counts;
        if (!sorted)
        {
            var byFirst = indices.ArgSort().Contiguous();
            (indices, counts) = (indices.IndexSelect(0, byFirst), counts.IndexSelect(0, byFirst));
            inverse = byFirst.ArgSort().IndexSelect(0, inverse);
        }

        return new UniqueElements(IndexSelect(at, indices), indices, inverse, counts);
    }

    /// <summary>The elements, or slices of an axis, without those that equal the one before. Realises how many there are.</summary>
    /// <param name="axis">The axis; null for single elements.</param>
    public UniqueElements UniqueConsecutive(int? axis = null)
    {
        if (axis is null)
        {
            var flat = Flatten().UniqueConsecutive(0);
            return flat with { Inverse = flat.Inverse.Reshape(Shape) };
        }

        var at = Shapes.Axis(axis.Value, Rank, nameof(UniqueConsecutive));
        var found = RunsOf(Transpose(at, 0).Reshape(Shape.Size(at), Shapes.Product(Shapes.Without(Shape, [at]).ToSizes())));
        return found with { Values = IndexSelect(at, found.Indices) };
    }

    // Runs of equal rows [M, P]: where each begins, which one each row is in, and how long each is.
    private static UniqueElements RunsOf(Tensor rows)
    {
        var m = Shapes.Known(rows.Shape, 0, nameof(Unique));
        if (m == 0)
        {
            var none = Zeros([0], DType.Int32);
            return new UniqueElements(rows, none, none, none);
        }

        var isFirst = (rows[1..].Ne(rows[..^1])).Any(1).Pad([(1, 0)], true).Contiguous().Realize();
        var begin = isFirst.Places()[0].Contiguous();
        var end = Cat([begin[1..], Full([1], m, DType.Int32)]);
        return new UniqueElements(rows, begin, isFirst.Cast(DType.Int32).CumSum(0) - 1, end - begin);
    }

    // The stable order of rows [M, P], the first column first.
    private static Tensor LexicalOrder(Tensor rows)
    {
        var order = Arange(rows.Shape.Size(0));
        for (var column = Shapes.Known(rows.Shape, 1, nameof(Unique)) - 1; column >= 0; column--)
        {
            var key = rows[.., (int)column].IndexSelect(0, order);
            order = order.IndexSelect(0, key.Contiguous().ArgSort(0)).Contiguous();
        }

        return order;
    }
}
