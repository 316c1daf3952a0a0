namespace Tenon.NN;

/// <summary>The greatest element of each window: <c>[N, C, H, W]</c> → <c>[N, C, H', W']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Elements on each side that are never the greatest.</param>
public sealed class MaxPool2d(Sizes kernel, Sizes stride = default, Padding padding = default) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.MaxPool2d(kernel, stride, padding);
}

/// <summary>The mean of each window: <c>[N, C, H, W]</c> → <c>[N, C, H', W']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Zeros on each side, which count in the mean.</param>
public sealed class AvgPool2d(Sizes kernel, Sizes stride = default, Padding padding = default) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AvgPool2d(kernel, stride, padding);
}
