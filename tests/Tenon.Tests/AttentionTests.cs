using Tenon.NN;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class AttentionTests
{
    private const int Heads = 4, Length = 5, Keys = 7, Size = 6, Width = 3;

    [TestCase(false)]
    [TestCase(true)]
    public void EachQueryWeighsTheValuesThatItSees(bool causal)
    {
        var (q, k, v) = Operands(Heads);
        Expect(q.ScaledDotProductAttention(k, v, isCausal: causal), Expected(q, k, v, (i, j) => causal && j > i ? double.NegativeInfinity : 0), 1e-5);
    }

    [Test]
    public void MasksChooseOrAdd()
    {
        var (q, k, v) = Operands(Heads);
        var seen = Sample(DType.Float32, 4, Length, Keys) > -1.0;
        var added = Sample(DType.Float32, 5, Length, Keys);
        var (choice, sum) = (seen.Values(), added.Values());
        Expect(q.ScaledDotProductAttention(k, v, seen), Expected(q, k, v, (i, j) => choice[i * Keys + j] != 0 ? 0 : double.NegativeInfinity), 1e-5);
        Expect(q.ScaledDotProductAttention(k, v, added), Expected(q, k, v, (i, j) => sum[i * Keys + j]), 1e-5);
    }

    [Test]
    public void GroupedQueriesShareKeysAndValues()
    {
        var (q, k, v) = Operands(2);
        var repeated = q.ScaledDotProductAttention(Repeated(k), Repeated(v), isCausal: true);
        Expect(q.ScaledDotProductAttention(k, v, isCausal: true, groupedQueries: true), repeated, 1e-6);

        var mask = Sample(DType.Float32, 6, 2, Heads, Length, Keys);
        Expect(q.ScaledDotProductAttention(k, v, mask, groupedQueries: true), q.ScaledDotProductAttention(Repeated(k), Repeated(v), mask), 1e-6);
        ExpectError("TEN3086", () => q.ScaledDotProductAttention(k, v, mask, isCausal: true));
        ExpectError("TEN3087", () => q.ScaledDotProductAttention(k[Tensor.Ellipsis, ..1, .., ..], v, groupedQueries: true));
    }

    [Test]
    public void RotationsKeepLengthsAndDependOnDistancesOnly()
    {
        var rotary = new RotaryEmbedding(Size, 16, theta: 100);
        var (a, b) = (Sample(DType.Float32, 1, 1, Size), Sample(DType.Float32, 2, 1, Size));
        Expect(rotary.Apply(a), a);
        Expect(rotary.Apply(a, 9).Square().Sum(), a.Square().Sum(), 1e-5);
        Expect((rotary.Apply(a, 9) * rotary.Apply(b, 4)).Sum(), (rotary.Apply(a, 7) * rotary.Apply(b, 2)).Sum(), 1e-5);

        // One pair by hand: the second of the three at position 3 turns by 3 · 100^(-2/6).
        var angle = 3 * Math.Pow(100, -2 / 6.0);
        var (x, y) = (a.Values()[2], a.Values()[3]);
        Expect(rotary.Apply(a, 3)[0, 2..4], [x * Math.Cos(angle) - y * Math.Sin(angle), y * Math.Cos(angle) + x * Math.Sin(angle)], 1e-5);
        ExpectError("TEN3084", () => _ = new RotaryEmbedding(5, 4));
        ExpectError("TEN3085", () => rotary.Apply(a, 16));
    }

    [Test]
    public void NormAndTable()
    {
        var x = Sample(DType.Float32, 1, 3, 4);
        Expect(x.RmsNorm(x[0]), x / (x.Square().Mean(-1, keepDim: true) + 1e-5).Sqrt() * x[0], 1e-5);

        var table = new Embedding(5, 3);
        var rows = table.Forward(Tensor.From<int>([4, 0, -6, 5], [2, 2])).Values();
        var weight = table.Weight.Values();
        Assert.That(rows, Is.EqualTo((double[])[.. weight[12..15], .. weight[..3], 0, 0, 0, 0, 0, 0]));
    }

    private static (Tensor Query, Tensor Key, Tensor Value) Operands(int heads) =>
        (Sample(DType.Float32, 1, 2, Heads, Length, Size), Sample(DType.Float32, 2, 2, heads, Keys, Size), Sample(DType.Float32, 3, 2, heads, Keys, Width));

    // Head h of the queries takes head h / 2.
    private static Tensor Repeated(Tensor x) => x.Unsqueeze(2).Expand(2, 2, 2, x.Size(2), x.Size(3)).Reshape(2, Heads, x.Size(2), x.Size(3));

    private static double[] Expected(Tensor query, Tensor key, Tensor value, Func<int, int, double> mask)
    {
        var (q, k, v) = (query.Values(), key.Values(), value.Values());
        var result = new double[2 * Heads * Length * Width];
        for (var h = 0; h < 2 * Heads; h++)
        {
            for (var i = 0; i < Length; i++)
            {
                var weights = Enumerable.Range(0, Keys).Select(j => Math.Exp(mask(i, j)
                    + Enumerable.Range(0, Size).Sum(d => q[(h * Length + i) * Size + d] * k[(h * Keys + j) * Size + d]) / Math.Sqrt(Size))).ToArray();
                for (var w = 0; w < Width; w++)
                {
                    result[(h * Length + i) * Width + w] = Enumerable.Range(0, Keys).Sum(j => weights[j] * v[(h * Keys + j) * Width + w]) / weights.Sum();
                }
            }
        }

        return result;
    }
}
