using Tenon.Compiler;
using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.EndToEnd;

/// <summary>Sums of products of bytes, which some processors have instructions for.</summary>
[NonParallelizable]
internal sealed class DotProductTests
{
    private static readonly (bool A, bool B)[] Signs = [(false, true), (true, false), (true, true), (false, false)];

    [TestCase("CLR", 64, false)]
    [TestCase("CLR", 39, true)]
    [TestCase("Clang", 39, false)]
    [TestCase("LLVM", 39, false)]
    [TestCase("LLVM", 64, true)]
    public void ProductsAreExact(string generator, int k, bool transposed)
    {
        const int M = 30, N = 37;
        Generators.Require(generator);
        Generators.Run(generator, () => Array.TrueForAll(Signs, signed =>
        {
            var (a, b) = (Numbers(M * k, signed.A, 1), Numbers(N * k, signed.B, 2));
            var (x, y) = (Bytes(a, signed.A, M, k), transposed ? Bytes(b, signed.B, N, k).T : Bytes(b, signed.B, k, N));
            var product = Result(x.Cast(DType.Int32).MatMul(y.Cast(DType.Int32)));
            for (var i = 0; i < product.Length; i++)
            {
                var sum = 0;
                for (var j = 0; j < k; j++)
                {
                    sum += a[i / N * k + j] * (transposed ? b[i % N * k + j] : b[j * N + i % N]);
                }

                Assert.That(product[i], Is.EqualTo(sum), $"{signed}: {i / N}, {i % N}");
            }

            return true;
        }));
    }

    [TestCase("CLR")]
    [TestCase("LLVM")]
    public void ConvolutionsAreExact(string generator)
    {
        const int From = 18, To = 20, Size = 9;
        Generators.Require(generator);
        Generators.Run(generator, () => Array.TrueForAll(Signs, signed =>
        {
            var (image, weights) = (Numbers(From * Size * Size, signed.A, 3), Numbers(To * From * 9, signed.B, 4));
            var (x, w) = (Bytes(image, signed.A, 1, From, Size, Size), Bytes(weights, signed.B, To, From, 3, 3));

            // Whole numbers that float64 holds.
            var expected = x.Cast(DType.Float64).Conv2d(w.Cast(DType.Float64), padding: 1).ToArray<double>();
            Assert.That(Result(x.Cast(DType.Int32).Conv2d(w.Cast(DType.Int32), padding: 1)), Is.EqualTo(expected), $"{signed}");
            return true;
        }));
    }

    // A target that lists the op is given it.
    private static int[] Result(Tensor result)
    {
        var (runtime, device) = (TenonRuntime.Default!, TenonRuntime.Default!.Devices.Open("CPU"));
        var target = device.Generator.Target;
        var kernels = runtime.Schedule([(result.Node, device.Name)]).Calls.Where(c => c.Kernel is not null).Select(c => c.Kernel!);
        var dots = kernels.Sum(k => KernelCompiler.Compile(k, device.Capabilities, target).Ops.Count(u => u.Op == Ops.Dot4));
        Assert.That(dots, target.ExtraOps.Contains(Ops.Dot4) ? Is.Positive : Is.Zero);
        return result.ToArray<int>();
    }

    private static Tensor Bytes(int[] numbers, bool signed, params long[] shape) =>
        (signed ? Tensor.From(Array.ConvertAll(numbers, n => (sbyte)n)) : Tensor.From(Array.ConvertAll(numbers, n => (byte)n))).Reshape(shape).Realize();

    // The greatest come first, as products and sums of them saturate where an instruction does.
    private static int[] Numbers(int count, bool signed, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => i < count / 3 ? (signed ? -128 : 255) : signed ? random.Next(-128, 128) : random.Next(256))];
    }
}
