using Tenon.Compiler;
using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>What a search finds for kernels of each kind, against what the heuristic chooses, and what becomes of its candidates.</summary>
internal static class SearchSection
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(15);

    private static readonly (string Name, Func<Tensor> Make)[] Kernels =
    [
        ("sgemm 256", () => Product(256, 256, 256)),
        ("sgemm 1024", () => Product(1024, 1024, 1024)),
        ("sgemm 1000x777x1333", () => Product(1000, 777, 1333)),
        ("sgemm 8x1024x4096", () => Product(8, 1024, 4096)),
        ("sgemv 1x4096x4096", () => Product(1, 4096, 4096)),
        ("sgemm 512, transposed b", () => Tensor.Empty([512, 512]).MatMul(Tensor.Empty([512, 512]).Transpose(0, 1))),
        ("sgemm 64 x 128, batch 96", () => Tensor.Empty([96, 128, 64]).MatMul(Tensor.Empty([96, 64, 128]))),
        ("sgemm 512 + bias, relu", () => (Product(512, 512, 512) + Tensor.Empty([512])).Relu()),
        ("conv 3x3, 64x56x56 to 64", () => Tensor.Empty([1, 64, 56, 56]).Conv2d(Tensor.Empty([64, 64, 3, 3]), padding: 1)),
        ("conv 1x1, 256x56x56 to 64", () => Tensor.Empty([1, 256, 56, 56]).Conv2d(Tensor.Empty([64, 256, 1, 1]))),
        ("conv 3x3 / 2, 128x56x56 to 128", () => Tensor.Empty([1, 128, 56, 56]).Conv2d(Tensor.Empty([128, 128, 3, 3]), stride: 2, padding: 1)),
        ("conv 3x3, depthwise, 192x28x28", () => Tensor.Empty([1, 192, 28, 28]).Conv2d(Tensor.Empty([192, 1, 3, 3]), padding: 1, groups: 192)),
        ("softmax 4096x1024", () => Tensor.Empty([4096, 1024]).Softmax()),
        ("layer norm 4096x1024", () => Tensor.Empty([4096, 1024]).LayerNorm(1)),
        ("sum of rows 4096x4096", () => Tensor.Empty([4096, 4096]).Sum(1)),
        ("sum of columns 4096x4096", () => Tensor.Empty([4096, 4096]).Sum(0)),
        ("max of the middle axis 64x512x64", () => Tensor.Empty([64, 512, 64]).Max(1)),
        ("transpose 4096x4096", () => Tensor.Empty([4096, 4096]).Transpose(0, 1).Contiguous()),
        ("a + b, 16 Mi", () => Tensor.Empty([16 << 20]) + Tensor.Empty([16 << 20])),
        ("gelu, 4 Mi", () => Tensor.Empty([4 << 20]).Gelu()),
    ];

    public static void Run(CpuBenchmark benchmark)
    {
        var before = TenonRuntime.Default;
        foreach (var threads in benchmark.Threads(Environment.ProcessorCount))
        {
            // What is found is of no use to others.
            using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(
                null, [new("defaultDevice", "CPU"), new("plugins:tenon.cpu:threads", $"{threads}"), new("tuning:enabled", "false")])).Build();
            TenonRuntime.Default = runtime;
            foreach (var (name, make) in Kernels.Where(k => benchmark.Wants(k.Name)))
            {
                benchmark.Report.Add(Search(runtime, name, make(), threads));
            }
        }

        TenonRuntime.Default = before;
    }

    // Of several kernels, the sum.
    private static Comparison Search(TenonRuntime runtime, string name, Tensor value, int threads)
    {
        var tuner = new Tuner(runtime) { Budget = Budget, Options = new SearchOptions { Budget = Budget } };
        var tasks = runtime.Schedule([(value.Node, runtime.Devices.Default)]).Calls.Where(c => c.Kernel is not null).Select(c => new TuningTask(c.Kernel!, runtime.Devices.Default, 1)).ToList();
        var report = tuner.Run(tasks);
        var seconds = report.Kernels.Sum(k => k.Result?.SearchSeconds ?? 0);
        var best = report.Seconds * 1e3;
        return new Comparison("search", name, threads, new Times(best, best), new() { ["heuristic"] = new Times(report.HeuristicSeconds * 1e3, report.HeuristicSeconds * 1e3) })
        {
            Speed = report.Tried / seconds,
            Unit = "candidates/s",
            Note = $"{report.Tried} tried = {report.Timed} timed + {report.Rejected.Values.Sum()} rejected: {string.Join(", ", report.Rejected.Select(r => $"{r.Key} {r.Value}"))}",
        };
    }

    private static Tensor Product(long m, long k, long n) => Tensor.Empty([m, k]).MatMul(Tensor.Empty([k, n]));
}
