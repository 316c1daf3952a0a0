namespace Tenon.EndToEnd;

/// <summary>States that start equal are different states.</summary>
[NonParallelizable]
public sealed class StateTests
{
    [Test]
    public void EqualZerosAreAssignedToSeparately() => Generators.Run("CLR", () =>
    {
        var (a, b) = (Tensor.Zeros(4), Tensor.Zeros(4));
        Tensor.Realize(a, b);
        a.Assign(a + 1);
        b.Assign(b + 2);
        Tensor.Realize(a, b);
        Assert.That(a.ToArray<float>(), Is.EqualTo(new[] { 1f, 1, 1, 1 }));
        Assert.That(b.ToArray<float>(), Is.EqualTo(new[] { 2f, 2, 2, 2 }));
        return true;
    });
}
