using Tenon.Core;
using Tenon.Runtime;

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

    /// <summary>Adds the worst of each function by each generator, and where it is.</summary>
    /// <param name="results">The table.</param>
    /// <param name="names">Which functions; none for all.</param>
    /// <param name="stride">1 for every number, n for every n-th.</param>
    /// <param name="generators">The code generators of the CPU.</param>
    public static void Run(Results results, string[] names, int stride, string[] generators)
    {
        TenonRuntime[] runtimes = [.. generators.Select(g => CpuRuntimes.Create([new("plugins:tenon.cpu:generator", g)]))];
        foreach (var (name, function, reference) in Functions.Where(f => names.Length == 0 || names.Contains(f.Name)))
        {
            var worst = Worst(runtimes, function, reference, stride);
            foreach (var (generator, (error, at, actual)) in generators.Zip(worst))
            {
                results.Add($"{name}, {generator}", error, "ulp", error <= 0.5 ? "rounded correctly" : $"{error:0.0000}: {name}({at:R}) = {actual:R}, not {(float)reference(at):R}");
            }
        }

        Array.ForEach(runtimes, r => r.Dispose());
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
            var isSame = expected == actual && double.IsNegative(expected) == float.IsNegative(actual);
            return isSame ? 0 : expected == 0 && actual != 0 && float.IsFinite(actual) ? Math.Abs(actual) / float.Epsilon : double.PositiveInfinity;
        }

        var unit = Math.ScaleB(1, Math.Max(Math.ILogB(expected), -126) - 23);
        var value = float.IsInfinity(actual) ? Math.CopySign(Math.ScaleB(1, 128), actual) : actual;
        return Math.Abs(expected) >= Math.ScaleB(1, 128) && float.IsInfinity(actual) && actual > 0 == expected > 0 ? 0 : Math.Abs(value - expected) / unit;
    }

    private static (double Error, float At, float Actual)[] Worst(TenonRuntime[] runtimes, Func<Tensor, Tensor> function, Func<double, double> reference, int stride)
    {
        var total = ((1L << 32) + stride - 1) / stride;
        var x = new float[Math.Min(Chunk, total)];
        var gate = new Lock();

        // What is rounded correctly isn't looked at further.
        (double Error, float At, float Actual)[] worst = [.. runtimes.Select(_ => (0.5, 0f, 0f))];
        for (var begin = 0L; begin < total; begin += x.Length)
        {
            for (var i = 0; i < x.Length; i++)
            {
                x[i] = BitConverter.UInt32BitsToSingle((uint)((begin + i) * stride));
            }

            var y = Array.ConvertAll(runtimes, r =>
            {
                TenonRuntime.Default = r;
                return function(Tensor.From<float>(x, [x.Length])).ToArray<float>();
            });
            Parallel.For(0, 64, part =>
            {
                var mine = ((double Error, float At, float Actual)[])worst.Clone();
                for (var i = part * (long)x.Length / 64; i < (part + 1) * (long)x.Length / 64; i++)
                {
                    var expected = reference(x[i]);
                    var rounded = BitConverter.SingleToInt32Bits((float)expected);
                    for (var g = 0; g < mine.Length; g++)
                    {
                        if (BitConverter.SingleToInt32Bits(y[g][i]) != rounded && Error(y[g][i], expected) is var error && error > mine[g].Error)
                        {
                            mine[g] = (error, x[i], y[g][i]);
                        }
                    }
                }

                lock (gate)
                {
                    worst = [.. worst.Zip(mine, (a, b) => b.Error > a.Error ? b : a)];
                }
            });
        }

        return worst;
    }
}
