using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Plugins.WebGpu.Tests;

/// <summary>Programs of tensors give what they give on the CPU.</summary>
internal sealed class TensorTests
{
    private TenonRuntime? _before;

    [OneTimeSetUp]
    public void UseTheDevice()
    {
        TestHost.Open().Dispose();
        _before = TenonRuntime.Default;
        TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides: [new("plugins:tenon.webgpu:software", "true"), new("cache:enabled", "false")])).Build();
    }

    [OneTimeTearDown]
    public void Close()
    {
        if (_before is not null)
        {
            TenonRuntime.Default.Dispose();
            TenonRuntime.Default = _before;
        }
    }

    private static IEnumerable<TestCaseData> Programs()
    {
        yield return Case("functions", d => Cat(Numbers(d, 60).Exp(), Numbers(d, 60).Sin(), Numbers(d, 60).Tanh(), (Numbers(d, 60).Abs() + 0.1f).Log(), Numbers(d, 60).Sigmoid(), Numbers(d, 60).Erf()));
        yield return Case("angles", d => Cat((Numbers(d, 101) * 3e4f).Sin(), (Numbers(d, 101) * 1e30f).Cos(), (Numbers(d, 101) * 5f).Cos(), Numbers(d, 101).Tan()));
        yield return Case("powers", d => Cat((Numbers(d, 101).Abs() * 20f).Pow(Numbers(d, 101) * 8f), (Numbers(d, 60) * 1e-6f).Log1p(), (Numbers(d, 60) * 1e-6f).Expm1()));
        yield return Case("softmax", d => Numbers(d, 9, 65).Softmax(-1));
        yield return Case("product of matrices", d => Numbers(d, 37, 29).MatMul(Numbers(d, 29, 41)));
        yield return Case("convolution", d => Numbers(d, 2, 3, 9, 9).Conv2d(Numbers(d, 4, 3, 3, 3), padding: 1));
        yield return Case("one sum of many", d => Numbers(d, 3000).Sum());
        yield return Case("running sum", d => Numbers(d, 4, 50).CumSum(1));
        yield return Case("sort", d => Numbers(d, 3, 17).Sort(1).Values);
        yield return Case("gather", d => Numbers(d, 12, 5)[Tensor.From<int>([3, 1, 11], d)]);
        yield return Case("many inputs", d => Enumerable.Range(1, 9).Select(i => Numbers(d, 40 + i)[..40].Contiguous().Realize()).Aggregate((x, y) => x * y + y));
        yield return Case("half precision", d => (Numbers(d, 20, 17).Cast(DType.Float16).Realize() + 1f).Realize().Cast(DType.Float32));
        yield return Case("bfloat16", d => (Numbers(d, 21).Cast(DType.BFloat16).Contiguous() + 1f).Cast(DType.Float32));
        yield return Case("float8", d => (Numbers(d, 101) / 40f).Cast(DType.Float8E4M3FN).Contiguous().Cast(DType.Float32));
        yield return Case("bytes", d => (Numbers(d, 19) * 100f).Cast(DType.Int8).Contiguous().Cast(DType.Float32));
        yield return Case("truth", d => Numbers(d, 33) > 0f, DType.Float32);
        yield return Case("long integers", d => ((Numbers(d, 30) * 1e6f).Cast(DType.Int64) * 1000003L).Cast(DType.Float32));
        yield return Case("sums of long integers", d => ((Numbers(d, 5, 33) * 1e8f).Cast(DType.Int64) * 1000003L).Sum(1).Cast(DType.Float32));
        yield return Case("parts of bytes", d => Parts(d).Cast(DType.Float32));

        static TestCaseData Case(string name, Func<string, Tensor> program, DType? to = null) =>
            new TestCaseData((Func<string, Tensor>)(d => to is null ? program(d) : program(d).Cast(to))).SetName($"WEBGPU: {name}");
    }

    [TestCaseSource(nameof(Programs))]
    public void GivesWhatTheCpuGives(Func<string, Tensor> program)
    {
        var expected = program("CPU").ToArray<float>();
        Assert.That(program("WEBGPU").ToArray<float>(), Is.EqualTo(expected).Within(2e-5f).Percent.Or.EqualTo(expected).Within(1e-5f));
    }

    [Test]
    public void Random_numbers_are_those_of_the_cpu()
    {
        static float[] Draw(string device)
        {
            Tensor.ManualSeed(7);
            return Tensor.Rand([1000], null, device).ToArray<float>();
        }

        Assert.That(Draw("WEBGPU"), Is.EqualTo(Draw("CPU")));
    }

    [Test]
    public void Doubles_are_refused()
    {
        Assert.That(() => Tensor.From<double>([1, 2], "WEBGPU").Realize(), Throws.InstanceOf<TenonException>().With.Property("Code").EqualTo("TEN5004"));
    }

    // A view that begins within a word, stored to and read.
    private static Tensor Parts(string device)
    {
        var bytes = Tensor.From<byte>([.. Enumerable.Range(0, 23).Select(i => (byte)(i * 11))], device).Realize();
        bytes[3..10] = bytes[5..12] + 1;
        return bytes[1..22] + bytes[2..23];
    }

    private static Tensor Cat(params Tensor[] tensors) => Tensor.Cat(tensors, 0);

    private static Tensor Numbers(string device, params int[] shape)
    {
        var count = shape.Aggregate(1, (a, b) => a * b);
        return Tensor.From<float>([.. Enumerable.Range(0, count).Select(i => ((i * 7919 + 13) % 101 - 50) / 50f)], [.. shape.Select(s => (SymInt)s)], device);
    }
}
