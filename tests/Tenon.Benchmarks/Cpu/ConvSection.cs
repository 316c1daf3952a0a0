using Tenon.Cli.Bench;

namespace Tenon.Benchmarks;

/// <summary>Every different convolution of ResNet-50 and MobileNet-v2.</summary>
internal static class ConvSection
{
    public static void Run(CpuBenchmark benchmark)
    {
        var writer = new NetworkWriter();
        Networks.ResNet50(writer);
        Networks.MobileNetV2(writer);
        OpCase.Run(benchmark, "conv", writer.Convolutions.Distinct().Select(Case), 1, Environment.ProcessorCount);
    }

    private static OpCase Case(ConvShape c) => new(
        new KernelBenchmark(
            $"{c}",
            [new(c.Batch, c.From, c.Size, c.Size), new(c.To, c.From / c.Groups, c.Kernel, c.Kernel)],
            x => x[0].Conv2d(x[1], stride: c.Stride, padding: c.Padding, groups: c.Groups),
            c.Operations),
        new PeerExpression("torch", $"F.conv2d(x[0], x[1], None, {c.Stride}, {c.Padding}, 1, {c.Groups})"));
}
