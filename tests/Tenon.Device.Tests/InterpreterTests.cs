using Tenon.Core;

namespace Tenon.Tests;

/// <summary>Programs of tensors on the device that checks what runs: the same numbers, and nothing that it reports.</summary>
internal sealed class InterpreterTests
{
    private static IEnumerable<TestCaseData> Programs()
    {
        yield return Case("elementwise", d => (Numbers(d, 3, 50) * 2f + 1f).Exp().Sin());
        yield return Case("sums of rows", d => Numbers(d, 70, 33).Sum(1));
        yield return Case("one sum of many", d => Numbers(d, 3000).Sum());
        yield return Case("softmax", d => Numbers(d, 9, 65).Softmax(-1));
        yield return Case("layer norm", d => Numbers(d, 5, 40).LayerNorm());
        yield return Case("product of matrices", d => Numbers(d, 37, 29).MatMul(Numbers(d, 29, 41)));
        yield return Case("batch of products", d => Numbers(d, 3, 16, 24).MatMul(Numbers(d, 3, 24, 8)));
        yield return Case("transpose", d => Numbers(d, 33, 20).Transpose().Contiguous());
        yield return Case("convolution", d => Numbers(d, 2, 3, 9, 9).Conv2d(Numbers(d, 4, 3, 3, 3), padding: 1));
        yield return Case("half precision", d => (Numbers(d, 20, 17).Cast(DType.Float16) * Numbers(d, 20, 17).Cast(DType.Float16)).Cast(DType.Float32));
        yield return Case("running sum", d => Numbers(d, 4, 50).CumSum(1));
        yield return Case("gather", d => Numbers(d, 12, 5)[Tensor.From<int>([3, 1, 11], d)]);
        yield return Case("sort", d => Numbers(d, 3, 17).Sort(1).Values);

        static TestCaseData Case(string name, Func<string, Tensor> program) => new TestCaseData(program).SetName($"INTERPRETER: {name}");
    }

    [TestCaseSource(nameof(Programs))]
    public void GivesWhatTheCpuGives(Func<string, Tensor> program)
    {
        var expected = program("CPU").ToArray<float>();
        Assert.That(program("INTERPRETER").ToArray<float>(), Is.EqualTo(expected).Within(5e-4f));
    }

    // Neither has a pattern that could hide a wrong index.
    private static Tensor Numbers(string device, params int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, count).Select(i => ((i * 7919 + 13) % 101 - 50) / 50f)], [.. shape.Select(s => (SymInt)s)], device);
    }
}
