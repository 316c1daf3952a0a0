namespace Tenon.Benchmarks;

/// <summary>How long something took, run many times. Milliseconds.</summary>
/// <param name="Least">The least: what other programs disturb least.</param>
/// <param name="Median">The median.</param>
internal sealed record Times(double Least, double Median)
{
    /// <summary>Those of some runs.</summary>
    public static Times Of(IEnumerable<double> runs)
    {
        double[] sorted = [.. runs.Order()];
        return new Times(sorted[0], sorted[sorted.Length / 2]);
    }
}
