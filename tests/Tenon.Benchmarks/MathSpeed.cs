using System.Diagnostics;
using System.Globalization;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>How fast functions are on one thread: exact, by fast maths, and PyTorch's beside them.</summary>
internal static class MathSpeed
{
    private const int Size = 1 << 20;
    private const int Rounds = 4;
    private const double Seconds = 0.15;

    private static readonly (string Name, Func<Tensor, Tensor> Function, int Size, double Low, double High)[] Cases =
    [
        ("exp", x => x.Exp(), Size, -10, 10),
        ("log", x => x.Log(), Size, 0.01, 100),
        ("sin", x => x.Sin(), Size, -10, 10),
        ("cos", x => x.Cos(), Size, -10, 10),
        ("tanh", x => x.Tanh(), Size, -4, 4),
        ("erf", x => x.Erf(), Size, -3, 3),
        ("pow", null!, Size, 0.1, 10),
        ("sigmoid", x => x.Sigmoid(), Size, -8, 8),
        ("gelu", x => x.Gelu(), Size, -4, 4),
        ("silu", x => x.Silu(), Size, -8, 8),
        ("softplus", x => x.Softplus(), Size, -8, 8),
        ("expm1", x => x.Expm1(), Size, -2, 2),
        ("log1p", x => x.Log1p(), Size, -0.5, 10),
        ("softmax", x => x.Reshape(4096, -1).Softmax(), Size << 2, -4, 4),
    ];

    public static void Run(Results results, string[] names)
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides: new Dictionary<string, string?> { ["plugins:0:settings:threads"] = "1" })).Build();
        TenonRuntime.Default = runtime;
        using var peer = Torch.Start();
        foreach (var (name, function, size, low, high) in Cases.Where(c => names.Length == 0 || names.Contains(c.Name)))
        {
            var x = (Tensor.Rand([size]) * (high - low) + low).Realize();
            var y = (Tensor.Rand([size]) * 4.0 - 2.0).Realize();
            Func<Tensor> value = name == "pow" ? () => x.Pow(y) : () => function(x);
            var output = Tensor.Zeros(value().Shape.ToArray()).Contiguous().Realize();
            var (exact, fast, theirs) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
            for (var round = 0; round < Rounds; round++)
            {
                exact = Math.Min(exact, Best(runtime, output, value, false));
                theirs = Math.Min(theirs, peer?.Best(name, size, low, high) ?? double.NaN);
                fast = Math.Min(fast, Best(runtime, output, value, true));
            }

            results.Add(name, exact / size * 1e9, "ns", $"{theirs / exact:0.00}x PyTorch's {theirs / size * 1e9:0.000}; fast {fast / size * 1e9:0.000}, {exact / fast:0.00}x");
        }
    }

    private static double Best(TenonRuntime runtime, Tensor output, Func<Tensor> value, bool isFast)
    {
        using var scope = Tensor.FastMath(isFast);
        var (best, start) = (double.PositiveInfinity, Stopwatch.GetTimestamp());
        output.Assign(value()).Realize();
        runtime.Synchronize();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds)
        {
            var begin = Stopwatch.GetTimestamp();
            output.Assign(value()).Realize();
            runtime.Synchronize();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return best;
    }

    private sealed class Torch(Process process) : IDisposable
    {
        /// <summary>Null where there is no PyTorch.</summary>
        public static Torch? Start()
        {
            var script = Path.Combine(AppContext.BaseDirectory, "peers", "torch_maths.py");
            var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
            var process = Process.Start(new ProcessStartInfo(python, script) { RedirectStandardInput = true, RedirectStandardOutput = true });
            return process?.StandardOutput.ReadLine() is null ? null : new Torch(process);
        }

        public double Best(string name, int size, double low, double high)
        {
            process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {size} {low} {high} {Seconds}"));
            return double.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        }

        public void Dispose()
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
