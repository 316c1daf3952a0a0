using Tenon.Runtime;

namespace Tenon.Cli.Bench;

/// <summary>One kernel to be timed.</summary>
/// <param name="Name">What it does, with its sizes.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Compute">What it computes from them.</param>
/// <param name="Operations">Floating-point operations; null if they aren't counted.</param>
internal sealed record KernelBenchmark(string Name, KernelInput[] Inputs, Func<Tensor[], Tensor[]> Compute, double? Operations = null)
{
    /// <summary>One with a single output.</summary>
    public KernelBenchmark(string name, KernelInput[] inputs, Func<Tensor[], Tensor> compute, double? operations = null)
        : this(name, inputs, x => [compute(x)], operations)
    {
    }

    /// <summary>Those of <c>tenon bench</c>.</summary>
    public static IReadOnlyList<KernelBenchmark> All { get; } =
    [
        Sgemm(256),
        Sgemm(512),
        Sgemm(1024),
        new("conv 3x3, 32x64x28x28 to 64", [new(32, 64, 28, 28), new(64, 64, 3, 3)], x => x[0].Conv2d(x[1]), 2.0 * 32 * 64 * 26 * 26 * 64 * 9),
        new("softmax 4096x1024", [new(4096, 1024)], x => x[0].Softmax()),
        new("layer norm 4096x1024", [new(4096, 1024)], x => x[0].LayerNorm(1)),
        new("sum of rows 4096x4096", [new(4096, 4096)], x => x[0].Sum(1)),
        new("a + b, 16 Mi", [new(16 << 20), new(16 << 20)], x => x[0] + x[1]),
        new("transpose 4096x4096", [new(4096, 4096)], x => x[0].Transpose(0, 1)),
    ];

    /// <summary>A product of two square matrices.</summary>
    public static KernelBenchmark Sgemm(long n) => new($"sgemm {n}", [new(n, n), new(n, n)], x => x[0].MatMul(x[1]), 2.0 * n * n * n);

    /// <summary>Runs it on the default device.</summary>
    public KernelResult Run(TenonRuntime runtime)
    {
        var run = new KernelRun(runtime, this);
        var seconds = KernelTimer.Median(run.Once);
        return new KernelResult(Name, seconds * 1e3, Operations / seconds / 1e9, run.Bytes / seconds / 1e9);
    }
}

/// <summary>How fast a kernel is.</summary>
internal sealed record KernelResult(string Name, double Milliseconds, double? Gflops, double GigabytesPerSecond);
