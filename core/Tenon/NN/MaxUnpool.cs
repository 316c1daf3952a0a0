namespace Tenon.NN;

/// <summary>Puts each element back where <see cref="MaxPool1d.ForwardWithIndices"/> took it from, and 0 elsewhere: <c>[…, L']</c> → <c>[…, L]</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">The elements that were added on each side.</param>
public sealed class MaxUnpool1d(Sizes kernel, Sizes stride = default, Sizes padding = default) : Module
{
    /// <summary>The elements in their places.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="size">The sizes of the last axes; by default the least that the windows fit.</param>
    public Tensor Forward(Tensor x, Tensor indices, Sizes size = default) => x.MaxUnpool(indices, Unpooling.Size(x, 1, kernel, stride, padding, size));
}

/// <summary>Puts each element back where <see cref="MaxPool2d.ForwardWithIndices"/> took it from, and 0 elsewhere: <c>[…, H', W']</c> → <c>[…, H, W]</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">The elements that were added on each side.</param>
public sealed class MaxUnpool2d(Sizes kernel, Sizes stride = default, Sizes padding = default) : Module
{
    /// <summary>The elements in their places.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="size">The sizes of the last axes; by default the least that the windows fit.</param>
    public Tensor Forward(Tensor x, Tensor indices, Sizes size = default) => x.MaxUnpool(indices, Unpooling.Size(x, 2, kernel, stride, padding, size));
}

/// <summary>Puts each element back where <see cref="MaxPool3d.ForwardWithIndices"/> took it from, and 0 elsewhere: <c>[…, D', H', W']</c> → <c>[…, D, H, W]</c>.</summary>
/// <param name="kernel">The size of a window.</param>
/// <param name="stride">The distance between windows; the size of a window by default.</param>
/// <param name="padding">The elements that were added on each side.</param>
public sealed class MaxUnpool3d(Sizes kernel, Sizes stride = default, Sizes padding = default) : Module
{
    /// <summary>The elements in their places.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="indices">Their places.</param>
    /// <param name="size">The sizes of the last axes; by default the least that the windows fit.</param>
    public Tensor Forward(Tensor x, Tensor indices, Sizes size = default) => x.MaxUnpool(indices, Unpooling.Size(x, 3, kernel, stride, padding, size));
}

internal static class Unpooling
{
    // (size - 1) · stride - 2 · padding + kernel
    public static Sizes Size(Tensor x, int axes, Sizes kernel, Sizes stride, Sizes padding, Sizes size)
    {
        if (size.Count > 0)
        {
            return size.For(axes, 1, nameof(Tensor.MaxUnpool));
        }

        var k = kernel.For(axes, 1, nameof(Tensor.MaxUnpool));
        var s = stride.For(axes, kernel, nameof(Tensor.MaxUnpool));
        var p = padding.For(axes, 0, nameof(Tensor.MaxUnpool));
        return Enumerable.Range(0, axes).Select(i => (x.Size(i - axes) - 1) * s[i] - 2 * p[i] + k[i]).ToArray();
    }
}
