using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The index of the first greatest element along an axis, as int32; of the first NaN if there is one.</summary>
    public Tensor ArgMax(int axis = -1, bool keepDim = false)
    {
        if (DType.IsBool)
        {
            return Cast(DType.Int32).ArgMax(axis, keepDim);
        }

        // The first match has the greatest distance from the end.
        var at = Shapes.Axis(axis, Rank, nameof(ArgMax));
        var n = Shape.Size(at);
        var x = Detach();
        var isBest = x.Eq(x.Max(at, keepDim: true));
        isBest = DType.IsFloat ? isBest | x.IsNaN() : isBest;
        var fromEnd = n - Arange(n).Reshape(Shapes.Along(Rank, at, n));
        return n - Where(isBest, fromEnd, 0).Max(at, keepDim);
    }

    /// <summary>The index of the first greatest of all elements.</summary>
    public Tensor ArgMaxAll() => Flatten().ArgMax(0);

    /// <summary>The index of the first least element along an axis, as int32; of the first NaN if there is one.</summary>
    public Tensor ArgMin(int axis = -1, bool keepDim = false) =>
        DType.IsBool ? Cast(DType.Int32).ArgMin(axis, keepDim) : Reversed(Detach()).ArgMax(axis, keepDim);

    /// <summary>The index of the first least of all elements.</summary>
    public Tensor ArgMinAll() => Flatten().ArgMin(0);

    /// <summary>The greatest element along an axis and the index of the first of them; see <see cref="ArgMax"/>.</summary>
    public (Tensor Values, Tensor Indices) MaxWithIndex(int axis = -1, bool keepDim = false) => WithIndex(ArgMax(axis, keepDim: true), axis, keepDim);

    /// <summary>The least element along an axis and the index of the first of them; see <see cref="ArgMin"/>.</summary>
    public (Tensor Values, Tensor Indices) MinWithIndex(int axis = -1, bool keepDim = false) => WithIndex(ArgMin(axis, keepDim: true), axis, keepDim);

    // What indices that kept the axis name.
    private (Tensor Values, Tensor Indices) WithIndex(Tensor indices, int axis, bool keepDim)
    {
        var values = Gather(axis, indices);
        return keepDim ? (values, indices) : (values.Squeeze(axis), indices.Squeeze(axis));
    }
}
