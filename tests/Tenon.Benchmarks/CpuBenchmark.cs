using Tenon.Cli.Bench;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>Kernels on the default device, against what its processor and memory can do.</summary>
internal static class CpuBenchmark
{
    public static void Run(Results results)
    {
        var (peak, bandwidth) = (FmaPeak.Measure(), CopyBandwidth.Measure());
        results.Add("FMA peak", peak, "GFLOPS", $"{Environment.ProcessorCount} threads, {FmaPeak.VectorBits}-bit vectors");
        results.Add("copy bandwidth", bandwidth, "GB/s", "read + written, all threads");

        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load()).Build();
        TenonRuntime.Default = runtime;
        var device = runtime.Devices.Open(runtime.Devices.Default);
        foreach (var n in new[] { 512, 1024, 2048 })
        {
            var gflops = KernelBenchmark.Sgemm(n).Run(runtime).Gflops!.Value;
            results.Add($"sgemm {n}, {device.Name} {device.Generator.Name}", gflops, "GFLOPS", $"{gflops / peak:P0} of the FMA peak");
        }

        foreach (var benchmark in KernelBenchmark.All.Where(b => !b.Name.StartsWith("sgemm", StringComparison.Ordinal)))
        {
            var result = benchmark.Run(runtime);
            var speed = result.Gflops is { } g ? $"{g:0.0} GFLOPS" : $"{result.GigabytesPerSecond:0.0} GB/s, {result.GigabytesPerSecond / bandwidth:P0} of copy bandwidth";
            results.Add($"{benchmark.Name}, {device.Name} {device.Generator.Name}", result.Milliseconds, "ms", speed);
        }
    }
}
