using Tenon.Cli.Bench;
using Tenon.Cli.Onnx;
using Tenon.Onnx;

namespace Tenon.Benchmarks;

/// <summary>Whole models beside ONNX Runtime, from numbers on the host to numbers on the host.</summary>
internal static class ModelSection
{
    public static void Run(CpuBenchmark benchmark)
    {
        foreach (var threads in benchmark.Threads(Environment.ProcessorCount))
        {
            benchmark.Runtimes.Use(threads);
            ModelFolder.ForEach(benchmark.Wants, model => benchmark.Report.Add(Measure(benchmark, model, threads)));
        }
    }

    private static Comparison Measure(CpuBenchmark benchmark, ModelFolder model, int threads)
    {
        var inputs = model.ReadInputs();
        var (_, alone) = FirstRun.Measure(model, threads);
        var run = KernelTimer.Each(new ModelRun(OnnxModel.Load(model.Model), inputs).Once, benchmark.Options.ProcessorTime);
        using var peer = benchmark.StartOnnxRuntime();
        peer?.Load(model.Model, inputs, threads);
        var times = Race.Run(peer is null ? [run] : [run, n => peer.Run(n, benchmark.Options.ProcessorTime)]);
        return new Comparison("models", model.Name, threads, times[0], peer is null ? new() : new() { ["ONNX Runtime"] = times[1] })
        {
            PeakBytes = alone.PeakBytes,
            PeerPeakBytes = peer?.PeakBytes,
            Note = $"{alone.DevicePeakBytes / 1e6:0} MB of ours on the device",
        };
    }
}
