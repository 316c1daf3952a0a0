using Tenon.Cli.Bench;
using Tenon.Core;

namespace Tenon.Benchmarks;

/// <summary>Whether two programs have computed the same, from sums over their results with weights that differ for each element.</summary>
internal static class CheckSums
{
    private const int FirstPlace = 1000;
    private const double Tolerance = 2e-5;

    /// <summary>The weighted sum of all elements, and that of their magnitudes.</summary>
    public static double[] Of(IEnumerable<Tensor> results)
    {
        var (total, size) = (0.0, 0.0);
        foreach (var (place, result) in results.Index())
        {
            var values = result.To("CPU").Cast(DType.Float64).ToArray<double>();
            for (var i = 0; i < values.Length; i++)
            {
                var weighted = values[i] * KernelInput.Fraction(i, FirstPlace + place);
                total += weighted;
                size += Math.Abs(weighted);
            }
        }

        return [total, size];
    }

    /// <summary>Whether they agree but for rounding.</summary>
    public static bool Agree(double[] ours, double[] theirs) => Math.Abs(ours[0] - theirs[0]) <= Tolerance * theirs[1] && Math.Abs(ours[1] - theirs[1]) <= Tolerance * theirs[1];
}
