using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>How lanes combine their shares of a sum through local arrays: in steps, in each of which a lane reads some shares of others.</summary>
internal static class LaneSums
{
    /// <summary>Up to so many shares are read in a row.</summary>
    public const int MostRead = 16;

    /// <summary>How many shares to read next where so many are left. Steps of equal size read the fewest.</summary>
    public static long StepOf(long size)
    {
        if (size <= MostRead)
        {
            return size;
        }

        for (var step = (long)Math.Min(MostRead, Math.Ceiling(Math.Sqrt(size))); step > 1; step--)
        {
            if (size % step == 0)
            {
                return step;
            }
        }

        return size;
    }

    /// <summary>Bytes of the local arrays that a sum needs, at most.</summary>
    public static double BytesOf(UOp reduce, LaneLayout layout)
    {
        var steps = 0L;
        foreach (var lane in reduce.Src[1..].ToArray().Where(LaneLayout.IsLane))
        {
            for (var size = layout.DigitOf(lane).Size; size > 1; steps++)
            {
                size /= StepOf(size);
            }
        }

        return steps * reduce.Ranges.ToArray().Where(static r => r.ArgAs<RangeArg>().Kind is RangeKind.Unroll or RangeKind.Vector).Aggregate((double)layout.Count * reduce.DType.Bytes, (p, r) => p * r[0].Max);
    }
}
