using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Convolution (cross-correlation) over any number of axes: <c>[N, C, i…]</c> → <c>[N, O, o…]</c>; N may be absent.</summary>
    /// <param name="weight"><c>[O, C / groups, k…]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="stride">The distance between windows; 1 by default.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="groups">Into how many independent parts the channels are cut.</param>
    /// <remarks>o = (i + padding - dilation·(k - 1) - 1) / stride + 1, rounded down. Products are summed as in <see cref="MatMul"/>.</remarks>
    /// <exception cref="TenonException">The shapes don't fit, or a window is larger than the padded input.</exception>
    public Tensor Conv(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1) =>
        Conv(weight, bias, stride, padding, dilation, groups, nameof(Conv));

    /// <summary>Convolution over one axis: <c>[N, C, L]</c> → <c>[N, O, L']</c>; see <see cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
    /// <inheritdoc cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>
    public Tensor Conv1d(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1) =>
        Conv(Filter(weight, 1, nameof(Conv1d)), bias, stride, padding, dilation, groups, nameof(Conv1d));

    /// <summary>Convolution over two axes: <c>[N, C, H, W]</c> → <c>[N, O, H', W']</c>; see <see cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
    /// <inheritdoc cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1) =>
        Conv(Filter(weight, 2, nameof(Conv2d)), bias, stride, padding, dilation, groups, nameof(Conv2d));

    /// <summary>Convolution over three axes: <c>[N, C, D, H, W]</c> → <c>[N, O, D', H', W']</c>; see <see cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>.</summary>
    /// <inheritdoc cref="Conv(Tensor, Tensor, Sizes, Padding, Sizes, int)"/>
    public Tensor Conv3d(Tensor weight, Tensor? bias = null, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1) =>
        Conv(Filter(weight, 3, nameof(Conv3d)), bias, stride, padding, dilation, groups, nameof(Conv3d));

    private Tensor Conv(Tensor weight, Tensor? bias, Sizes stride, Padding padding, Sizes dilation, int groups, string operation)
    {
        var axes = weight.Rank - 2;
        if (axes >= 1 && Rank == axes + 1)
        {
            return Unsqueeze(0).Conv(weight, bias, stride, padding, dilation, groups, operation).Squeeze(0);
        }

        if (axes < 1 || Rank != axes + 2 || groups < 1 || Shape.Size(1) != weight.Shape.Size(1) * groups || weight.Shape.Size(0) % groups != 0)
        {
            throw new TenonException(
                "TEN3050",
                $"{operation}: input {Shape}, weight {weight.Shape}, {groups} groups. Expected [N, C, i…] and [O, C / groups, k…] with as many sizes k as i, and O a multiple of groups.");
        }

        RequireBias(bias, weight.Shape.Size(0), operation);
        var dtype = AccumulationDType(Promotion.Join(DType, weight.DType), narrow: true);
        var wide = AccumulationDType(dtype);
        var (n, o, perGroup) = (Shape.Size(0), weight.Shape.Size(0), weight.Shape.Size(1));
        SymInt[] kernel = weight.Shape.ToSizes()[2..];
        var layout = new WindowLayout(Shape, KernelOf(weight, operation), stride, padding, dilation, false, operation);
        SymInt[] count = [.. layout.Count];

        // [N, G, O/G, o…, C/G, k…], summed over C/G and k.
        var x = Cast(wide).Windows(layout, 0, operation).Reshape([n, groups, 1, perGroup, .. count, .. kernel])
            .Permute([0, 1, 2, .. Enumerable.Range(4, axes), 3, .. Enumerable.Range(4 + axes, axes)]);
        var w = weight.Cast(wide).Reshape([1, groups, o / groups, .. Enumerable.Repeat((SymInt)1, axes), perGroup, .. kernel]);
        var y = (x * w).Sum([.. Enumerable.Range(3 + axes, axes + 1)]).Reshape([n, o, .. count]).Cast(dtype);
        return y.PlusBias(bias);
    }

    private static long[] KernelOf(Tensor weight, string operation) =>
        [.. Enumerable.Range(2, weight.Rank - 2).Select(i => Shapes.Known(weight.Shape, i, operation))];

    private static Tensor Filter(Tensor weight, int axes, string operation) => weight.Rank == axes + 2
        ? weight
        : throw new TenonException("TEN3050", $"{operation}: a weight of shape {weight.Shape}. Expected {axes + 2} axes, of which the last {axes} are those of a window.");

    private static void RequireBias(Tensor? bias, SymInt outputs, string operation)
    {
        if (bias is not null && (bias.Rank != 1 || bias.Shape.Size(0) != outputs))
        {
            throw new TenonException("TEN3050", $"{operation}: a bias of shape {bias.Shape}. Expected [{outputs}], a number for each channel of the output.");
        }
    }

    // [N, C, …] + [C]
    private Tensor PlusBias(Tensor? bias) => bias is null ? this : this + bias.Reshape([-1, .. Enumerable.Repeat((SymInt)1, Rank - 2)]);
}
