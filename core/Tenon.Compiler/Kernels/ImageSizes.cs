using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>The sizes that an image of a buffer may have.</summary>
internal static class ImageSizes
{
    private const int Elements = ImageSize.TexelElements;

    /// <summary>All in one row, or rows as long as a step of some index.</summary>
    /// <param name="elements">How many there are.</param>
    /// <param name="texels">The numbers of the texels that are read.</param>
    /// <param name="limits">What the device allows.</param>
    public static List<ImageSize> Of(long elements, IEnumerable<UOp> texels, ImageLimits limits)
    {
        var (count, widths) = (elements / Elements, new SortedSet<long>());
        if (elements % Elements != 0 || count == 0)
        {
            return [];
        }

        foreach (var texel in texels.Distinct())
        {
            foreach (var (_, factor) in LinearForm.Of(texel).Terms)
            {
                widths.Add(Math.Abs(factor));
            }
        }

        widths.Add(count);
        var sizes = widths.Reverse().Select(w => new ImageSize(w, count / w)).Where(IsPossible).ToList();
        for (var rows = (count + limits.MaxWidth - 1) / limits.MaxWidth; sizes.Count == 0 && rows <= limits.MaxHeight && rows * rows <= count; rows++)
        {
            sizes.AddRange(new[] { new ImageSize(count / rows, rows) }.Where(IsPossible));
        }

        return sizes;

        bool IsPossible(ImageSize s) => s.Width * s.Height == count && s.Width <= limits.MaxWidth && s.Height <= limits.MaxHeight && (s.Height == 1 || s.Width % limits.RowTexels == 0);
    }
}
