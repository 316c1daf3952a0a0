using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Two-dimensional convolution (cross-correlation): <c>[N, C, H, W]</c> → <c>[N, O, H', W']</c>.</summary>
    /// <param name="weight"><c>[O, C / groups, KH, KW]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="stride">The distance between windows.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">The distance between the elements of a window.</param>
    /// <param name="groups">Into how many independent parts the channels are cut.</param>
    /// <remarks>H' = (H + 2·padding - dilation·(KH - 1) - 1) / stride + 1, rounded down. Products are summed as in <see cref="MatMul"/>.</remarks>
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, Size2 stride = default, Size2? padding = null, Size2 dilation = default, int groups = 1)
    {
        if (Rank != 4 || weight.Rank != 4 || groups < 1 || Shape.Size(1) != weight.Shape.Size(1) * groups || weight.Shape.Size(0) % groups != 0)
        {
            throw new TenonException(
                "TEN3050",
                $"Conv2d: input {Shape}, weight {weight.Shape}, {groups} groups. Expected [N, C, H, W] and [O, C / groups, KH, KW] with O a multiple of groups.");
        }

        var dtype = AccumulationDType(Promotion.Join(DType, weight.DType), narrow: true);
        var wide = AccumulationDType(dtype);
        var (n, o, perGroup) = (Shape.Size(0), weight.Shape.Size(0), weight.Shape.Size(1));
        var (kh, kw) = (Shapes.Known(weight.Shape, 2, nameof(Conv2d)), Shapes.Known(weight.Shape, 3, nameof(Conv2d)));
        var windows = Cast(wide).PadImage(padding ?? new Size2(0, 0), 0).Windows(kh, kw, stride.OrOne, dilation.OrOne, nameof(Conv2d));
        var (oh, ow) = (windows.Shape.Size(2), windows.Shape.Size(3));

        // [N, G, O/G, OH, OW, C/G, KH, KW], summed over the last three.
        var x = windows.Reshape(n, groups, 1, perGroup, oh, ow, kh, kw).Permute(0, 1, 2, 4, 5, 3, 6, 7);
        var w = weight.Cast(wide).Reshape(1, groups, o / groups, 1, 1, perGroup, kh, kw);
        var y = (x * w).Sum([-1, -2, -3]).Reshape(n, o, oh, ow).Cast(dtype);
        return bias is null ? y : y + bias.Reshape(-1, 1, 1);
    }

    /// <summary>The greatest element of each window: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">The distance between windows; the size of a window by default.</param>
    /// <param name="padding">Elements on each side that are never the greatest.</param>
    /// <param name="dilation">The distance between the elements of a window.</param>
    public Tensor MaxPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, Size2 dilation = default)
    {
        Scalar least = DType.IsFloat ? double.NegativeInfinity : DType.MinInteger;
        return PadImage(padding ?? new Size2(0, 0), least)
            .Windows(kernel.Height, kernel.Width, stride ?? kernel, dilation.OrOne, nameof(MaxPool2d))
            .Max([-1, -2]);
    }

    /// <summary>The mean of each window: <c>[…, H, W]</c> → <c>[…, H', W']</c>.</summary>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">The distance between windows; the size of a window by default.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="countPadding">Whether zeros that were added count in the mean.</param>
    public Tensor AvgPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, bool countPadding = true)
    {
        var around = padding ?? new Size2(0, 0);
        var step = stride ?? kernel;
        var x = ToFloat();
        var windows = x.PadImage(around, 0).Windows(kernel.Height, kernel.Width, step, new Size2(1, 1), nameof(AvgPool2d));
        if (countPadding || around == new Size2(0, 0))
        {
            return windows.Mean([-1, -2]);
        }

        var ones = Ones(Shape.ToSizes()[^2..], x.DType).PadImage(around, 0);
        var counts = ones.Windows(kernel.Height, kernel.Width, step, new Size2(1, 1), nameof(AvgPool2d)).Sum([-1, -2]);
        return windows.Sum([-1, -2]) / counts;
    }

    private Tensor PadImage(Size2 padding, Scalar value)
    {
        if (padding == new Size2(0, 0))
        {
            return this;
        }

        var around = new (SymInt, SymInt)[Rank];
        around[^2] = (padding.Height, padding.Height);
        around[^1] = (padding.Width, padding.Width);
        return Pad(around, value);
    }

    // […, H, W] → […, OH, OW, KH, KW]
    private Tensor Windows(long kernelHeight, long kernelWidth, Size2 stride, Size2 dilation, string operation)
    {
        if (Rank < 2 || kernelHeight < 1 || kernelWidth < 1 || stride.Height < 1 || stride.Width < 1 || dilation.Height < 1 || dilation.Width < 1
            || dilation.Height * (kernelHeight - 1) >= Shapes.Known(Shape, Rank - 2, operation) || dilation.Width * (kernelWidth - 1) >= Shapes.Known(Shape, Rank - 1, operation))
        {
            throw new TenonException(
                "TEN3051",
                $"{operation}: windows of [{kernelHeight}, {kernelWidth}] with stride {stride} and dilation {dilation} do not fit the (padded) input {Shape}.");
        }

        return With(
            WindowView.Of(Node, [kernelHeight, kernelWidth], [stride.Height, stride.Width], [dilation.Height, dilation.Width]),
            operation);
    }
}
