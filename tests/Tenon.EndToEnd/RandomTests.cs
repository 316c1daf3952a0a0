namespace Tenon.EndToEnd;

/// <summary>The same seed gives the same numbers, whatever code computes them.</summary>
[NonParallelizable]
public sealed class RandomTests
{
    [TestCase("Clang")]
    [TestCase("LLVM")]
    public void GeneratorsAgreeBitByBit(string generator)
    {
        Generators.Require(generator);
        Assert.That(Generators.Run(generator, Draw), Is.EqualTo(Generators.Run("CLR", Draw)));
    }

    [Test]
    public void SeedsDecide()
    {
        var first = Generators.Run("CLR", Draw);
        Assert.That(Generators.Run("CLR", Draw), Is.EqualTo(first));
        Assert.That(first.Distinct().Count(), Is.GreaterThan(first.Length * 0.99));
        Assert.That(first.Average(), Is.EqualTo(0.5).Within(0.02));
    }

    private static float[] Draw()
    {
        Tensor.ManualSeed(42);
        return [.. Tensor.Rand(1000).ToArray<float>(), .. Tensor.Rand(33, 77).ToArray<float>()];
    }
}
