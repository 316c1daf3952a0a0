using System.Numerics;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    private const long LowerHalf = 0xffffffff;
    private const long LeastInt32 = 0x80000000;

    // So many comparisons take less time than the launches of a network.
    private const long MostCompared = 1 << 22;

    /// <summary>
    /// The elements along an axis in order, and where each was. Equal elements keep their order; NaN is greater than all others.
    /// Gradients flow through the values.
    /// </summary>
    /// <param name="axis">The axis.</param>
    /// <param name="descending">Whether the greatest comes first.</param>
    public (Tensor Values, Tensor Indices) Sort(int axis = -1, bool descending = false)
    {
        var indices = ArgSort(axis, descending);
        return (Gather(axis, indices), indices);
    }

    /// <summary>Where the elements along an axis are that stand in order, as int32; see <see cref="Sort"/>.</summary>
    public Tensor ArgSort(int axis = -1, bool descending = false)
    {
        var at = Shapes.Axis(axis, Rank, nameof(ArgSort));
        var key = SortKey(Detach().Transpose(at, -1));
        key = descending ? ~key : key;

        // An element and its place fit into 64 bits together. Of wider ones the lower half is sorted first: the order stays
        // where the upper halves are equal.
        if (DType.Bits < 64)
        {
            return Order(key).Transpose(at, -1).AsValue();
        }

        var byLower = Order((key & LowerHalf) - LeastInt32);
        var byUpper = Order((key >> 32).Gather(-1, byLower));
        return byLower.Gather(-1, byUpper).Transpose(at, -1).AsValue();
    }

    /// <summary>The slices of the first axis with the elements of each column in order.</summary>
    public Tensor MSort() => Sort(0).Values;

    /// <summary>The k-th least element along an axis, counted from 1, and where it is; see <see cref="Sort"/>.</summary>
    /// <exception cref="TenonException">There are not so many.</exception>
    public (Tensor Values, Tensor Indices) KthValue(int k, int axis = -1, bool keepDim = false)
    {
        var at = Shapes.Axis(axis, Rank, nameof(KthValue));
        if (k < 1 || !Shapes.IsAtMost(k, Shape.Size(at)))
        {
            throw new TenonException("TEN3045", $"KthValue: {k} of axis {at} of shape {Shape}. Expected 1 to {Shape.Size(at)}.");
        }

        var bounds = Shapes.Bounds(Shape);
        bounds[at] = (k - 1, k);
        return WithIndex(ArgSort(at).Shrink(bounds).AsValue(), at, keepDim);
    }

    /// <summary>The first elements along an axis in order, and where each was; see <see cref="Sort"/>.</summary>
    /// <param name="k">How many.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="largest">Whether the greatest come first; otherwise the least.</param>
    /// <exception cref="TenonException">There are not so many.</exception>
    public (Tensor Values, Tensor Indices) TopK(int k, int axis = -1, bool largest = true)
    {
        var at = Shapes.Axis(axis, Rank, nameof(TopK));
        if (k < 0 || !Shapes.IsAtMost(k, Shape.Size(at)))
        {
            throw new TenonException("TEN3045", $"TopK: {k} of axis {at} of shape {Shape}. Expected 0 to {Shape.Size(at)}.");
        }

        var indices = (IsChosen(k, at) ? Choose(k, at, largest) : ArgSort(at, largest).Shrink(Shapes.Bounds(Shapes.With(Shape, at, k)))).AsValue();
        return (Gather(at, indices), indices);
    }

    // Each element that is chosen takes a pass over all of them, and so does each step of the network.
    private bool IsChosen(int k, int axis)
    {
        var levels = BitOperations.Log2((ulong)Math.Max(Shape.Size(axis).Max, 1)) + 1;
        return k > 0 && DType.Bits < 64 && k <= levels * (levels + 1) / 2 && !IsCounted(Shape, Shape.Size(axis));
    }

    // The first elements in order, one after another: each is the least of those behind the one before.
    private Tensor Choose(int k, int axis, bool descending)
    {
        var key = SortKey(Detach().Transpose(axis, -1));
        var items = Items(descending ? ~key : key);
        List<Tensor> chosen = [items.Min(-1, keepDim: true)];
        while (chosen.Count < k)
        {
            chosen.Add(Where(items > chosen[^1], items, long.MaxValue).Min(-1, keepDim: true));
        }

        return (Cat([.. chosen], -1) & LowerHalf).Cast(DType.Int32).Transpose(axis, -1);
    }

    // An int64 that is greater for greater elements: equal zeros, NaN above all. It fits into 32 bits if the dtype does.
    private static Tensor SortKey(Tensor x)
    {
        switch (x.DType)
        {
            case { IsFloat: true, Bits: 64 }:
                var bits = (x + 0.0).Bitcast(DType.Int64);
                return Where(x.IsNaN(), long.MaxValue, Where(bits < 0, bits ^ long.MaxValue, bits));
            case { IsFloat: true }:
                // Stored, so that elements are compared as they are rounded.
                x = x.DType.Bits < 32 ? x.Contiguous().Cast(DType.Float32) : x;
                var narrow = (x + 0.0).Bitcast(DType.Int32);
                return Where(x.IsNaN(), int.MaxValue, Where(narrow < 0, narrow ^ int.MaxValue, narrow)).Cast(DType.Int64);
            case { Kind: DTypeKind.UInt, Bits: 64 }:
                return (x ^ (1UL << 63)).Bitcast(DType.Int64);
            default:
                var wide = x.Cast(DType.Int64);
                return x.DType is { Kind: DTypeKind.UInt, Bits: 32 } ? wide - LeastInt32 : wide;
        }
    }

    // Which element of the last axis comes first, second, …, by keys of 32 bits.
    private static Tensor Order(Tensor key)
    {
        var n = key.Shape.Size(^1);
        return n.Max <= 1 ? key.ZerosLike().Cast(DType.Int32)
            : IsCounted(key.Shape, n) ? OrderByCounting(key, n)
            : OrderByMerging(key, n);
    }

    private static bool IsCounted(Shape shape, SymInt n) => shape.MaxElements <= MostCompared / Math.Max(n.Max, 1);

    // Elements of the last axis with their places behind them, by keys of 32 bits: no two are equal.
    private static Tensor Items(Tensor key) => (key << 32) | Arange(key.Shape.Size(^1)).Cast(DType.Int64);

    // The place of an element is how many are less. Two kernels, where the network has dozens.
    private static Tensor OrderByCounting(Tensor key, SymInt n)
    {
        var place = Arange(n);
        var items = Items(key).Contiguous();
        var rank = (items.Unsqueeze(-2) < items.Unsqueeze(-1)).Sum(-1).Contiguous();
        return Where(rank.Unsqueeze(-2).Eq(place.Unsqueeze(-1)), place, 0).Sum(-1);
    }

    // K. E. Batcher's bitonic network, in which each merge begins against the second half reversed, so that every comparison has
    // the same direction.
    private static Tensor OrderByMerging(Tensor key, SymInt n)
    {
        var size = (long)BitOperations.RoundUpToPowerOf2((ulong)n.Max);
        var place = Arange(size).Cast(DType.Int64);
        var items = Where(place < n, (key << 32).PadLast(0, size - n) | place, long.MaxValue);
        var shape = items.Shape.ToSizes();
        for (long block = 2; block <= size; block *= 2)
        {
            for (var half = block / 2; half >= 1; half /= 2)
            {
                var pairs = items.Reshape([.. shape[..^1], size / (2 * half), 2, half]);
                var others = half == block / 2 ? pairs.Flip(-2, -1) : pairs.Flip(-2);
                var isFirst = Arange(2).Reshape(2, 1).Eq(0);
                items = Where((pairs < others).Eq(isFirst), pairs, others).Reshape(shape);
            }
        }

        return (items & LowerHalf).Cast(DType.Int32).Shrink(Shapes.Bounds(key.Shape));
    }
}
