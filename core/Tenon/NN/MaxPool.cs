namespace Tenon.NN;

/// <summary>The greatest element of each window: <c>[…, L]</c> → <c>[…, L']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Elements on each side that are never the greatest.</param>
/// <param name="dilation">The distance between the elements of a window.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
public sealed class MaxPool1d(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.MaxPool1d(kernel, stride, padding, dilation, ceilMode);

    /// <summary>The greatest elements, and where they were: what <see cref="MaxUnpool1d"/> takes.</summary>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x) => x.MaxPoolWithIndices(kernel.For(1, 1, nameof(MaxPool1d)), stride, padding, dilation, ceilMode);
}

/// <summary>The greatest element of each window: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Elements on each side that are never the greatest.</param>
/// <param name="dilation">The distance between the elements of a window.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
public sealed class MaxPool2d(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.MaxPool2d(kernel, stride, padding, dilation, ceilMode);

    /// <summary>The greatest elements, and where they were: what <see cref="MaxUnpool2d"/> takes.</summary>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x) => x.MaxPoolWithIndices(kernel.For(2, 1, nameof(MaxPool2d)), stride, padding, dilation, ceilMode);
}

/// <summary>The greatest element of each window: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Elements on each side that are never the greatest.</param>
/// <param name="dilation">The distance between the elements of a window.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
public sealed class MaxPool3d(Sizes kernel, Sizes stride = default, Padding padding = default, Sizes dilation = default, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.MaxPool3d(kernel, stride, padding, dilation, ceilMode);

    /// <summary>The greatest elements, and where they were: what <see cref="MaxUnpool3d"/> takes.</summary>
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor x) => x.MaxPoolWithIndices(kernel.For(3, 1, nameof(MaxPool3d)), stride, padding, dilation, ceilMode);
}
