using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The mean of each window over the last axes: <c>[…, i…]</c> → <c>[…, o…]</c>.</summary>
    /// <param name="kernel">The size of a window, a number for each of the axes.</param>
    /// <param name="stride">The distance between windows; the size of a window by default.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="countPadding">Whether these zeros count in the mean.</param>
    /// <param name="ceilMode">Whether a last window may reach over the end; what lies there never counts.</param>
    /// <param name="divisor">What the sums are divided by instead of the number of elements; null for that.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <exception cref="TenonException">A window is larger than the padded input.</exception>
    public Tensor AvgPool(
        Sizes kernel, Sizes stride = default, Padding padding = default, bool countPadding = true, bool ceilMode = false, double? divisor = null, Sizes dilation = default) =>
        AvgPool(PoolLayout(kernel.Count, kernel, stride, padding, dilation, ceilMode, nameof(AvgPool)), countPadding, divisor, nameof(AvgPool));

    /// <summary>The mean of each window over the last axis: <c>[…, L]</c> → <c>[…, L']</c>.</summary>
    /// <inheritdoc cref="AvgPool(Sizes, Sizes, Padding, bool, bool, double?, Sizes)"/>
    public Tensor AvgPool1d(Sizes kernel, Sizes stride = default, Padding padding = default, bool countPadding = true, bool ceilMode = false, double? divisor = null) =>
        AvgPool(PoolLayout(1, kernel, stride, padding, default, ceilMode, nameof(AvgPool1d)), countPadding, divisor, nameof(AvgPool1d));

    /// <summary>The mean of each window over the last two axes: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
    /// <inheritdoc cref="AvgPool(Sizes, Sizes, Padding, bool, bool, double?, Sizes)"/>
    public Tensor AvgPool2d(Sizes kernel, Sizes stride = default, Padding padding = default, bool countPadding = true, bool ceilMode = false, double? divisor = null) =>
        AvgPool(PoolLayout(2, kernel, stride, padding, default, ceilMode, nameof(AvgPool2d)), countPadding, divisor, nameof(AvgPool2d));

    /// <summary>The mean of each window over the last three axes: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>.</summary>
    /// <inheritdoc cref="AvgPool(Sizes, Sizes, Padding, bool, bool, double?, Sizes)"/>
    public Tensor AvgPool3d(Sizes kernel, Sizes stride = default, Padding padding = default, bool countPadding = true, bool ceilMode = false, double? divisor = null) =>
        AvgPool(PoolLayout(3, kernel, stride, padding, default, ceilMode, nameof(AvgPool3d)), countPadding, divisor, nameof(AvgPool3d));

    /// <summary>(Σ |x|^p)^(1/p) of each window over the last axes: <c>[…, i…]</c> → <c>[…, o…]</c>.</summary>
    /// <param name="p">The order of the norm, above 0.</param>
    /// <param name="kernel">The size of a window, a number for each of the axes.</param>
    /// <param name="stride">The distance between windows; the size of a window by default.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window may reach over the end.</param>
    /// <exception cref="TenonException">A window is larger than the padded input.</exception>
    public Tensor LpPool(double p, Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) =>
        LpPool(p, kernel.Count, kernel, stride, padding, dilation, ceilMode, nameof(LpPool));

    /// <inheritdoc cref="LpPool(double, Sizes, Sizes, Padding, Sizes, bool)"/>
    public Tensor LpPool1d(double p, Sizes kernel, Sizes stride = default, bool ceilMode = false) =>
        LpPool(p, 1, kernel, stride, default, default, ceilMode, nameof(LpPool1d));

    /// <inheritdoc cref="LpPool(double, Sizes, Sizes, Padding, Sizes, bool)"/>
    public Tensor LpPool2d(double p, Sizes kernel, Sizes stride = default, bool ceilMode = false) =>
        LpPool(p, 2, kernel, stride, default, default, ceilMode, nameof(LpPool2d));

    /// <inheritdoc cref="LpPool(double, Sizes, Sizes, Padding, Sizes, bool)"/>
    public Tensor LpPool3d(double p, Sizes kernel, Sizes stride = default, bool ceilMode = false) =>
        LpPool(p, 3, kernel, stride, default, default, ceilMode, nameof(LpPool3d));

    private Tensor LpPool(double p, int axes, Sizes kernel, Sizes stride, Padding padding, Sizes dilation, bool ceilMode, string operation) => InSingle(x =>
    {
        var windows = x.Windows(PoolLayout(axes, kernel, stride, padding, dilation, ceilMode, operation), 0, operation);
        int[] over = [.. Enumerable.Range(Rank, axes)];
        return p == 2 ? windows.Square().Sum(over).Sqrt() : windows.Abs().Pow(p).Sum(over).Pow(1 / p);
    });

    private Tensor AvgPool(WindowLayout layout, bool countPadding, double? divisor, string operation)
    {
        var x = ToFloat();
        var windows = x.Windows(layout, 0, operation);
        int[] over = [.. Enumerable.Range(Rank, layout.Axes)];
        if (divisor is { } given)
        {
            return windows.Sum(over) / given;
        }

        if (!layout.IsPadded || (countPadding && !layout.Overhangs))
        {
            return windows.Mean(over);
        }

        // What counts is 1: the input, and the padding that was asked for.
        var counted = countPadding ? Ones(layout.Size, x.DType).PadLast(layout.Given.ToArray(), 1) : Ones(layout.Size, x.DType);
        var around = new (long, long)[layout.Axes];
        for (var i = 0; i < around.Length; i++)
        {
            around[i] = countPadding ? (0, layout.Around[i].After - layout.Given[i].After) : layout.Around[i];
        }

        var ones = counted.PadLast(around, 0);
        var counts = new Tensor(WindowView.Of(ones.Node, layout.Kernel, layout.Stride, layout.Dilation), null).Sum([.. Enumerable.Range(layout.Axes, layout.Axes)]);
        return windows.Sum(over) / counts;
    }
}
