namespace Tenon.NN;

/// <summary>Makes one axis of those from <paramref name="start"/> on: <c>[N, C, H, W]</c> → <c>[N, C·H·W]</c>.</summary>
/// <param name="start">The first axis.</param>
/// <param name="end">The last axis, inclusive.</param>
public sealed class Flatten(int start = 1, int end = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Flatten(start, end);
}

/// <summary>Makes several axes of one: <c>[N, 6]</c> → <c>[N, 2, 3]</c>.</summary>
/// <param name="axis">The axis.</param>
/// <param name="sizes">The sizes of those that it becomes; one may be -1.</param>
public sealed class Unflatten(int axis, long[] sizes) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        var at = Shapes.Axis(axis, x.Rank, nameof(Unflatten));
        var before = x.Shape.ToSizes();
        var known = sizes.Where(s => s >= 0).Aggregate(1L, (a, b) => a * b);
        return x.Reshape([.. before[..at], .. sizes.Select(s => s >= 0 ? s : before[at] / known), .. before[(at + 1)..]]);
    }
}

/// <summary>Resamples all axes behind the first two of <c>[N, C, …]</c>; see <see cref="Tensor.Interpolate"/>.</summary>
/// <param name="size">The sizes of these axes in the result; by default they follow from <paramref name="scale"/>.</param>
/// <param name="scale">How many times longer they become: one number for each axis, or one for all.</param>
/// <param name="mode">How elements are found between those of the input.</param>
/// <param name="alignCorners">Whether the first and last elements stay where they are.</param>
public sealed class Upsample(Sizes size = default, double[]? scale = null, Interpolation mode = Interpolation.Nearest, bool alignCorners = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Interpolate(size, scale, mode, alignCorners);
}

/// <summary>Makes pixels of channels: <c>[…, C·r², H, W]</c> → <c>[…, C, H·r, W·r]</c>.</summary>
/// <param name="factor">r.</param>
public sealed class PixelShuffle(int factor) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.PixelShuffle(factor);
}

/// <summary>Makes channels of pixels: <c>[…, C, H·r, W·r]</c> → <c>[…, C·r², H, W]</c>.</summary>
/// <param name="factor">r.</param>
public sealed class PixelUnshuffle(int factor) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.PixelUnshuffle(factor);
}

/// <summary>Takes the channels of <c>[N, C, …]</c> from each group in turn.</summary>
/// <param name="groups">How many groups.</param>
public sealed class ChannelShuffle(int groups) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.ChannelShuffle(groups);
}

/// <summary>The windows of <c>[N, C, …]</c> as columns; see <see cref="Tensor.Unfold(Sizes, Sizes, Padding, Sizes)"/>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="dilation">The distance between the elements of a window.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="stride">The distance between windows.</param>
public sealed class Unfold(Sizes kernel, Sizes dilation = default, Padding padding = default, Sizes stride = default) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Unfold(kernel, dilation, padding, stride);
}

/// <summary>Adds columns to where their windows lie; see <see cref="Tensor.Fold(Sizes, Sizes, Sizes, Padding, Sizes)"/>.</summary>
/// <param name="size">The sizes of the last axes of the result.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="dilation">The distance between the elements of a window.</param>
/// <param name="padding">The elements that were added on each side.</param>
/// <param name="stride">The distance between windows.</param>
public sealed class Fold(Sizes size, Sizes kernel, Sizes dilation = default, Padding padding = default, Sizes stride = default) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.Fold(size, kernel, dilation, padding, stride);
}
