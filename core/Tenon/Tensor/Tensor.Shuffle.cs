using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Channels become pixels: <c>[…, C·r², H, W]</c> → <c>[…, C, H·r, W·r]</c>.</summary>
    /// <param name="factor">r.</param>
    /// <remarks>Shi et al., arXiv:1609.05158.</remarks>
    /// <exception cref="TenonException">C·r² is no multiple of r².</exception>
    public Tensor PixelShuffle(int factor)
    {
        var (outer, c, h, w) = ImageSizes(nameof(PixelShuffle), factor >= 1 && Rank >= 3 && Shape.Size(^3) % ((long)factor * factor) == 0, factor);
        c /= (long)factor * factor;
        return Reshape([.. outer, c, factor, factor, h, w]).Permute([.. Outer(outer), .. After(outer, 0, 3, 1, 4, 2)]).Reshape([.. outer, c, h * factor, w * factor]).AsValue();
    }

    /// <summary>Pixels become channels: <c>[…, C, H·r, W·r]</c> → <c>[…, C·r², H, W]</c>; undoes <see cref="PixelShuffle"/>.</summary>
    /// <param name="factor">r.</param>
    /// <exception cref="TenonException">H·r or W·r is no multiple of r.</exception>
    public Tensor PixelUnshuffle(int factor)
    {
        var (outer, c, h, w) = ImageSizes(nameof(PixelUnshuffle), factor >= 1 && Rank >= 3 && Shape.Size(^2) % factor == 0 && Shape.Size(^1) % factor == 0, factor);
        (h, w) = (h / factor, w / factor);
        return Reshape([.. outer, c, h, factor, w, factor]).Permute([.. Outer(outer), .. After(outer, 0, 2, 4, 1, 3)]).Reshape([.. outer, c * factor * factor, h, w]).AsValue();
    }

    /// <summary>Deals the channels of <c>[N, C, …]</c> out over groups: channel i·groups + g was channel g·C / groups + i.</summary>
    /// <param name="groups">How many.</param>
    /// <remarks>Zhang et al., arXiv:1707.01083.</remarks>
    /// <exception cref="TenonException">C is no multiple of the number of groups.</exception>
    public Tensor ChannelShuffle(int groups)
    {
        if (groups < 1 || Rank < 2 || Shape.Size(1) % groups != 0)
        {
            throw new TenonException("TEN3208", $"ChannelShuffle: shape {Shape} in {groups} groups. Expected [N, C, …] with C a multiple of the groups.");
        }

        SymInt[] rest = Shape.ToSizes()[2..];
        return Reshape([Shape.Size(0), groups, Shape.Size(1) / groups, .. rest]).Transpose(1, 2).Reshape(Shape).AsValue();
    }

    private (SymInt[] Outer, SymInt Channels, SymInt Height, SymInt Width) ImageSizes(string operation, bool fits, int factor) => fits
        ? (Shape.ToSizes()[..^3], Shape.Size(^3), Shape.Size(^2), Shape.Size(^1))
        : throw new TenonException("TEN3208", $"{operation}: shape {Shape} by a factor of {factor}. Expected […, C, H, W] with sizes that it divides.");

    private static IEnumerable<int> Outer(SymInt[] outer) => Enumerable.Range(0, outer.Length);

    private static IEnumerable<int> After(SymInt[] outer, params int[] axes) => axes.Select(a => outer.Length + a);
}
