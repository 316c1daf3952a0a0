using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// The means of parts of the last axes: <c>[…, i…]</c> → <c>[…, o…]</c>. Part o goes from ⌊o·i/size⌋ to ⌈(o + 1)·i/size⌉.
    /// </summary>
    /// <param name="size">The sizes of the result, a number for each of the axes; -1 keeps one.</param>
    /// <exception cref="TenonException">A size is not positive, or there are more than axes.</exception>
    public Tensor AdaptiveAvgPool(Sizes size) => AdaptiveAvgPool(size.Count, size, nameof(AdaptiveAvgPool));

    /// <summary>The means of parts of the last axis: <c>[…, L]</c> → <c>[…, L']</c>; see <see cref="AdaptiveAvgPool(Sizes)"/>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveAvgPool1d(Sizes size) => AdaptiveAvgPool(1, size, nameof(AdaptiveAvgPool1d));

    /// <summary>The means of parts of the last two axes: <c>[…, H, W]</c> → <c>[…, H', W']</c>; see <see cref="AdaptiveAvgPool(Sizes)"/>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveAvgPool2d(Sizes size) => AdaptiveAvgPool(2, size, nameof(AdaptiveAvgPool2d));

    /// <summary>The means of parts of the last three axes: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>; see <see cref="AdaptiveAvgPool(Sizes)"/>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveAvgPool3d(Sizes size) => AdaptiveAvgPool(3, size, nameof(AdaptiveAvgPool3d));

    /// <summary>The greatest elements of parts of the last axes: <c>[…, i…]</c> → <c>[…, o…]</c>; parts as of <see cref="AdaptiveAvgPool(Sizes)"/>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveMaxPool(Sizes size) => AdaptiveMaxPool(size.Count, size, nameof(AdaptiveMaxPool));

    /// <summary>The greatest elements of parts of the last axis: <c>[…, L]</c> → <c>[…, L']</c>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveMaxPool1d(Sizes size) => AdaptiveMaxPool(1, size, nameof(AdaptiveMaxPool1d));

    /// <summary>The greatest elements of parts of the last two axes: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveMaxPool2d(Sizes size) => AdaptiveMaxPool(2, size, nameof(AdaptiveMaxPool2d));

    /// <summary>The greatest elements of parts of the last three axes: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public Tensor AdaptiveMaxPool3d(Sizes size) => AdaptiveMaxPool(3, size, nameof(AdaptiveMaxPool3d));

    /// <summary>The greatest elements of parts of the last axes, and where they were; indices as of <see cref="MaxPoolWithIndices"/>.</summary>
    /// <inheritdoc cref="AdaptiveAvgPool(Sizes)"/>
    public (Tensor Values, Tensor Indices) AdaptiveMaxPoolWithIndices(Sizes size)
    {
        var (from, to) = AdaptiveSizes(size.Count, size, nameof(AdaptiveMaxPoolWithIndices));
        Resampling[] parts = [.. from.Zip(to, Resampling.Areas)];
        return Parts(parts).GreatestOf(from, to, [.. parts.Select(p => p.Taps)], i => Array.ConvertAll(parts[i].Index, static p => (long)p));
    }

    private Tensor AdaptiveAvgPool(int axes, Sizes size, string operation)
    {
        var (from, to) = AdaptiveSizes(axes, size, operation);
        return Kernel(from, to) is { } kernel ? AvgPool(kernel) : InSingle(x => x.Resampled([.. from.Zip(to, Resampling.Areas)]));
    }

    private Tensor AdaptiveMaxPool(int axes, Sizes size, string operation)
    {
        var (from, to) = AdaptiveSizes(axes, size, operation);
        return Kernel(from, to) is { } kernel ? MaxPool(kernel) : Parts([.. from.Zip(to, Resampling.Areas)]).Max([.. Enumerable.Range(Rank, axes)]);
    }

    // Parts of equal size are windows.
    private static long[]? Kernel(long[] from, long[] to) => from.Zip(to).All(s => s.First % s.Second == 0) ? [.. from.Zip(to, static (f, t) => f / t)] : null;

    // […, i…] → […, o…, k…]; shorter parts repeat their last element.
    private Tensor Parts(Resampling[] parts)
    {
        var (x, first) = (this, Rank - parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            var axis = first + 2 * i;
            var sizes = x.Shape.ToSizes();
            x = x.IndexSelect(axis, From<int>(parts[i].Index, Device)).Reshape([.. sizes[..axis], parts[i].Count, parts[i].Taps, .. sizes[(axis + 1)..]]);
        }

        var pairs = Enumerable.Range(0, parts.Length).Select(i => first + 2 * i).ToArray();
        return x.Permute([.. Enumerable.Range(0, first), .. pairs, .. pairs.Select(p => p + 1)]);
    }

    private (long[] From, long[] To) AdaptiveSizes(int axes, Sizes size, string operation)
    {
        if (axes < 1 || axes > Rank)
        {
            throw new TenonException("TEN3051", $"{operation}: sizes {size} for the input {Shape}. Expected a size for each of the last axes.");
        }

        var from = new long[axes];
        var to = (long[])size.For(axes, 1, operation).Clone();
        for (var i = 0; i < axes; i++)
        {
            from[i] = Shapes.Known(Shape, Rank - axes + i, operation);
            to[i] = to[i] == -1 ? from[i] : to[i];
            if (to[i] < 1 || from[i] < 1)
            {
                throw new TenonException("TEN3051", $"{operation}: axis {Rank - axes + i} of shape {Shape} to a size of {to[i]}. Expected 1 or more elements of both, or -1 to keep the axis.");
            }
        }

        return (from, to);
    }
}
