using Tenon.Plugins.Cpu;
using Tenon.Runtime;

namespace Tenon.Sdk.Tests.Shim;

/// <summary>Programs of tensors on what CUDA, HIP and Metal make of them: the same numbers as on the CPU.</summary>
[NonParallelizable]
internal sealed class ShimTensorTests
{
    private TenonRuntime? _runtime;

    [OneTimeSetUp]
    public void Open()
    {
        ShimCompiler.RequireClang();
        var options = new RuntimeOptions();
        options.Cache.Enabled = false;
        TenonRuntime.Default = _runtime = new TenonRuntimeBuilder(options).AddPlugin("cpu", new CpuPlugin()).AddPlugin("shim", new ShimPlugin()).Build();
    }

    [OneTimeTearDown]
    public void Close() => _runtime?.Dispose();

    [Test]
    public void GiveWhatTheCpuGives([Values("CUDA:sm_90", "HIP:gfx1100", "METAL")] string target, [ValueSource(nameof(Programs))] Program program)
    {
        var expected = program.Run("CPU").ToArray<float>();
        Assert.That(program.Run($"SHIM:{target}").ToArray<float>(), Is.EqualTo(expected).Within(program.Tolerance));
    }

    private static IEnumerable<Program> Programs()
    {
        yield return new("elementwise", d => (Numbers(d, 3, 50) * 2f + 1f).Exp().Tanh());
        yield return new("sums of rows", d => Numbers(d, 70, 133).Sum(1));
        yield return new("one sum of many", d => Numbers(d, 30000).Sum());
        yield return new("softmax", d => Numbers(d, 9, 265).Softmax(-1));
        yield return new("product of matrices", d => Numbers(d, 64, 48).MatMul(Numbers(d, 48, 80)));
        yield return new("product of odd matrices", d => Numbers(d, 37, 29).MatMul(Numbers(d, 29, 41)));
        yield return new("convolution", d => Numbers(d, 2, 3, 9, 9).Conv2d(Numbers(d, 4, 3, 3, 3), padding: 1));
        yield return new("half precision", d => (Numbers(d, 20, 17).Cast(DType.Float16) * Numbers(d, 20, 17).Cast(DType.Float16)).Sum(1).Cast(DType.Float32), 1e-2f);
        yield return new("sort", d => Numbers(d, 3, 17).Sort(1).Values);
        yield return new("wide integers", d => Tensor.Arange(0, 40, device: d).Cast(DType.Int64) is var x ? (x * x * 2654435761L % 1009).Cast(DType.Float32) : x);
    }

    // Neither has a pattern that could hide a wrong index.
    private static Tensor Numbers(string device, params int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, count).Select(i => ((i * 7919 + 13) % 101 - 50) / 50f)], [.. shape], device);
    }

    internal sealed record Program(string Name, Func<string, Tensor> Run, float Tolerance = 5e-4f)
    {
        public override string ToString() => Name;
    }
}
