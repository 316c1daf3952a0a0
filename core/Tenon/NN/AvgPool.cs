namespace Tenon.NN;

/// <summary>The mean of each window: <c>[…, L]</c> → <c>[…, L']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
/// <param name="countPadding">Whether zeros that were added count in the mean.</param>
/// <param name="divisor">What sums are divided by, in place of the size of the window.</param>
public sealed class AvgPool1d(
    Sizes kernel, Sizes stride = default, Padding padding = default, bool ceilMode = false, bool countPadding = true, double? divisor = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AvgPool1d(kernel, stride, padding, countPadding, ceilMode, divisor);
}

/// <summary>The mean of each window: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
/// <param name="countPadding">Whether zeros that were added count in the mean.</param>
/// <param name="divisor">What sums are divided by, in place of the size of the window.</param>
public sealed class AvgPool2d(
    Sizes kernel, Sizes stride = default, Padding padding = default, bool ceilMode = false, bool countPadding = true, double? divisor = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AvgPool2d(kernel, stride, padding, countPadding, ceilMode, divisor);
}

/// <summary>The mean of each window: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
/// <param name="countPadding">Whether zeros that were added count in the mean.</param>
/// <param name="divisor">What sums are divided by, in place of the size of the window.</param>
public sealed class AvgPool3d(
    Sizes kernel, Sizes stride = default, Padding padding = default, bool ceilMode = false, bool countPadding = true, double? divisor = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.AvgPool3d(kernel, stride, padding, countPadding, ceilMode, divisor);
}

/// <summary>The p-norm of each window: <c>[…, L]</c> → <c>[…, L']</c>.</summary>
/// <param name="p">The norm.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
public sealed class LpPool1d(double p, Sizes kernel, Sizes stride = default, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.LpPool1d(p, kernel, stride, ceilMode);
}

/// <summary>The p-norm of each window: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
/// <param name="p">The norm.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
public sealed class LpPool2d(double p, Sizes kernel, Sizes stride = default, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.LpPool2d(p, kernel, stride, ceilMode);
}

/// <summary>The p-norm of each window: <c>[…, D, H, W]</c> → <c>[…, D', H', W']</c>.</summary>
/// <param name="p">The norm.</param>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="ceilMode">Whether a window may reach beyond the end.</param>
public sealed class LpPool3d(double p, Sizes kernel, Sizes stride = default, bool ceilMode = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => x.LpPool3d(p, kernel, stride, ceilMode);
}
