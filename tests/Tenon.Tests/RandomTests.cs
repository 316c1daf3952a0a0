using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

[NonParallelizable]
internal sealed class RandomTests
{
    [Test]
    public void EqualSeedsGiveEqualNumbers()
    {
        Tensor.ManualSeed(7);
        var first = Tensor.Rand(5).Values();
        var second = Tensor.Rand(5).Values();
        Tensor.ManualSeed(7);
        var elsewhere = Tensor.Rand([10], null, "CPU:1");
        Assert.That(elsewhere.Values(), Is.EqualTo(first.Concat(second)));
        Assert.That(first, Is.Not.EqualTo(second));
        Tensor.ManualSeed(8);
        Assert.That(Tensor.Rand(5).Values(), Is.Not.EqualTo(first));
    }

    // The known answers of Random123 for threefry2x32, 20 rounds.
    [TestCase(0x0UL, 0x0UL, 0x99ba4efe6b200159UL)]
    [TestCase(ulong.MaxValue, ulong.MaxValue, 0xbb002be71cb996fcUL)]
    [TestCase(0x85a308d3243f6a88UL, 0x0370734413198a2eUL, 0x483df7a0c4923a9cUL)]
    public void ThreefryHasTheKnownAnswers(ulong counter, ulong key, ulong expected)
    {
        var node = Core.UOp.Alu(Core.Ops.Threefry, Tensor.From<ulong>([counter]).Node, Tensor.From<ulong>([key]).Node);
        Assert.That(new Tensor(node, "CPU").Item<ulong>(), Is.EqualTo(expected));
        Assert.That(Core.Threefry.Apply(counter, key), Is.EqualTo(expected));
    }

    [Test]
    public void DistributionsHaveTheirMoments()
    {
        Tensor.ManualSeed(1);
        var uniform = Tensor.Rand(4000).Values();
        Assert.That(uniform, Is.All.InRange(0, 1 - 1e-9));
        Assert.That(uniform.Average(), Is.EqualTo(0.5).Within(0.02));
        var normal = Tensor.Randn([4000], DType.Float64).Values();
        Assert.That(normal.Average(), Is.EqualTo(0).Within(0.06));
        Assert.That(normal.Average(v => v * v), Is.EqualTo(1).Within(0.08));
        Assert.That(normal.Average(v => v * v * v * v), Is.EqualTo(3).Within(0.5));
        var integers = Tensor.RandInt(-3, 4, [4000]).ToArray<int>();
        Assert.That(integers.Distinct().Order(), Is.EqualTo(Enumerable.Range(-3, 7)));
        Assert.That(integers.Average(), Is.EqualTo(0).Within(0.15));
        Assert.That(Tensor.Uniform(2, 3, [100]).Values(), Is.All.InRange(2, 3));
        Assert.That(Tensor.Rand([100], DType.BFloat16).Values(), Is.All.LessThan(1));
        ExpectError("TEN3068", () => Tensor.RandInt(3, 3, [1]));
        ExpectError("TEN3070", () => Tensor.Rand([1], DType.Int32));
    }

    [Test]
    public void PermutationsHoldEachNumberOnce()
    {
        Tensor.ManualSeed(3);
        var order = Tensor.RandPerm(50).ToArray<int>();
        Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, 50)));
        Assert.That(order, Is.Not.Ordered);
    }

    [Test]
    public void DropoutKeepsTheMean()
    {
        Tensor.ManualSeed(5);
        var y = Tensor.Ones(4000).Dropout(0.25).Values();
        Assert.That(y.Distinct().Order(), Is.EqualTo(new[] { 0, (double)(float)(1 / 0.75) }));
        Assert.That(y.Average(), Is.EqualTo(1).Within(0.05));
        Expect(Tensor.Ones(3).Dropout(1), [0, 0, 0]);
    }

    [Test]
    public void CallsOfOneShapeAreOneProgram()
    {
        static string Program(Tensor x) => string.Join(' ', x.Node.TopologicalOrder().Where(n => n.Op != Core.Ops.Buffer).Select(n => $"{n.Op}{n.Arg}"));
        var (first, second) = (Tensor.Rand(8), Tensor.Rand(8));
        Assert.That(Program(first), Is.EqualTo(Program(second)));
    }
}
