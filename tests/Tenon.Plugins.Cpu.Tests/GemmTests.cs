using System.Diagnostics;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.Cpu.Tests;

internal sealed class GemmTests
{
    private const int K = 256;

    [TestCase(14, 2)]
    [TestCase(12, 2)]
    [TestCase(6, 2)]
    [TestCase(4, 3)]
    public void RegisterTileMultiplies(int rows, int columns)
    {
        using var device = TestHost.Open(("threads", "1"));
        var target = device.CodeGenerators[0].Target;
        if (target.VectorBytes == 0 || !target.ExtraOps.Contains(Ops.MulAcc))
        {
            Assert.Ignore("This machine has no fused multiply-add of vectors.");
        }

        const int Repeat = 20_000;
        var lanes = target.VectorBytes / 4;
        var n = columns * lanes;
        var program = Tile(rows, columns, lanes, Repeat);
        var random = new Random(1);
        var (a, b) = (new float[K * rows], new float[K * n]);
        foreach (var array in new[] { a, b })
        {
            for (var i = 0; i < array.Length; i++)
            {
                array[i] = random.NextSingle() - 0.5f;
            }
        }

        var kernel = device.CodeGenerators[0].Generate(program);
        var start = Stopwatch.GetTimestamp();
        using var loaded = device.Load(kernel);
        var compile = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        using var bufferA = KernelRunner.Upload(device, KernelRunner.Bytes<float>(a));
        using var bufferB = KernelRunner.Upload(device, KernelRunner.Bytes<float>(b));
        using var bufferC = device.Allocator.Allocate(rows * n * 4);
        start = Stopwatch.GetTimestamp();
        loaded.Launch([KernelRunner.Whole(bufferA), KernelRunner.Whole(bufferB), KernelRunner.Whole(bufferC)]);
        device.Synchronize();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var result = new byte[bufferC.Bytes];
        device.Allocator.CopyOut(KernelRunner.Whole(bufferC), result);
        Assert.That(KernelRunner.Values<float>(result), Is.EqualTo(Expected(a, b, rows, n)).Within(1e-4f));
        TestContext.Out.WriteLine($"{rows}x{n} tile, K = {K}: {2.0 * rows * n * K * Repeat / seconds / 1e9:F1} GFLOPS, compiled in {compile:F2} ms");
    }

    private static float[] Expected(float[] a, float[] b, int rows, int n)
    {
        var c = new float[rows * n];
        for (var i = 0; i < c.Length; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < K; k++)
            {
                sum += (double)a[k * rows + i / n] * b[k * n + i % n];
            }

            c[i] = (float)sum;
        }

        return c;
    }

    // c[r, j] = sum over k of a[k, r] · b[k, j], for each work item again.
    private static LinearProgram Tile(int rows, int columns, int lanes, long repeat)
    {
        var n = columns * lanes;
        var (a, b, c) = (Kernels.Param(0, DType.Float32, K * rows), Kernels.Param(1, DType.Float32, K * n), Kernels.Param(2, DType.Float32, rows * n));
        var sums = Enumerable.Range(0, rows * columns).Select(i => Kernels.Accumulator(UOp.New(Ops.Const, DType.Float32.Vec(lanes), [], (Scalar)0f), i)).ToArray();
        var loop = Kernels.Range(Kernels.Int(K), 0);
        var atA = Kernels.At(a, UOp.Alu(Ops.Mul, loop, Kernels.Int(rows)));
        var atB = Kernels.At(b, UOp.Alu(Ops.Mul, loop, Kernels.Int(n)));
        var assigns = sums.Select((sum, i) => Kernels.Assign(sum, UOp.New(Ops.MulAcc, sum.DType, [
            Kernels.Splat(Kernels.Load(Kernels.At(atA, Kernels.Int(i / columns))), lanes),
            Kernels.Load(Kernels.At(atB, Kernels.Int(i % columns * lanes)), lanes),
            sum]))).ToArray();
        var stores = assigns.Select((sum, i) => Kernels.Store(Kernels.At(c, Kernels.Int(i * lanes)), sum));
        return Kernels.Program($"tile_{rows}x{n}", repeat, [Kernels.Special(repeat), .. sums, loop, .. assigns, Kernels.End(loop), .. stores]);
    }
}
