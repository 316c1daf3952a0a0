namespace Tenon.Compiler.Tests;

/// <summary>
/// How far a result may be from that of the evaluator. Sums may be taken in any order and products fused, so fractions differ
/// in their last places; how much that may change is found by evaluating with last places changed at random.
/// </summary>
internal static class RandomProgramTolerance
{
    private const int Trials = 8;
    private const double Leeway = 16;

    /// <summary>The first element of a result that is wrong; null if none is.</summary>
    public static int? FirstWrong(RandomProgram program, int result, Scalar[][] expected, Scalar[] actual)
    {
        var (dtype, all) = (program.Results[result].DType, expected[result]);
        if (all.Length != actual.Length)
        {
            return 0;
        }

        var largest = dtype.IsFloat ? all.Select(s => Math.Abs(s.AsDouble)).Where(double.IsFinite).DefaultIfEmpty(0).Max() : 0;
        List<Scalar[]>? trials = null;
        for (var k = 0; k < all.Length; k++)
        {
            if (!Agree(all[k], actual[k], dtype, largest, 0))
            {
                trials ??= [.. Enumerable.Range(1, Trials).Select(seed => RandomProgramVariant.Evaluate(program with { Results = [program.Results[result]] }, new Random(seed))[0])];
                if (!Agree(all[k], actual[k], dtype, largest, trials.Max(t => Distance(all[k], t[k], dtype))))
                {
                    return k;
                }
            }
        }

        return null;
    }

    private static bool Agree(Scalar expected, Scalar actual, DType dtype, double largest, double spread)
    {
        if (double.IsPositiveInfinity(spread))
        {
            return true;
        }

        if (!dtype.IsFloat)
        {
            return expected.AsLong == actual.AsLong || spread > 0;
        }

        var (e, a) = (expected.AsDouble, actual.AsDouble);
        if (!double.IsFinite(e) || !double.IsFinite(a))
        {
            return e.Equals(a);
        }

        // What cancels is compared against the largest value of the result.
        var tolerance = dtype.Name switch { "float64" => 1e-6, "float32" => 1e-4, "float16" => 2e-3, _ => 1e-2 };
        return Math.Abs(e - a) <= tolerance * (Math.Abs(e) + 0.2 * largest + 1e-2) + Leeway * spread;
    }

    // Infinite where a change of last places makes a number of what isn't one, or the reverse.
    private static double Distance(Scalar x, Scalar y, DType dtype)
    {
        if (!dtype.IsFloat)
        {
            return x.AsLong == y.AsLong ? 0 : 1;
        }

        var (a, b) = (x.AsDouble, y.AsDouble);
        return a.Equals(b) ? 0 : double.IsFinite(a) && double.IsFinite(b) ? Math.Abs(a - b) : double.PositiveInfinity;
    }
}
