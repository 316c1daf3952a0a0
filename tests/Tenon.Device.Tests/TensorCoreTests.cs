using Tenon.Runtime;

namespace Tenon.Tests;

/// <summary>Programs of tensors on a device with tensor cores: the numbers of a device without.</summary>
[NonParallelizable]
internal sealed class TensorCoreTests
{
    private static readonly object[] Programs =
    [
        new object[] { "sm_80", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 40, 48).Cast(DType.Float16).MatMul(Numbers(d, 1, 48, 24).Cast(DType.Float16))) },
        new object[] { "sm_80", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 2, 32, 32).Cast(DType.BFloat16).MatMul(Numbers(d, 1, 2, 32, 16).Cast(DType.BFloat16)).Relu()) },
        new object[] { "sm_89", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 32, 64).Cast(DType.Float8E4M3FN).MatMul(Numbers(d, 1, 64, 16).Cast(DType.Float8E4M3FN))) },
        new object[] { "sm_90a", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 128, 32).Cast(DType.Float16).Linear(Numbers(d, 1, 64, 32).Cast(DType.Float16), Numbers(d, 2, 64).Cast(DType.Float16))) },
        new object[] { "gfx1100", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 1, 16, 10, 10).Cast(DType.Float16).Conv2d(Numbers(d, 1, 16, 16, 3, 3).Cast(DType.Float16), padding: 1)) },
        new object[] { "gfx1100", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 32, 32).Cast(DType.Int8).MatMul(Numbers(d, 1, 32, 32).Cast(DType.Int8))) },
        new object[] { "gfx942", 64, (Func<string, Tensor>)(d => Numbers(d, 0, 48, 48).Cast(DType.BFloat16).MatMul(Numbers(d, 1, 40, 48).Cast(DType.BFloat16).Transpose())) },
        new object[] { "apple", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 24, 24).MatMul(Numbers(d, 1, 24, 40)).Exp()) },
        new object[] { "apple", 32, (Func<string, Tensor>)(d => Numbers(d, 0, 2, 16, 32).ScaledDotProductAttention(Numbers(d, 1, 2, 16, 32), Numbers(d, 2, 2, 16, 32))) },
    ];

    [TestCaseSource(nameof(Programs))]
    public void ProductsAreThoseOfOtherDevices(string architecture, int subgroup, Func<string, Tensor> program)
    {
        var before = TenonRuntime.Default;
        var expected = program("CPU").Cast(DType.Float32).ToArray<float>();
        using var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides:
            [new("plugins:tenon.interpreter:cores", architecture), new("plugins:tenon.interpreter:subgroup", $"{subgroup}"), new("cache:enabled", "false")])).Build();
        try
        {
            Assert.That(program("INTERPRETER").Cast(DType.Float32).ToArray<float>(), Is.EqualTo(expected).Within(4e-3f));
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    // Numbers that narrow dtypes hold.
    private static Tensor Numbers(string device, int seed, params int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, count).Select(i => ((i * 7919 + 13 + 31 * seed) % 17 - 8) / 8f)], [.. shape.Select(s => (Core.SymInt)s)], device);
    }
}
