using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // […, i…] → […, o…, k…], with a value around the input.
    private Tensor Windows(WindowLayout layout, Scalar fill, string operation)
    {
        var x = PadLast(layout.Around, fill);
        return x.With(WindowView.Of(x.Node, layout.Kernel, layout.Stride, layout.Dilation), operation);
    }

    // […, o…, k…] → […, i…]: each element is the sum of what windows have there.
    private Tensor Folded(WindowLayout layout, string operation)
    {
        var (first, node) = (Rank - 2 * layout.Axes, Node);
        for (var i = layout.Axes - 1; i >= 0; i--)
        {
            var size = layout.Around[i].Before + layout.Size[i] + layout.Around[i].After;
            node = WindowView.Transposed(node, first + i, size, layout.Stride[i], layout.Dilation[i]);
        }

        return With(node, operation).PadLast([.. layout.Around.Select(a => (-a.Before, -a.After))], 0);
    }

    private Tensor PadLast((long Before, long After)[] around, Scalar value)
    {
        if (Array.TrueForAll(around, static a => a == (0, 0)))
        {
            return this;
        }

        var padding = new (SymInt, SymInt)[Rank];
        for (var i = 0; i < around.Length; i++)
        {
            padding[Rank - around.Length + i] = (around[i].Before, around[i].After);
        }

        return Pad(padding, value);
    }
}
