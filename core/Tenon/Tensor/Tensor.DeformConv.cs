using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// Convolution whose windows are deformed: element k of window o is sampled, linearly, at an offset from its place, and scaled.
    /// <c>[N, C, i…]</c> → <c>[N, O, o…]</c>.
    /// </summary>
    /// <param name="offset"><c>[N, G·Πk·d, o…]</c>, in elements: for each of G groups of channels and each element of a window an offset along each of d axes.</param>
    /// <param name="weight"><c>[O, C / groups, k…]</c>.</param>
    /// <param name="bias"><c>[O]</c>, or null.</param>
    /// <param name="mask"><c>[N, G·Πk, o…]</c>: by what elements are scaled; null for 1.</param>
    /// <param name="stride">The distance between windows; 1 by default.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="dilation">The distance between the elements of a window; 1 by default.</param>
    /// <param name="groups">Into how many independent parts the channels are cut.</param>
    /// <param name="offsetGroups">G.</param>
    /// <remarks>Zhu et al., Deformable ConvNets v2, arXiv:1811.11168.</remarks>
    /// <exception cref="TenonException">The shapes don't fit.</exception>
    public Tensor DeformConv(
        Tensor offset, Tensor weight, Tensor? bias = null, Tensor? mask = null, Sizes stride = default, Padding padding = default, Sizes dilation = default, int groups = 1, int offsetGroups = 1)
    {
        var axes = weight.Rank - 2;
        if (axes < 1 || Rank != axes + 2 || groups < 1 || offsetGroups < 1 || Shape.Size(1) != weight.Shape.Size(1) * groups || weight.Shape.Size(0) % groups != 0 || Shape.Size(1) % offsetGroups != 0)
        {
            throw new TenonException(
                "TEN3050",
                $"DeformConv: input {Shape}, weight {weight.Shape}, {groups} groups, {offsetGroups} groups of offsets. Expected [N, C, i…] and [O, C / groups, k…] with O a multiple of groups, and C one of both.");
        }

        RequireBias(bias, weight.Shape.Size(0), nameof(DeformConv));
        var kernel = KernelOf(weight, nameof(DeformConv));
        var layout = new WindowLayout(Shape, kernel, stride, padding, dilation, false, nameof(DeformConv));
        var (n, c, o, inWindow, windows) = (Shape.Size(0), Shape.Size(1), weight.Shape.Size(0), Shapes.Product(kernel), Shapes.Product(layout.Count));
        SymInt[] count = [.. layout.Count];
        RequireShape(offset, [n, offsetGroups * inWindow * axes, .. count], "offsets");
        if (mask is not null)
        {
            RequireShape(mask, [n, offsetGroups * inWindow, .. count], "a mask");
        }

        // Coordinates [N·G, Πk·Πo], of which the offsets are [N, G, Πk, d, Πo].
        var offsets = offset.Reshape(n * offsetGroups, inWindow, axes, windows);
        var coordinates = new Tensor[axes];
        for (var i = 0; i < axes; i++)
        {
            var place = Arange(layout.Count[i]).Reshape(Shapes.Along(2 * axes, axes + i, layout.Count[i])) * layout.Stride[i]
                + Arange(kernel[i]).Reshape(Shapes.Along(2 * axes, i, kernel[i])) * layout.Dilation[i] - layout.Around[i].Before;
            var plain = place.Expand([.. kernel.Select(s => (SymInt)s), .. count]).Reshape(inWindow, windows);
            coordinates[i] = (plain + offsets[.., .., i]).Reshape(n * offsetGroups, -1);
        }

        var dtype = Promotion.Join(DType, weight.DType);
        var wide = AccumulationDType(dtype);
        var grouped = Reshape([n * offsetGroups, c / offsetGroups, .. Shape.ToSizes()[2..]]).Cast(wide);
        var x = grouped.Sampled(coordinates, Interpolation.Linear, GridPadding.Zeros, false).Reshape(n, offsetGroups, c / offsetGroups, inWindow, windows);
        x = mask is null ? x : x * mask.Cast(wide).Reshape(n, offsetGroups, 1, inWindow, windows);

        // [G, O/G, C/G·Πk] · [N, G, C/G·Πk, Πo]
        var columns = x.Reshape(n, groups, c / groups * inWindow, windows);
        var w = weight.Cast(wide).Reshape(groups, o / groups, c / groups * inWindow);
        return w.MatMul(columns).Reshape([n, o, .. count]).Cast(dtype).PlusBias(bias);

        static void RequireShape(Tensor x, Shape expected, string what)
        {
            if (!x.Shape.Equals(expected))
            {
                throw new TenonException("TEN3050", $"DeformConv: {what} of shape {x.Shape}. Expected {expected}.");
            }
        }
    }
}
