using System.Diagnostics;
using Tenon.Cli.Bench;
using Tenon.Compiler;
using Tenon.Core.Backend;

namespace Tenon.Benchmarks;

/// <summary>How long it takes to make kernels, by each generator of the device, and to run a whole model for the first time.</summary>
internal static class CompileSection
{
    private const int Runs = 5;

    public static void Run(CpuBenchmark benchmark)
    {
        var threads = benchmark.Threads(Environment.ProcessorCount).Max();
        var runtime = benchmark.Runtimes.Use(threads);
        var device = runtime.Devices.Open("CPU");
        foreach (var kernel in KernelBenchmark.All.Where(k => benchmark.Wants(k.Name)))
        {
            Tensor[] inputs = [.. kernel.Inputs.Select((input, i) => input.Create(i))];
            var calls = runtime.Schedule([.. kernel.Compute(inputs).Select(t => (t.Node, device.Name))]).Calls.Where(c => c.Kernel is not null).Select(c => c.Kernel!).ToList();
            var generators = device.Device.CodeGenerators.ToList();
            var times = generators.Select(g => calls.Select(k => Times.Of(Enumerable.Range(0, Runs).Select(_ => Compile(k, device.Device, g)))).ToList()).ToList();
            for (var g = 0; g < generators.Count; g++)
            {
                benchmark.Report.Add(new Comparison("compile", $"{kernel.Name}, {generators[g].Name}", 1, Sum(times[g]), [])
                {
                    Note = calls.Count == 1 ? "lowered, generated, loaded" : $"{calls.Count} kernels, lowered, generated, loaded",
                });
            }
        }

        ModelFolder.ForEach(benchmark.Wants, model => benchmark.Report.Add(FirstOf(benchmark, model, threads)));
    }

    private static double Compile(Core.UOp kernel, Device device, CodeGenerator generator)
    {
        var start = Stopwatch.GetTimestamp();
        using var program = device.Load(generator.Generate(KernelCompiler.Compile(kernel, device.Capabilities, generator.Target)));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static Times Sum(IReadOnlyList<Times> kernels) => new(kernels.Sum(k => k.Least), kernels.Sum(k => k.Median));

    private static Comparison FirstOf(CpuBenchmark benchmark, ModelFolder model, int threads)
    {
        var inputs = model.ReadInputs();
        var (empty, cached) = FirstRun.Measure(model, threads);
        var peers = new Dictionary<string, Times>();
        using (var peer = benchmark.StartOnnxRuntime())
        {
            if (peer is not null)
            {
                peer.Load(model.Model, inputs, threads);
                peers["ONNX Runtime"] = Single(peer.SessionMilliseconds + peer.Run(1)[0]);
            }
        }

        if (benchmark.Options.Tinygrad is { } checkout)
        {
            benchmark.Report.Found("tinygrad", checkout.FullName);
            if (TinygradPeer.FirstRun(checkout, model, threads) is { } time)
            {
                peers["tinygrad"] = Single(time);
            }
        }
        else
        {
            benchmark.Report.Absent("tinygrad", "name a checkout with --tinygrad");
        }

        return new Comparison("compile", $"{model.Name}, read and run for the first time", threads, Single(empty.Load + empty.First), peers)
        {
            Note = $"{cached.Load + cached.First:0} ms if the kernels are on disk",
        };
    }

    private static Times Single(double milliseconds) => new(milliseconds, milliseconds);
}
