using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Loops that are only taken apart again become two.</summary>
public class RangeSplittingTests
{
    [TestCase(2, 0)]
    [TestCase(4, 1)]
    [TestCase(3, 1)]
    public void A_transposed_convolution_skips_the_zeros_of_its_stride_and_divides_no_index(int kernel, int padding)
    {
        var (x, w) = (Tensor.Rand([1, 4, 6, 6]).Realize(), Tensor.Rand([4, 5, kernel, kernel]).Realize());
        var y = x.ConvTranspose2d(w, stride: 2, padding: padding, outputPadding: kernel - 2 * padding == 1 ? 1 : 0);
        Assert.That(y.Shape.ToArray(), Is.EqualTo(new[] { 1, 5, 12, 12 }));
        var product = Kernels(y).Single(k => k.TopologicalOrder().Exists(u => u.Op == Ops.Reduce));
        var ops = product.TopologicalOrder();
        Assert.That(ops.Select(u => u.Op), Has.No.Member(Ops.FloorDiv).And.No.Member(Ops.FloorMod));

        // Only what is cut off before the first output, if it is no whole number of steps, costs zeros.
        var taps = (kernel + padding + 1) / 2;
        Assert.That(ops.Where(u => u.Op == Ops.Range).Aggregate(1L, (n, r) => n * r[0].Max), Is.EqualTo(5 * 12 * 12 * 4 * taps * taps));
    }

    [Test]
    public void Where_nothing_is_reduced_what_is_stored_stays_contiguous()
    {
        var x = Tensor.Rand([3, 5, 7]).Realize();
        var y = x.Reshape(3, 5, 1, 7, 1).Expand(3, 5, 2, 7, 2).Reshape(3, 10, 14);
        Assert.That(Kernels(y).Single().TopologicalOrder().Where(u => u.Op == Ops.Range).Select(r => r[0].Max), Has.No.Member(2));
        var source = x.ToArray<float>();
        Assert.That(y.ToArray<float>(), Is.EqualTo(Enumerable.Range(0, 3 * 10 * 14).Select(i => source[i / 140 * 35 + i % 140 / 14 / 2 * 7 + i % 14 / 2])));
    }

    private static List<UOp> Kernels(Tensor tensor) => [.. TenonRuntime.Default.Schedule([(tensor.Node, tensor.Device)]).Calls.Select(c => c.Kernel!)];
}
