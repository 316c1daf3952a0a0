using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The greatest element of each window over the last axes: <c>[…, i…]</c> → <c>[…, o…]</c>. NaN is greater than all.</summary>
    /// <param name="kernel">The size of a window, a number for each of the axes.</param>
    /// <param name="stride">The distance between windows; the size of a window by default.</param>
    /// <param name="padding">Elements around the input that are never the greatest.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window may reach over the end.</param>
    /// <exception cref="TenonException">A window is larger than the padded input.</exception>
    public Tensor MaxPool(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool(kernel.Count, kernel, stride, padding, dilation, ceilMode, nameof(MaxPool));

    /// <summary>The greatest element of each window over the last axis: <c>[…, L]</c> → <c>[…, L']</c>.</summary>
    /// <inheritdoc cref="MaxPool(Sizes, Sizes, Padding, Sizes, bool)"/>
    public Tensor MaxPool1d(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool(1, kernel, stride, padding, dilation, ceilMode, nameof(MaxPool1d));

    /// <summary>The greatest element of each window over the last two axes: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
    /// <inheritdoc cref="MaxPool(Sizes, Sizes, Padding, Sizes, bool)"/>
    public Tensor MaxPool2d(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool(2, kernel, stride, padding, dilation, ceilMode, nameof(MaxPool2d));

    /// <summary>The greatest element of each window over the last three axes: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>.</summary>
    /// <inheritdoc cref="MaxPool(Sizes, Sizes, Padding, Sizes, bool)"/>
    public Tensor MaxPool3d(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool(3, kernel, stride, padding, dilation, ceilMode, nameof(MaxPool3d));

    /// <summary>
    /// The greatest element of each window, and where it was: its index (int32) in the pooled axes of the input, flattened, without
    /// padding. Of equal elements it is the first, of several NaN the last.
    /// </summary>
    /// <inheritdoc cref="MaxPool(Sizes, Sizes, Padding, Sizes, bool)"/>
    public (Tensor Values, Tensor Indices) MaxPoolWithIndices(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false)
    {
        var operation = nameof(MaxPoolWithIndices);
        var layout = PoolLayout(kernel.Count, kernel, stride, padding, dilation, ceilMode, operation);
        return Windows(layout, Least, operation).GreatestOf(layout.Size, layout.Count, layout.Kernel, layout.Positions);
    }

    /// <summary>
    /// Puts each element of <c>[…, o…]</c> where its index says, among zeros: <c>[…, i…]</c>. If an index occurs several times,
    /// the last element counts.
    /// </summary>
    /// <param name="indices">Integers of this tensor's shape: indices in the last axes of the result, flattened, as <see cref="MaxPoolWithIndices"/> gives.</param>
    /// <param name="size">The sizes of the last axes of the result.</param>
    /// <exception cref="TenonException">The shapes differ.</exception>
    public Tensor MaxUnpool(Tensor indices, Sizes size)
    {
        var axes = size.Count;
        if (!indices.Shape.Equals(Shape) || !indices.DType.IsInteger || axes < 1 || axes > Rank)
        {
            throw new TenonException("TEN3202", $"MaxUnpool: values {Shape}, indices {indices.Shape} of {indices.DType}, to {size}. Expected integers of the values' shape, and a size for each axis that was pooled.");
        }

        var to = size.For(axes, 1, nameof(MaxUnpool));
        SymInt[] outer = Shape.ToSizes()[..^axes];
        var count = Shapes.Product(Shape.ToSizes().AsSpan(Rank - axes));
        var last = LastAt(indices.Reshape([.. outer, count]), Shapes.Product(to));
        return Picked(Reshape([.. outer, count, 1]), last).Reshape([.. outer, .. to]);
    }

    private Scalar Least => DType.IsFloat ? double.NegativeInfinity : DType.MinInteger;

    private Tensor MaxPool(int axes, Sizes kernel, Sizes stride, Padding padding, Sizes dilation, bool ceilMode, string operation) =>
        Windows(PoolLayout(axes, kernel, stride, padding, dilation, ceilMode, operation), Least, operation).Max([.. Enumerable.Range(Rank, axes)]);

    private WindowLayout PoolLayout(int axes, Sizes kernel, Sizes stride, Padding padding, Sizes dilation, bool ceilMode, string operation)
    {
        var window = kernel.For(axes, 1, operation);
        return new(Shape, window, stride.Count == 0 ? window : stride, padding, dilation, ceilMode, operation);
    }

    // [..., o…, k…] → the greatest element of each window, and its place in the axes that were pooled.
    private (Tensor Values, Tensor Indices) GreatestOf(long[] size, long[] count, long[] kernel, Func<int, long[]> positions)
    {
        var axes = size.Length;
        int[] window = [.. Enumerable.Range(Rank - axes, axes)];
        var place = Zeros([], DType.Int32);
        var isInside = Ones([], DType.Bool);
        for (var i = 0; i < axes; i++)
        {
            var shape = Enumerable.Repeat(1L, 2 * axes).ToArray();
            (shape[i], shape[axes + i]) = (count[i], kernel[i]);
            var at = From<int>(Array.ConvertAll(positions(i), static p => (int)p), shape.Select(s => (SymInt)s).ToArray(), Device);
            place = place * size[i] + at;
            isInside &= (at >= 0) & (at < size[i]);
        }

        // The first of equal elements has the greatest distance from the end; NaN lie above, the last one highest.
        var (x, n) = (Detach(), Shapes.Product(size));
        var key = Where(isInside & x.Eq(x.Max(window, keepDim: true)), n - 1 - place, -1);
        key = Where(x.IsNaN(), place + n, key).Max(window);
        return (Max(window), Where(key >= n, key - n, n - 1 - key));
    }
}
