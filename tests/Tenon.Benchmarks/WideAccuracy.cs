using System.Diagnostics;
using System.Runtime.InteropServices;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>The greatest error of the functions of float64 at samples: numbers of every size and ordinary ones, against mpmath.</summary>
internal static class WideAccuracy
{
    private const int Samples = 60_000;

    /// <summary>Adds the worst of each function by each generator, and where it is.</summary>
    public static void Run(Results results, string[] names, string[] generators)
    {
        using var peer = Process.Start(new ProcessStartInfo(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", Path.Combine(AppContext.BaseDirectory, "peers", "mpmath_values.py"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Span<byte> ready = stackalloc byte[6];
        if (peer.StandardOutput.BaseStream.ReadAtLeast(ready, ready.Length, throwOnEndOfStream: false) < ready.Length)
        {
            Console.Error.WriteLine("Python has no mpmath, which float64 is compared with: apt install python3-mpmath");
            return;
        }

        TenonRuntime[] runtimes = [.. generators.Select(g => CpuRuntimes.Create([new("plugins:tenon.cpu:generator", g)]))];
        foreach (var (name, function) in MathAccuracy.Functions.Select(f => (f.Name, f.Function)).Append(("pow", null!)).Where(f => names.Length == 0 || names.Contains(f.Item1)))
        {
            var (x, y) = name == "pow" ? Pairs() : (Numbers(Limit(name)), []);
            var expected = Values(peer, name, x, y);
            foreach (var (generator, runtime) in generators.Zip(runtimes))
            {
                TenonRuntime.Default = runtime;
                var t = Tensor.From<double>(x, [x.Length]);
                var actual = (name == "pow" ? t.Pow(Tensor.From<double>(y, [x.Length])) : function(t)).ToArray<double>();
                var (error, at) = Enumerable.Range(0, x.Length).Max(i => (Error(actual[i], expected[2 * i], expected[2 * i + 1]), i));
                results.Add($"{name} of float64, {generator}", error, "ulp", $"{error:0.0000}: {name}({x[at]:R}{(name == "pow" ? $", {y[at]:R}" : "")}) = {actual[at]:R}, not {expected[2 * at]:R}");
            }
        }

        Array.ForEach(runtimes, r => r.Dispose());
        peer.StandardInput.Close();
        peer.WaitForExit();
    }

    // Up to where sines are computed, and beyond which most functions have no other values.
    private static double Limit(string name) => name switch
    {
        "sin" or "cos" or "tan" => 1L << 50,
        "exp" or "expm1" or "sigmoid" or "softplus" or "silu" or "sinh" or "cosh" => 800,
        "exp2" => 1100,
        "gelu" => 40,
        "erf" => 7,
        "erfc" or "tanh" => 30,
        "asin" or "acos" or "atanh" => 1,
        _ => double.MaxValue,
    };

    private static double Error(double actual, double expected, double rest)
    {
        if (!double.IsFinite(expected) || !double.IsFinite(actual))
        {
            return expected.Equals(actual) ? 0 : double.PositiveInfinity;
        }

        return Math.Abs((actual - expected) / Math.ScaleB(1, Math.Max(expected == 0 ? -1022 : Math.ILogB(expected), -1022) - 52) - rest);
    }

    // A third of every size, a third near the ends and a third ordinary.
    private static double[] Numbers(double limit)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Samples).Select(i => Next(i)).Where(v => Math.Abs(v) <= limit)];

        double Next(int i) => (i % 3) switch
        {
            0 => BitConverter.Int64BitsToDouble(random.NextInt64()) is var any && double.IsFinite(any) ? Math.CopySign(any, random.Next(2) - 0.5) : 1,
            1 => (random.NextDouble() * 2 - 1) * Math.Min(limit, 1000),
            _ => (random.NextDouble() * 2 - 1) * Math.ScaleB(1, random.Next(-6, 4)),
        };
    }

    private static (double[] X, double[] Y) Pairs()
    {
        var random = new Random(7);
        var pairs = Enumerable.Range(0, Samples).Select(i => (i % 4) switch
        {
            0 => (BitConverter.Int64BitsToDouble(random.NextInt64(0x7ff0L << 48)), random.NextDouble() * 4 - 2),
            1 => (random.NextDouble() * 20, random.NextDouble() * 600 - 300),
            2 => (random.NextDouble() * -20, random.Next(-200, 200)),
            _ => (1 + (random.NextDouble() - 0.5) * 1e-6, (random.NextDouble() - 0.5) * 2e9),
        }).ToList();
        return ([.. pairs.Select(p => p.Item1)], [.. pairs.Select(p => p.Item2)]);
    }

    // The nearest numbers and what is left in units of their last place, in turn.
    private static double[] Values(Process peer, string name, double[] x, double[] y)
    {
        var input = peer.StandardInput.BaseStream;
        input.Write(System.Text.Encoding.ASCII.GetBytes($"{name} {x.Length}\n"));
        input.Write(MemoryMarshal.AsBytes<double>(x));
        input.Write(MemoryMarshal.AsBytes<double>(y));
        input.Flush();
        var values = new double[2 * x.Length];
        peer.StandardOutput.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
