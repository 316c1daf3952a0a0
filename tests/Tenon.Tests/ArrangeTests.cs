using static Tenon.Tensor;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Composed movement, creation and products. Expected numbers are PyTorch's and NumPy's.</summary>
internal sealed class ArrangeTests
{
    private static readonly Tensor X = Arange(6).Reshape(2, 3);

    [Test]
    public void Diagonals_and_triangles()
    {
        Expect(X.Diagonal(), [0, 4]);
        Expect(X.Diagonal(1), [1, 5]);
        Expect(X.Diagonal(-1), [3]);
        Assert.That(X.Diagonal(3).Count, Is.Zero);
        Expect(Arange(12).Reshape(2, 3, 2).Diagonal(0, 0, 2), [0, 7, 2, 9, 4, 11], shape: [3, 2]);
        Expect(Arange(2).DiagEmbed(1), [0, 0, 0, 0, 0, 1, 0, 0, 0], shape: [3, 3]);
        Expect((X + 1).DiagEmbed(0, 0, 2), [1, 0, 0, 4, 0, 0, 0, 2, 0, 0, 5, 0, 0, 0, 3, 0, 0, 6], shape: [3, 2, 3]);
        Expect(X.Diag(), [0, 4]);
        Expect(Of([2], 5, 6).Diag(-1), [0, 0, 0, 5, 0, 0, 0, 6, 0]);
        Expect(X.Trace(), [4]);
        Expect(X.Tril(), [0, 0, 0, 3, 4, 0]);
        Expect(X.Triu(1), [0, 1, 2, 0, 0, 5]);
        Expect(TrilIndices(2, 2), [0, 1, 1, 0, 0, 1], shape: [2, 3]);
        Expect(TriuIndices(2, 3, 1), [0, 0, 1, 1, 2, 2]);
        Expect(BlockDiag(Of([1, 2], 1, 2), 3, Of([2, 1], 4, 5)), [1, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 5], shape: [4, 4]);
        Expect(Full([2, 2], double.NaN).Tril()[0, 1], [0]);
        ExpectError("TEN3159", () => Zeros(2, 2, 2).Diag());
    }

    [Test]
    public void Axes_move_and_elements_turn()
    {
        Assert.That(Zeros(2, 3, 4, 5).MoveAxis([0, -1], [2, 0]).Shape.ToArray(), Is.EqualTo(new long[] { 5, 3, 2, 4 }));
        Assert.That(Zeros(2, 3, 4).MoveAxis(0, -1).Shape.ToArray(), Is.EqualTo(new long[] { 3, 4, 2 }));
        Assert.That(Zeros(2, 12).Unflatten(1, 3, -1).Shape.ToArray(), Is.EqualTo(new long[] { 2, 3, 4 }));
        Expect(X.SwapAxes(0, 1), X.T);
        Expect(X.Roll(1, 1), [2, 0, 1, 5, 3, 4]);
        Expect(X.Roll(-2), [2, 3, 4, 5, 0, 1], shape: [2, 3]);
        Expect(X.Roll([1, 4], [0, 1]), [5, 3, 4, 2, 0, 1]);
        Expect(X.Rot90(), [2, 5, 1, 4, 0, 3], shape: [3, 2]);
        Expect(X.Rot90(-1), [3, 0, 4, 1, 5, 2], shape: [3, 2]);
        Expect(X.Rot90(2), [5, 4, 3, 2, 1, 0]);
        Expect(X.FlipLr(), [2, 1, 0, 5, 4, 3]);
        Expect(X.FlipUd(), [3, 4, 5, 0, 1, 2]);
        Expect(X.Narrow(1, 1, 2), [1, 2, 4, 5]);
        Expect(X.Select(1, -1), [2, 5], shape: [2]);
        Expect(X.ShrinkTo(1, -1), [0, 1, 2], shape: [1, 3]);
        Expect(X.PadTo([-1, 4], 9), [0, 1, 2, 9, 3, 4, 5, 9], shape: [2, 4]);
        Expect(X.Tile(2), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5], shape: [2, 6]);
        Expect(X.RepeatInterleave(2, 1), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], shape: [2, 6]);
        Expect(X.RepeatInterleave(new[] { 2, 0, 1 }, 1), [0, 0, 2, 3, 3, 5], shape: [2, 3]);
        Expect(Arange(3).RepeatInterleave(new[] { 0, 0, 0 }), [], shape: [0]);
        Expect(Arange(5).Unfold(0, 3, 2), [0, 1, 2, 2, 3, 4], shape: [2, 3]);
        Expect(X.Unfold(1, 2), [0, 1, 1, 2, 3, 4, 4, 5], shape: [2, 2, 2]);
        Expect(Arange(4).Reshape(2, 2).Unfold(0, 2), [0, 2, 1, 3], shape: [1, 2, 2]);
    }

    [TestCase(PadMode.Reflect, new double[] { 2, 1, 0, 1, 2, 1 })]
    [TestCase(PadMode.Replicate, new double[] { 0, 0, 0, 1, 2, 2 })]
    [TestCase(PadMode.Circular, new double[] { 1, 2, 0, 1, 2, 0 })]
    [TestCase(PadMode.Symmetric, new double[] { 1, 0, 0, 1, 2, 2 })]
    public void Padding_takes_from_what_is_there(PadMode mode, double[] expected)
    {
        Expect(Arange(3).Pad([(2, 1)], mode), expected);
        Expect(X.Pad([(0, 0), (2, 1)], mode)[0], expected);
        Expect(X.Pad([(0, 1), (-1, 0)], mode), mode is PadMode.Replicate or PadMode.Symmetric ? [1, 2, 4, 5, 4, 5] : [1, 2, 4, 5, 1, 2]);
        var far = Arange(3).Pad([(7, 6)], mode).Values();
        var near = Arange(3).Pad([(2, 1)], mode).Values();
        Assert.That(far[5..11], Is.EqualTo(near));
        ExpectError("TEN3162", () => Zeros(0).Pad([(1, 0)], mode));
    }

    [Test]
    public void Joining_and_cutting()
    {
        Assert.That(Arange(7).TensorSplit(3).Select(t => t.Count), Is.EqualTo(new[] { 3, 2, 2 }));
        Assert.That(Arange(7).TensorSplit([2, -2, 9]).Select(t => t.Count), Is.EqualTo(new[] { 2, 3, 2, 0 }));
        Expect(HStack(Of([2], 1, 2), Of([1], 3)), [1, 2, 3]);
        Expect(HStack(X, X), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
        Expect(VStack(Of([2], 1, 2), Of([2], 3, 4)), [1, 2, 3, 4], shape: [2, 2]);
        Expect(DStack(Of([2], 1, 2), Of([2], 3, 4)), [1, 3, 2, 4], shape: [1, 2, 2]);
        Expect(ColumnStack(Of([2], 1, 2), Of([2], 3, 4)), [1, 3, 2, 4], shape: [2, 2]);
        var grid = Meshgrid([Arange(2), Arange(3)]);
        Expect(grid[0], [0, 0, 0, 1, 1, 1], shape: [2, 3]);
        Expect(Meshgrid([Arange(2), Arange(3)], xy: true)[1], [0, 0, 1, 1, 2, 2], shape: [3, 2]);
        Expect(CartesianProd(Arange(2), Of([2], 5, 6)), [0, 5, 0, 6, 1, 5, 1, 6], shape: [4, 2]);
        Expect(Of([3], 7, 8, 9).Combinations(), [7, 8, 7, 9, 8, 9], shape: [3, 2]);
        Expect(Of([2], 7, 8).Combinations(2, withReplacement: true), [7, 7, 7, 8, 8, 8], shape: [3, 2]);
        Assert.That(Of([2], 7, 8).Combinations(3).Shape.ToArray(), Is.EqualTo(new long[] { 0, 3 }));
        var zero = Cat([Of([1], -0.0), Of([1], 0)]).Values();
        Assert.That(double.IsNegative(zero[0]) && !double.IsNegative(zero[1]), Is.True);
    }

    [Test]
    public void Created()
    {
        Expect(Logspace(0, 2, 3), [1, 10, 100], 1e-6);
        Expect(Of([2], 2, 3).Vander(3), [4, 2, 1, 9, 3, 1], shape: [2, 3]);
        Expect(Of([2], 2, 3).Vander(increasing: true), [1, 2, 1, 3]);
        Expect(Arange(0, 3, dtype: DType.UInt8), [0, 1, 2]);
        Assert.That(X.EmptyLike().Shape, Is.EqualTo(X.Shape));
    }

    [Test]
    public void Products()
    {
        var y = Arange(12).Reshape(3, 4);
        Expect(X.TensorDot(y, 1), X.MatMul(y));
        Expect(X.TensorDot(X, [0, 1], [0, 1]), [55], shape: []);
        Expect(X.TensorDot(Of([1], 2), 0), (X * 2).Unsqueeze(-1));
        Expect(Arange(2).Outer(Arange(3)), [0, 0, 0, 0, 1, 2]);
        Expect(X.Inner(X), [5, 14, 14, 50]);
        Expect(Arange(2).Kron(X), [0, 0, 0, 0, 1, 2, 0, 0, 0, 3, 4, 5], shape: [2, 6]);
        Expect(Of([3], 1, 2, 3).Cross(Of([3], 4, 5, 6)), [-3, 6, -3]);
        Expect(X.VDot(X), [55]);
        Expect(Ones(2, 4).AddMm(X.Cast(DType.Float32), y.Cast(DType.Float32), 2, 0.5), [12, 13.5, 15, 16.5, 30, 36, 42, 48]);
        Expect(Full([2], double.NaN).AddMv(X.Cast(DType.Float32), Ones(3), beta: 0), [3, 12]);
        Expect(Zeros(2, 2).AddBmm(Ones(3, 2, 1), Ones(3, 1, 2)), [3, 3, 3, 3]);
        ExpectError("TEN3163", () => X.TensorDot(X, 1));
        ExpectError("TEN3163", () => X.Cross(X, 0));
    }

    [Test]
    public void Einstein_sums()
    {
        var (a, b) = (Sample(DType.Float32, 1, 2, 3, 4), Sample(DType.Float32, 2, 2, 4, 5));
        Expect(Einsum("bij,bjk->bik", a, b), a.MatMul(b), 1e-5);
        Expect(Einsum("... i j, ... j k", a, b), a.MatMul(b), 1e-5);
        Expect(Einsum("bij->jb", a), a.Sum(1).T, 1e-5);
        Expect(Einsum("ii->i", Arange(9).Reshape(3, 3)), [0, 4, 8]);
        Expect(Einsum("ii", Arange(9).Reshape(3, 3)), [12], shape: []);
        Expect(Einsum("ij,ij->", X, X), [55], shape: []);
        Expect(Einsum("i,j->ji", Arange(2), Arange(3)), [0, 0, 0, 1, 0, 2], shape: [3, 2]);
        Expect(Einsum("...i->...", X), [3, 12], shape: [2]);
        Expect(Einsum("i...,j", Arange(2).Reshape(2, 1), Arange(2)), [0, 0, 0, 1], shape: [1, 2, 2]);
        Expect(Einsum("ab,bc,cd->ad", X, X.T, X), X.MatMul(X.T).MatMul(X));
        Expect(Einsum("ba", X), X.T);
        ExpectError("TEN3164", () => Einsum("ij,jk->ik", X, X));
        ExpectError("TEN3164", () => Einsum("ij->ijk", X));
        ExpectError("TEN3164", () => Einsum("i->i", X));
        ExpectError("TEN3164", () => Einsum("ij,ij->ij", X));
    }

    [Test]
    public void Patterns_name_axes()
    {
        var x = Arange(24).Reshape(2, 3, 4);
        Expect(x.Rearrange("a b c -> c (a b)"), x.Permute(2, 0, 1).Reshape(4, 6));
        Expect(x.Rearrange("... (h w) -> ... w h", ("h", 2)), x.Reshape(2, 3, 2, 2).Permute(0, 1, 3, 2));
        Expect(x.Rearrange("a b c -> a 1 (b c) ()"), x.Reshape(2, 1, 12, 1));
        Expect(x.Rearrange("a ... -> (...) a"), x.Reshape(2, 12).T);
        Expect(x.Reduce("a b c -> b", AxisReduction.Sum), x.Sum([0, 2]));
        Expect(x.Reduce("a b (c 2) -> a b c", AxisReduction.Max), x.Reshape(2, 3, 2, 2).Max(-1));
        Expect(x.Reduce("a b c -> 1 a ()", AxisReduction.Mean), x.Mean([1, 2]).Reshape(1, 2, 1));
        Expect(x.Repeat("a b c -> a (b 2) n c", ("n", 3)), x.RepeatInterleave(2, 1).Unsqueeze(2).Expand(2, 6, 3, 4));
        Expect(Zeros(2, 1).Rearrange("a 1 -> a"), [0, 0], shape: [2]);
        foreach (var bad in (string[])["a b -> a b", "a b c", "a b c -> a b", "a b c -> a b c d", "a (b c -> a", "a (b d) c -> a b d c", "a a b -> a b", "a (b 2) c -> a b c"])
        {
            ExpectError("TEN3165", () => x.Rearrange(bad));
        }
    }

    [Test]
    public void Random_numbers_have_their_distribution()
    {
        ManualSeed(3);
        var weights = Of([2, 3], 0, 1, 3, 1, 0, 0).Realize();
        var drawn = weights.Multinomial(2000, replacement: true);
        Assert.That(drawn[1].Max().Item<int>(), Is.Zero);
        Assert.That(drawn[0].Cast(DType.Float32).Mean().Item<float>(), Is.EqualTo(1.75).Within(0.05));
        var once = Of([4], 5, 0, 1, 2).Multinomial(3).ToArray<int>();
        Assert.That(once.Order(), Is.EqualTo(new[] { 0, 2, 3 }));
        Assert.That(Exponential(2, [4000]).Mean().Item<float>(), Is.EqualTo(0.5).Within(0.04));
        Assert.That(Full([4000], 0.3).Bernoulli().Mean().Item<float>(), Is.EqualTo(0.3).Within(0.04));
        Assert.That(KaimingNormal([50, 80]).Std().Item<float>(), Is.EqualTo(Math.Sqrt(2 / 80d)).Within(0.01));
        Assert.That(ScaledUniform([10, 10]).Abs().Max().Item<float>(), Is.LessThanOrEqualTo(0.1f));
        var chosen = Of([2, 3], 0, 5, 1, 2, 2, 2).GumbelSoftmax(0.5, hard: true);
        Expect(chosen.Sum(1), [1, 1], 1e-5);
        Assert.That(chosen.Max().Item<float>(), Is.EqualTo(1).Within(1e-5));
        Assert.That(RandomBits([3]).DType, Is.EqualTo(DType.UInt32));
        ManualSeed(7);
        var first = Multinomials();
        ManualSeed(7);
        Assert.That(Multinomials(), Is.EqualTo(first));
        ExpectError("TEN3166", () => weights.Multinomial(4));

        static int[] Multinomials() => Ones(5).Multinomial(5).ToArray<int>();
    }
}
