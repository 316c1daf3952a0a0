using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>
/// Parameters that are read as images. A parameter is an image if all that is loaded from it, in an expanded kernel, lies in texels of
/// four elements of which the kernel uses most. Each load then becomes the read of a texel; and if what lies outside of an image is
/// zeros, conditions that only keep loads of a padded tensor inside of it are not needed any more.
/// </summary>
internal static class ImageReads
{
    private const int Elements = ImageSize.TexelElements;

    /// <summary>An expanded kernel over weak indices with the wanted parameters as images where they can be, and the sizes of these by slot.</summary>
    public static (UOp Kernel, IReadOnlyDictionary<int, ImageSize> Images) Apply(UOp kernel, Axes wanted, CodeGeneratorView target)
    {
        var images = new Dictionary<int, ImageSize>();
        if (wanted.Count == 0 || target.Images is not { } limits)
        {
            return (kernel, images);
        }

        using var stage = Tracing.Begin("lower/images", kernel);
        var (order, places) = (kernel.TopologicalOrder(), new NodeMap<TexelPlace[]>());
        foreach (var slot in wanted.Span)
        {
            if (Place([.. order.Where(u => u.Op == Ops.Load && u[0].Memory is { Op: Ops.Param } p && p.ArgAs<ParamArg>().Slot == slot)], limits) is { } found)
            {
                images[slot] = found.Size;
                found.Places.ForEach(p => places[p.Load] = p.Texels);
            }
        }

        var read = new NodeMap<UOp>();
        foreach (var u in order)
        {
            // Indices may depend on what is read before.
            if (places.TryGetValue(u, out var texels))
            {
                read[u] = Read(u, texels, limits).Substitute(read).Cast(u.DType);
            }
            else if (u is { Op: Ops.Cast, DType.Scalar: var dtype } && dtype == DType.Float32 && places.TryGetValue(u[0], out texels))
            {
                read[u] = Read(u[0], texels, limits).Substitute(read);
            }
        }

        kernel = images.Count == 0 ? kernel : kernel.Substitute(read);
        stage?.Result = kernel;
        return (kernel, images);
    }

    private static (ImageSize Size, List<(UOp Load, TexelPlace[] Texels)> Places)? Place(List<UOp> loads, ImageLimits limits)
    {
        var texels = loads.ConvertAll(TexelsOf);
        if (loads.Count == 0 || texels.Exists(t => t is null))
        {
            return null;
        }

        // A texel is read whole: it doesn't pay for one element of it.
        var distinct = loads.SelectMany((load, i) => texels[i]!.Select(t => (t, load.Src.Length > 1 ? load[1] : null))).Distinct().Count();
        if (2 * loads.Sum(l => l.DType.Lanes) < distinct * Elements)
        {
            return null;
        }

        // Rows in which the most conditions are not needed; of those the fewest.
        (ImageSize, List<(UOp, TexelPlace[])>)? best = null;
        var least = int.MaxValue;
        foreach (var size in ImageSizes.Of(loads[0][0].Memory.ArgAs<ParamArg>().Size, texels.SelectMany((t, i) => loads[i].Src.Length > 1 ? t! : []), limits))
        {
            var places = loads.Select((load, i) => (load, Array.ConvertAll(texels[i]!, t => TexelPlace.Of(t, load.Src.Length > 1 ? load[1] : null, size, limits.HasBorder && IsZero(load))))).ToList();
            var cost = places.Sum(p => p.Item2.Sum(t => t.Cost));
            if (cost < least)
            {
                (best, least) = ((size, places), cost);
            }
        }

        return best;
    }

    // The numbers of the texels that a load reads; null if it is not known where in a texel it begins, or it doesn't fit there.
    private static UOp[]? TexelsOf(UOp load)
    {
        var (offset, lanes) = (Offset(load[0]), load.DType.Lanes);
        if (Within(load) is not { } first || (first + lanes > Elements && (first | lanes % Elements) != 0) || (load.Src.Length > 1 && (load[1].DType.IsVector || load[2].Op != Ops.Const)))
        {
            return null;
        }

        var texel = IndexMath.FloorDiv(offset, UOp.Index(Elements));
        return [.. Enumerable.Range(0, (lanes + Elements - 1) / Elements).Select(i => IndexMath.Add(texel, UOp.Index(i)))];
    }

    private static int? Within(UOp load) => IndexMath.FloorMod(Offset(load[0]), UOp.Index(Elements)).IsConst(out var place) ? (int)place.AsLong : null;

    private static UOp Offset(UOp address)
    {
        var offset = address[1];
        for (address = address[0]; address.Op == Ops.Index; address = address[0])
        {
            offset = IndexMath.Add(address[1], offset);
        }

        return offset;
    }

    // What a load gives, as float32.
    private static UOp Read(UOp load, TexelPlace[] texels, ImageLimits limits)
    {
        var read = Array.ConvertAll(texels, t => t.Read(load, limits.HasBorder && IsZero(load)));
        if (load.DType.Lanes == Elements)
        {
            return read[0];
        }

        var first = Within(load)!.Value;
        UOp[] lanes = [.. Enumerable.Range(first, load.DType.Lanes).Select(i => Pieces.Extract(read[i / Elements], i % Elements))];
        return lanes.Length == 1 ? lanes[0] : UOp.New(Ops.Stack, DType.Float32.Vec(lanes.Length), lanes);
    }

    private static bool IsZero(UOp load) => load.Src.Length == 1 || (((Scalar)load[2].Arg!).AsDouble is var other && BitConverter.DoubleToInt64Bits(other) == 0);
}
