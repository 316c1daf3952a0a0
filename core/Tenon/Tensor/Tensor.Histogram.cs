using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>How many elements lie in each of some intervals of equal width, as float of this dtype; those outside don't count.</summary>
    /// <param name="bins">How many intervals.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value, inclusive; if both are 0, those of the elements.</param>
    public Tensor Histc(int bins = 100, double min = 0, double max = 0)
    {
        var x = ToFloat().Flatten();
        var (low, high) = Ends(x, min, max);
        return x.CountIn(bins, low, high, null).Cast(x.DType);
    }

    /// <summary>How many elements lie in each of some intervals of equal width, and their <c>bins + 1</c> boundaries.</summary>
    /// <param name="bins">How many intervals.</param>
    /// <param name="range">The least and the greatest value, both inclusive; those of the elements by default.</param>
    /// <param name="weights">What each element counts; 1 by default.</param>
    /// <param name="density">Whether the counts are scaled so that their integral is 1.</param>
    public (Tensor Counts, Tensor Edges) Histogram(int bins, (double Min, double Max)? range = null, Tensor? weights = null, bool density = false)
    {
        var x = ToFloat().Flatten();
        var (low, high) = Ends(x, range?.Min ?? 0, range?.Max ?? 0);
        var edges = low + (high - low) * Linspace(0, 1, bins + 1, x.DType);
        return (Scaled(x.CountIn(bins, low, high, weights?.Flatten()).Cast(x.DType), edges, density), edges);
    }

    /// <summary>How many elements lie in each interval between ascending boundaries; the last one holds its upper boundary too.</summary>
    /// <param name="edges">The boundaries <c>[B + 1]</c>.</param>
    /// <param name="weights">What each element counts; 1 by default.</param>
    /// <param name="density">Whether the counts are scaled so that their integral is 1.</param>
    public (Tensor Counts, Tensor Edges) Histogram(Tensor edges, Tensor? weights = null, bool density = false)
    {
        RequireOneAxis(edges, nameof(Histogram));
        var x = ToFloat().Flatten();
        var bins = edges.Shape.Size(0) - 1;
        var place = Searched(edges.Cast(x.DType), x, right: true) - 1;
        place = Where(x.Eq(edges[^1]), (Tensor)(bins - 1), Where(x.IsNaN(), -1, place));
        return (Scaled(Counted(place, weights?.Flatten(), bins).Cast(x.DType), edges, density), edges);
    }

    /// <summary>How often each whole number from 0 occurs; the size is one more than the greatest, which is realised.</summary>
    /// <param name="weights">What each element counts; 1 (and int32) by default.</param>
    /// <param name="minLength">The least size.</param>
    /// <exception cref="TenonException">The elements are not integers of one axis, or one is negative.</exception>
    public Tensor BinCount(Tensor? weights = null, int minLength = 0)
    {
        RequireIndices(this, nameof(BinCount), 1);
        if (Shape.Size(0) == 0)
        {
            return Zeros([minLength], weights?.DType ?? DType.Int32);
        }

        var ends = Stack([Min(), Max()]).Cast(DType.Int64).ToArray<long>();
        return ends[0] >= 0
            ? Counted(this, weights, Math.Max(minLength, ends[1] + 1))
            : throw new TenonException("TEN3158", $"BinCount: the least element is {ends[0]}. Expected none below 0.");
    }

    private static (Tensor Low, Tensor High) Ends(Tensor x, double min, double max)
    {
        if (max < min || !double.IsFinite(max - min))
        {
            throw new TenonException("TEN3158", $"Histogram: values from {min} to {max}. Expected finite numbers in ascending order.");
        }

        if (min != max || x.Shape.Size(0) == 0)
        {
            return (x.Weak(min == max ? 0 : min), x.Weak(min == max ? 1 : max));
        }

        // An interval of no width is widened to 1.
        var (low, high) = min == 0 ? (x.Min(), x.Max()) : (x.Weak(min), x.Weak(max));
        var isPoint = low.Eq(high);
        return (Where(isPoint, low - 0.5, low), Where(isPoint, high + 0.5, high));
    }

    private Tensor CountIn(int bins, Tensor low, Tensor high, Tensor? weights)
    {
        if (bins < 1)
        {
            throw new TenonException("TEN3158", $"Histogram: {bins} intervals. Expected 1 or more.");
        }

        var isInside = (this >= low) & (this <= high);
        var place = ((Where(isInside, this, low) - low) / (high - low) * (double)bins).Floor().Cast(DType.Int32).Minimum(bins - 1);
        return Counted(Where(isInside, place, -1), weights, bins);
    }

    // Sums of weights by place.
    private static Tensor Counted(Tensor places, Tensor? weights, SymInt n)
    {
        var ones = weights ?? Ones(places.Shape, DType.Int32);
        return Collected(Ops.Add, places, ones.Cast(AccumulationDType(ones.DType)).Unsqueeze(-1), n, 0).Squeeze(-1).Cast(ones.DType);
    }

    private static Tensor Scaled(Tensor counts, Tensor edges, bool density) => density ? counts / counts.Sum() / edges.Diff() : counts;
}
