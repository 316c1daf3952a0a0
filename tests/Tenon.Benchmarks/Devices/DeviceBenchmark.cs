using Tenon.Cli.Bench;
using Tenon.Cli.Peers;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>Kernels and a block of a network on devices with workgroups, beside tinygrad on the same device by the same library.</summary>
internal static class DeviceBenchmark
{
    private static readonly (KernelBenchmark Kernel, string Tinygrad)[] Cases =
    [
        (KernelBenchmark.Sgemm(1024), "x[0] @ x[1]"),
        (new KernelBenchmark("softmax 4096x1024", [new(4096, 1024)], x => x[0].Softmax()), "x[0].softmax()"),
        (new KernelBenchmark("sum of rows 4096x1024", [new(4096, 1024)], x => x[0].Sum(1)), "x[0].sum(1)"),
        (new KernelBenchmark("a + b, 4 Mi", [new(4 << 20), new(4 << 20)], x => x[0] + x[1]), "x[0] + x[1]"),
        (new KernelBenchmark("block of ResNet, 1x64x56x56", BlockInputs, Block, 2 * 2.0 * 64 * 64 * 9 * 56 * 56), $"({Convolution("x[0]", 0)}.relu().sequential([lambda h: {Convolution("h", 3)}]) + x[0]).relu()"),
    ];

    // A picture; then twice a kernel, and factors and summands that stand for batch normalisation.
    private static KernelInput[] BlockInputs => [new(1, 64, 56, 56), .. Enumerable.Range(0, 2).SelectMany(_ => (KernelInput[])[new(64, 64, 3, 3), new(1, 64, 1, 1), new(1, 64, 1, 1)])];

    /// <summary>Measures every case on every device that is here.</summary>
    public static void Run(Results results, IReadOnlyList<string> devices, DirectoryInfo? tinygrad)
    {
        foreach (var name in devices)
        {
            using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("defaultDevice", name)])).Build();
            TenonRuntime.Default = runtime;
            var device = runtime.Devices.Open(name);
            Console.Error.WriteLine($"{device.Name}: {device.DisplayName}");
            using var peer = tinygrad is null ? null : TryStart(tinygrad, name);
            foreach (var (kernel, expression) in Cases)
            {
                Measure(results, runtime, name, kernel, peer, expression);
            }
        }
    }

    private static void Measure(Results results, TenonRuntime runtime, string device, KernelBenchmark kernel, TinygradDevice? peer, string expression)
    {
        var run = new KernelRun(runtime, kernel);
        run.Once();
        List<Func<int, double[]>> contestants = [KernelTimer.Each(run.Once, processorTime: false)];
        var note = "";
        if (peer is not null)
        {
            try
            {
                var (ours, theirs) = (CheckSums.Of(run.Outputs), peer.Prepare(kernel.Inputs, expression));
                note = CheckSums.Agree(ours, theirs) ? "" : $"; RESULT DIFFERS: {ours[0]:G6} of {ours[1]:G6}, not {theirs[0]:G6} of {theirs[1]:G6}";
                contestants.Add(peer.Run);
            }
            catch (PeerException e)
            {
                note = $"; tinygrad: {e.Message}";
            }
        }

        var times = Race.Run(contestants);
        var speed = kernel.Operations is { } operations ? $"{operations / times[0].Least / 1e6:0.0} GFLOPS" : $"{run.Bytes / times[0].Least / 1e6:0.0} GB/s";
        var beside = times.Length > 1 ? $"; tinygrad {times[1].Least:0.00} ms, {times[1].Least / times[0].Least:0.00}x" : "";
        results.Add($"{device}: {kernel.Name}", times[0].Least, "ms", $"{speed}{beside}{note}");
    }

    private static TinygradDevice? TryStart(DirectoryInfo checkout, string device)
    {
        try
        {
            return TinygradDevice.Start(checkout, device);
        }
        catch (PeerException e)
        {
            Console.Error.WriteLine($"tinygrad on {device}: {e.Message}");
            return null;
        }
    }

    private static Tensor Block(Tensor[] x)
    {
        Tensor Convolve(Tensor h, int first) => h.Conv2d(x[first], padding: 1) * x[first + 1] + x[first + 2];
        return (Convolve(Convolve(x[0], 1).Relu(), 4) + x[0]).Relu();
    }

    private static string Convolution(string h, int before) => $"({h}.conv2d(x[{before + 1}], padding=1) * x[{before + 2}] + x[{before + 3}])";
}
