using Tenon.Core;

namespace Tenon;

/// <content>Results whose size depends on the data: what they depend on is realised to count them.</content>
public sealed partial class Tensor
{
    /// <summary>The coordinates of the elements that are not zero, in order: int32 <c>[count, rank]</c>. Realises which those are.</summary>
    public Tensor NonZero()
    {
        var places = Places();
        return places.Length == 0 ? Zeros([Cast(DType.Int64).Item<long>() == 0 ? 0 : 1, 0], DType.Int32) : Stack(places, 1);
    }

    /// <summary>The elements where a mask is true, in order: <c>[count]</c>. Tensor and mask broadcast. Realises the mask.</summary>
    public Tensor MaskedSelect(Tensor mask)
    {
        var shape = Shapes.Broadcast(Shape, mask.Shape, nameof(MaskedSelect));
        return Expand(shape).Flatten().IndexSelect(0, mask.Expand(shape).Flatten().Places()[0]);
    }

    /// <summary>Slices of an axis, or elements of all, where a mask of one axis is true. Realises the mask.</summary>
    /// <param name="mask">Truth values <c>[M]</c>, not longer than what they choose from.</param>
    /// <param name="axis">The axis; null for the elements in order.</param>
    public Tensor Compress(Tensor mask, int? axis = null)
    {
        var from = axis is null ? Flatten() : this;
        RequireOneAxis(mask, nameof(Compress));
        return from.IndexSelect(axis ?? 0, mask.Places()[0]);
    }

    /// <summary>A number where a mask is true, elsewhere this tensor.</summary>
    public Tensor MaskedFill(Tensor mask, Scalar value) => Where(mask, Weak(value).Cast(DType), this);

    /// <summary>The elements of a tensor of rank 0 where a mask is true, elsewhere this tensor.</summary>
    public Tensor MaskedFill(Tensor mask, Tensor value) => Where(mask, value.Cast(DType), this);

    /// <summary>Elements where a mask is true replaced by those of <paramref name="source"/>, in order: the i-th true one by the i-th of them.</summary>
    /// <param name="mask">Truth values that broadcast with this tensor.</param>
    /// <param name="source">At least as many elements as are true; where there are fewer, zeros.</param>
    public Tensor MaskedScatter(Tensor mask, Tensor source)
    {
        var shape = Shapes.Broadcast(Shape, mask.Shape, nameof(MaskedScatter));
        var isTaken = mask.Cast(DType.Bool).Expand(shape);
        var number = isTaken.Flatten().Cast(DType.Int32).CumSum(0) - 1;
        return Where(isTaken, source.Cast(DType).Take(number).Reshape(shape), this);
    }

    // For each axis, where along it the elements are that are not zero: int32 [count]. In two steps: how many there are up to each
    // place, which is realised; then a search for 1, 2, … among those numbers.
    private Tensor[] Places()
    {
        var n = Shape.Elements.Value;
        if (Rank == 0)
        {
            return [];
        }

        if (n == 0)
        {
            return [.. Enumerable.Range(0, Rank).Select(_ => Zeros([0], DType.Int32))];
        }

        var upTo = Detach().Cast(DType.Bool).Flatten().Cast(DType.Int32).CumSum(0).Contiguous().Realize();
        var count = upTo[^1].Item<int>();
        var flat = count == 0 ? Zeros([0], DType.Int32) : Searched(upTo, Arange(count) + 1, right: false);
        var places = new Tensor[Rank];
        for (var axis = Rank - 1; axis >= 0; axis--)
        {
            var size = (Tensor)Shape.Size(axis);
            places[axis] = axis == 0 ? flat : flat.FloorMod(size);
            flat = flat.FloorDiv(size);
        }

        return places;
    }

    private static void RequireOneAxis(Tensor x, string operation)
    {
        if (x.Rank != 1)
        {
            throw new TenonException("TEN3152", $"{operation}: shape {x.Shape}. Expected one axis.");
        }
    }
}
