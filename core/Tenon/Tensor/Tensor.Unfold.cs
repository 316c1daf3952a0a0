using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// The windows over all axes behind the first two as columns ("im2col"): <c>[N, C, i…]</c> → <c>[N, C·Πk, Πo]</c>; N may be absent.
    /// </summary>
    /// <param name="kernel">The size of a window, a number for each axis.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="stride">The distance between windows; 1 by default.</param>
    /// <remarks>If <paramref name="kernel"/> is one number, the windows are over two axes.</remarks>
    /// <exception cref="TenonException">The shape doesn't fit, or a window is larger than the padded input.</exception>
    public Tensor Unfold(Sizes kernel, Sizes dilation = default, Padding padding = default, Sizes stride = default)
    {
        var axes = Math.Max(2, kernel.Count);
        if (Rank == axes + 1)
        {
            return Unsqueeze(0).Unfold(kernel, dilation, padding, stride).Squeeze(0);
        }

        RequireRank(axes + 2, nameof(Unfold), "[N, C, i…]");
        var layout = new WindowLayout(Shape, kernel.For(axes, 1, nameof(Unfold)), stride, padding, dilation, false, nameof(Unfold));
        return Windows(layout, 0, nameof(Unfold))
            .Permute([0, 1, .. Enumerable.Range(2 + axes, axes), .. Enumerable.Range(2, axes)])
            .Reshape(Shape.Size(0), Shape.Size(1) * Shapes.Product(layout.Kernel), Shapes.Product(layout.Count));
    }

    /// <summary>
    /// Sums columns into the places that <see cref="Unfold(Sizes, Sizes, Padding, Sizes)"/> takes them from ("col2im"):
    /// <c>[N, C·Πk, Πo]</c> → <c>[N, C, i…]</c>; N may be absent.
    /// </summary>
    /// <param name="size">The sizes of the axes of the result behind the first two; a number for each.</param>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="padding">What was around the input, and is cut off.</param>
    /// <param name="stride">The distance between windows; 1 by default.</param>
    /// <remarks>If <paramref name="size"/> is one number, it is that of two axes.</remarks>
    /// <exception cref="TenonException">The columns are not those of such windows.</exception>
    public Tensor Fold(Sizes size, Sizes kernel, Sizes dilation = default, Padding padding = default, Sizes stride = default)
    {
        if (Rank == 2)
        {
            return Unsqueeze(0).Fold(size, kernel, dilation, padding, stride).Squeeze(0);
        }

        RequireRank(3, nameof(Fold), "[N, C·Πk, Πo]");
        var axes = Math.Max(2, Math.Max(size.Count, kernel.Count));
        var layout = new WindowLayout(size.For(axes, 1, nameof(Fold)).Select(s => (SymInt)s).ToArray(), kernel.For(axes, 1, nameof(Fold)), stride, padding, dilation, false, nameof(Fold));
        var perChannel = Shapes.Product(layout.Kernel);
        if (Shape.Size(1) % perChannel != 0 || Shape.Size(2) != Shapes.Product(layout.Count))
        {
            throw new TenonException(
                "TEN3203",
                $"Fold: columns {Shape} for [{string.Join(", ", layout.Count)}] windows of [{string.Join(", ", layout.Kernel)}]. Expected [N, C·{perChannel}, {Shapes.Product(layout.Count)}].");
        }

        SymInt[] split = [Shape.Size(0), Shape.Size(1) / perChannel, .. layout.Kernel, .. layout.Count];
        return Reshape(split).Permute([0, 1, .. Enumerable.Range(2 + axes, axes), .. Enumerable.Range(2, axes)]).Folded(layout, nameof(Fold));
    }

    private void RequireRank(int rank, string operation, string expected)
    {
        if (Rank != rank)
        {
            throw new TenonException("TEN3204", $"{operation}: an input of shape {Shape}. Expected {expected}, {rank} axes.");
        }
    }
}
