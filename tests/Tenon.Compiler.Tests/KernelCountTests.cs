using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>How many kernels well-known expressions become.</summary>
public class KernelCountTests
{
    private Tensor _x, _w, _c, _image, _filter, _bias;

    [OneTimeSetUp]
    public void MakeInputs()
    {
        (_x, _w, _c) = (Tensor.Rand([128, 256]), Tensor.Rand([256, 64]), Tensor.Rand([64]));
        (_image, _filter, _bias) = (Tensor.Rand([8, 3, 32, 32]), Tensor.Rand([16, 3, 5, 5]), Tensor.Rand([16]));
        Tensor.Realize(_x, _w, _c, _image, _filter, _bias);
    }

    private static IEnumerable<string> Names => KernelCountCases.All.Select(c => c.Name);

    [TestCaseSource(nameof(Names))]
    public void What_is_watched(string name)
    {
        var expression = KernelCountCases.All.Single(c => c.Name == name);
        var kernels = expression.Kernels();
        Assert.That(kernels, Has.Count.EqualTo(expression.Ours), () => string.Join('\n', kernels.Select(k => k.Dump())));
        Assert.That(expression.Ours, Is.LessThanOrEqualTo(expression.Tinygrad));
    }

    [TestCase("arange")]
    [TestCase("one-hot")]
    [TestCase("gather")]
    [TestCase("embedding")]
    [TestCase("triangular mask")]
    public void What_picks_by_index_is_index_arithmetic(string name)
    {
        var kernel = KernelCountCases.All.Single(c => c.Name == name).Kernels().Single();
        Assert.That(kernel.TopologicalOrder().Select(u => u.Op), Has.No.Member(Ops.Reduce));
    }

    [Test]
    public void Softmax_over_the_first_axis_is_one_kernel() => Assert.That(Count(_x.Softmax(0)), Is.EqualTo(1));

    [Test]
    public void A_linear_layer_with_activation_is_one_kernel() => Assert.That(Count((_x.MatMul(_w) + _c).Relu()), Is.EqualTo(1));

    [Test]
    public void A_convolution_with_bias_and_activation_is_one_kernel() => Assert.That(Count(_image.Conv2d(_filter, _bias).Relu()), Is.EqualTo(1));

    [Test]
    public void Chains_of_arithmetic_and_movement_are_one_kernel() =>
        Assert.That(Count(((_x + 1) * 2).T.Reshape(256, 2, 64).Flip(1).Exp().Sqrt()), Is.EqualTo(1));

    [Test]
    public void What_is_stored_costs_nothing()
    {
        var stored = (_x * 2).Realize();
        Assert.That(Count(stored.Reshape(-1)), Is.Zero);
        Assert.That(Count(stored + 1), Is.EqualTo(1));
    }

    [Test]
    public void Values_that_share_loops_are_outputs_of_one_kernel()
    {
        var exp = _x.Exp();
        Assert.That(Count(exp, exp + 1), Is.EqualTo(1));
    }

    [Test]
    public void A_large_sum_over_everything_is_two_kernels_of_which_the_first_is_parallel()
    {
        var sum = Tensor.Ones(1024, 1024).Contiguous().Realize().Sum();
        Assert.That(Count(sum), Is.EqualTo(2));
        Assert.That(sum.Item<float>(), Is.EqualTo(1024 * 1024));
    }

    [Test]
    public void A_sum_over_everything_does_not_make_its_user_serial() => Assert.That(Count(_x / _x.Sum()), Is.EqualTo(2));

    [Test]
    public void Equal_layers_share_one_program()
    {
        var (a, b) = (Tensor.Rand([64, 64]), Tensor.Rand([64, 64]));
        Tensor.Realize(a, b);
        var kernels = Schedule(_w.MatMul(a).Relu().MatMul(b).Relu()).Calls.Select(c => c.Kernel).ToList();
        Assert.That(kernels, Has.Count.EqualTo(2));
        Assert.That(kernels[0], Is.SameAs(kernels[1]));
    }

    private static int Count(params Tensor[] tensors) => Schedule(tensors).Calls.Count;

    // What the terms of the products are made of was counted once for each way to it, and the products stored in its place.
    [Test]
    public void ProductsOfMatricesAreNotStored([Values] bool isBackward)
    {
        Tensor Empty(params long[] shape) => Tensor.Empty(shape, device: KernelCountCase.Device);
        var (x, w1, w2) = (Empty(256, 64), Empty(64, 64), Empty(64, 64));
        Func<Tensor, Tensor>[] activations = [t => t.Tanh(), t => t.Gelu(), t => t.Gelu(approximate: true), t => t.Erf(), t => t.Elu(), t => t.Silu()];
        foreach (var f in activations)
        {
            var y = f(f(x.MatMul(w1)).MatMul(w2));
            var schedule = Schedule(isBackward ? y.Square().Sum().Gradient(w1, w2) : [y]);
            Assert.That(schedule.Slots.Max(s => s.Size), Is.EqualTo(256 * 64));
            Assert.That(schedule.Calls, Has.Count.EqualTo(isBackward ? 5 : 2));
        }
    }

    private static Schedule Schedule(params Tensor[] tensors) => TenonRuntime.Default.Schedule([.. tensors.Select(t => (t.Node, t.Device))]);
}
