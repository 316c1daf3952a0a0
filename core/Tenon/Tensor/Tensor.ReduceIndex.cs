using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    private const int CumSumBlock = 256;

    /// <summary>The index of the first greatest element along an axis, as int32; of the first NaN if there is one.</summary>
    public Tensor ArgMax(int axis = -1, bool keepDim = false)
    {
        if (DType.IsBool)
        {
            return Cast(DType.Int32).ArgMax(axis, keepDim);
        }

        // The first match has the greatest distance from the end.
        var at = Shapes.Axis(axis, Rank, nameof(ArgMax));
        var n = Shape.Size(at);
        var x = Detach();
        var isBest = x.Eq(x.Max(at, keepDim: true));
        isBest = DType.IsFloat ? isBest | x.IsNaN() : isBest;
        var fromEnd = n - Arange(n).Reshape(Shapes.Along(Rank, at, n));
        return n - Where(isBest, fromEnd, 0).Max(at, keepDim);
    }

    /// <summary>The index of the first greatest of all elements.</summary>
    public Tensor ArgMaxAll() => Flatten().ArgMax(0);

    /// <summary>The index of the first least element along an axis, as int32; of the first NaN if there is one.</summary>
    public Tensor ArgMin(int axis = -1, bool keepDim = false) =>
        DType.IsBool ? Cast(DType.Int32).ArgMin(axis, keepDim) : Reversed(Detach()).ArgMax(axis, keepDim);

    /// <summary>The running sum along an axis.</summary>
    public Tensor CumSum(int axis = 0)
    {
        var at = Shapes.Axis(axis, Rank, nameof(CumSum));
        var total = AccumulationDType(DType, narrow: true);
        return Cast(AccumulationDType(total)).Transpose(at, -1).CumSumLast().Transpose(at, -1).Cast(total).AsValue();
    }

    // Long axes are cut into blocks: sums within each, plus the sum of the blocks before.
    private Tensor CumSumLast()
    {
        var n = Shape.Size(Rank - 1);
        if (n == 0)
        {
            return this;
        }

        if (n.Max <= 2 * CumSumBlock)
        {
            var isBefore = Arange(n) <= Arange(n).Unsqueeze(1);
            return Where(isBefore, Unsqueeze(-2), 0).Sum(-1);
        }

        // A symbolic axis is padded to its greatest size.
        var blocks = (n.Max + CumSumBlock - 1) / CumSumBlock;
        var outer = Shape.ToSizes()[..^1];
        var within = PadLast(0, blocks * CumSumBlock - n).Reshape([.. outer, blocks, CumSumBlock]).CumSumLast();
        var ends = within[Ellipsis, ^1].CumSumLast();
        var before = ends.PadLast(1, -1).Unsqueeze(-1);
        return (within + before).Reshape([.. outer, blocks * CumSumBlock]).PadLast(0, n - blocks * CumSumBlock);
    }

    private Tensor PadLast(SymInt before, SymInt after)
    {
        var padding = new (SymInt, SymInt)[Rank];
        padding[^1] = (before, after);
        return Pad(padding);
    }
}
