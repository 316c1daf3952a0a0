using Tenon.Core;

namespace Tenon.Benchmarks;

/// <summary>The greatest error of the functions of float32, over all numbers or a part of them.</summary>
internal static class MathAccuracy
{
    private const int Chunk = 1 << 22;

    /// <summary>The functions of one argument, each with its reference in float64.</summary>
    public static IReadOnlyList<(string Name, Func<Tensor, Tensor> Function, Func<double, double> Reference)> Functions { get; } =
    [
        ("exp", x => x.Exp(), Math.Exp),
        ("exp2", x => x.Exp2(), x => Math.Pow(2, x)),
        ("expm1", x => x.Expm1(), x => MathFunction.Expm1.Evaluate(x, 0)),
        ("log", x => x.Log(), Math.Log),
        ("log2", x => x.Log2(), Math.Log2),
        ("log10", x => x.Log10(), Math.Log10),
        ("log1p", x => x.Log1p(), x => MathFunction.Log1p.Evaluate(x, 0)),
        ("sin", x => x.Sin(), Math.Sin),
        ("cos", x => x.Cos(), Math.Cos),
        ("tan", x => x.Tan(), Math.Tan),
        ("tanh", x => x.Tanh(), Math.Tanh),
        ("sigmoid", x => x.Sigmoid(), x => MathFunction.Sigmoid.Evaluate(x, 0)),
        ("erf", x => x.Erf(), x => MathFunction.Erf.Evaluate(x, 0)),
        ("erfc", x => x.Erfc(), x => MathFunction.Erfc.Evaluate(x, 0)),
        ("sqrt", x => x.Sqrt(), Math.Sqrt),
        ("rsqrt", x => x.Rsqrt(), x => 1 / Math.Sqrt(x)),
        ("asin", x => x.Asin(), Math.Asin),
        ("acos", x => x.Acos(), Math.Acos),
        ("atan", x => x.Atan(), Math.Atan),
        ("sinh", x => x.Sinh(), Math.Sinh),
        ("cosh", x => x.Cosh(), Math.Cosh),
        ("asinh", x => x.Asinh(), Math.Asinh),
        ("acosh", x => x.Acosh(), Math.Acosh),
        ("atanh", x => x.Atanh(), Math.Atanh),
        ("softplus", x => x.Softplus(), x => Math.Max(x, 0) + MathFunction.Log1p.Evaluate(Math.Exp(-Math.Abs(x)), 0)),
        ("silu", x => x.Silu(), x => x * MathFunction.Sigmoid.Evaluate(x, 0)),
        ("gelu", x => x.Gelu(), x => x / 2 * MathFunction.Erfc.Evaluate(-x * Math.Sqrt(0.5), 0)),
    ];

    /// <summary>Adds the worst of each function and where it is.</summary>
    /// <param name="results">The table.</param>
    /// <param name="names">Which functions; none for all.</param>
    /// <param name="stride">1 for every number, n for every n-th.</param>
    public static void Run(Results results, string[] names, int stride)
    {
        foreach (var (name, function, reference) in Functions.Where(f => names.Length == 0 || names.Contains(f.Name)))
        {
            var (error, at, actual) = Worst(function, reference, stride);
            results.Add(name, error, "ulp", $"{error:0.0000}: {name}({at:R}) = {actual:R}, not {(float)reference(at):R}");
        }
    }

    /// <summary>The error in units in the last place.</summary>
    public static double Error(float actual, double expected)
    {
        if (double.IsNaN(expected) || float.IsNaN(actual))
        {
            return double.IsNaN(expected) && float.IsNaN(actual) ? 0 : double.PositiveInfinity;
        }

        if (expected == 0 || double.IsInfinity(expected))
        {
            return expected.Equals((double)actual) ? 0 : expected == 0 && actual != 0 && float.IsFinite(actual) ? Math.Abs(actual) / float.Epsilon : double.PositiveInfinity;
        }

        var unit = Math.ScaleB(1, Math.Max(Math.ILogB(expected), -126) - 23);
        var value = float.IsInfinity(actual) ? Math.CopySign(Math.ScaleB(1, 128), actual) : actual;
        return Math.Abs(expected) >= Math.ScaleB(1, 128) && float.IsInfinity(actual) && actual > 0 == expected > 0 ? 0 : Math.Abs(value - expected) / unit;
    }

    private static (double Error, float At, float Actual) Worst(Func<Tensor, Tensor> function, Func<double, double> reference, int stride)
    {
        var total = ((1L << 32) + stride - 1) / stride;
        var x = new float[Math.Min(Chunk, total)];
        var gate = new Lock();
        var worst = (Error: -1.0, At: 0f, Actual: 0f);
        for (var begin = 0L; begin < total; begin += x.Length)
        {
            for (var i = 0; i < x.Length; i++)
            {
                x[i] = BitConverter.UInt32BitsToSingle((uint)((begin + i) * stride));
            }

            var y = function(Tensor.From<float>(x, [x.Length])).ToArray<float>();
            Parallel.For(0, 64, part =>
            {
                var mine = (Error: -1.0, At: 0f, Actual: 0f);
                for (var i = part * (long)x.Length / 64; i < (part + 1) * (long)x.Length / 64; i++)
                {
                    var error = Error(y[i], reference(x[i]));
                    mine = error > mine.Error ? (error, x[i], y[i]) : mine;
                }

                lock (gate)
                {
                    worst = mine.Error > worst.Error ? mine : worst;
                }
            });
        }

        return worst;
    }
}
