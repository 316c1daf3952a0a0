using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>Programs of tensors on a device with tensor cores: the numbers of a device without.</summary>
[NonParallelizable]
internal sealed class TensorCoreTests
{
    private static readonly object[] Programs =
    [
        new object[] { "sm_80", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Float16, 0, 40, 48).MatMul(Numbers(d, DType.Float16, 1, 48, 24))) },
        new object[] { "sm_80", 32, (Func<string, Tensor>)(d => Numbers(d, DType.BFloat16, 0, 2, 32, 32).MatMul(Numbers(d, DType.BFloat16, 1, 2, 32, 16)).Relu()) },
        new object[] { "sm_89", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Float8E4M3FN, 0, 32, 64).MatMul(Numbers(d, DType.Float8E4M3FN, 1, 64, 16))) },
        new object[] { "sm_90a", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Float16, 0, 128, 32).Linear(Numbers(d, DType.Float16, 1, 64, 32), Numbers(d, DType.Float16, 2, 64))) },
        new object[] { "gfx1100", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Float16, 0, 1, 16, 10, 10).Conv2d(Numbers(d, DType.Float16, 1, 16, 16, 3, 3), padding: 1)) },
        new object[] { "gfx1100", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Int8, 0, 32, 32).MatMul(Numbers(d, DType.Int8, 1, 32, 32))) },
        new object[] { "gfx942", 64, (Func<string, Tensor>)(d => Numbers(d, DType.BFloat16, 0, 48, 48).MatMul(Numbers(d, DType.BFloat16, 1, 40, 48).Transpose())) },
        new object[] { "apple", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Float32, 0, 24, 24).MatMul(Numbers(d, DType.Float32, 1, 24, 40)).Exp()) },
        new object[] { "apple", 32, (Func<string, Tensor>)(d => Numbers(d, DType.Float32, 0, 2, 16, 32).ScaledDotProductAttention(Numbers(d, DType.Float32, 1, 2, 16, 32), Numbers(d, DType.Float32, 2, 2, 16, 32))) },
    ];

    [TestCaseSource(nameof(Programs))]
    public void ProductsAreThoseOfOtherDevices(string architecture, int subgroup, Func<string, Tensor> program)
    {
        var before = TenonRuntime.Default;
        var expected = program("CPU").Cast(DType.Float32).ToArray<float>();
        using var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides:
            [new("plugins:tenon.interpreter:cores", architecture), new("plugins:tenon.interpreter:subgroup", $"{subgroup}"), new("cache:enabled", "false")])).Build();
        var products = new Products();
        Tracing.Listener = products;
        try
        {
            Assert.That(program("INTERPRETER").Cast(DType.Float32).ToArray<float>(), Is.EqualTo(expected).Within(4e-3f));
            Assert.That(products.Count, Is.Positive, "no kernel uses a tensor core");
        }
        finally
        {
            Tracing.Listener = null;
            TenonRuntime.Default = before;
        }
    }

    // Counts kernels with products of tensor cores.
    private sealed class Products : RewriteListener
    {
        public int Count { get; private set; }

        public override void Tried(TraceStage? stage, Rule rule, UOp before, UOp? after, long ticks)
        {
        }

        public override void End(TraceStage stage) => Count += stage is { Name: "lower", Result: { } list } && list.TopologicalOrder().Exists(u => u.Op == Ops.Wmma) ? 1 : 0;
    }

    // Numbers that narrow dtypes hold, in memory.
    private static Tensor Numbers(string device, DType dtype, int seed, params int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, count).Select(i => ((i * 7919 + 13 + 31 * seed) % 17 - 8) / 8f)], [.. shape.Select(s => (SymInt)s)], device).Cast(dtype).Realize();
    }
}
