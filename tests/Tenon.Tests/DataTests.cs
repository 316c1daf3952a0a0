using System.Numerics;
using System.Numerics.Tensors;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class DataTests
{
    [Test]
    public void ArraysOfAnyRankBecomeTensors()
    {
        Tensor matrix = new[,] { { 1f, 2, 3 }, { 4, 5, 6 } };
        Expect(matrix, [1, 2, 3, 4, 5, 6], shape: [2, 3]);
        var jagged = Tensor.FromArray(new[] { new[] { 1, 2 }, [3, 4], [5, 6] });
        Expect(jagged, [1, 2, 3, 4, 5, 6], shape: [3, 2]);
        Assert.That(jagged.DType, Is.EqualTo(DType.Int32));
        var mixed = Tensor.FromArray(new[] { new[,] { { 1.0 }, { 2 } }, new[,] { { 3.0 }, { 4 } } });
        Expect(mixed, [1, 2, 3, 4], shape: [2, 2, 1]);
        Expect(Tensor.FromArray(new Half[2, 1, 1, 1, 2]), [0, 0, 0, 0], shape: [2, 1, 1, 1, 2]);
        Expect(Tensor.FromArray(Array.Empty<float[,]>()), [], shape: [0, 0, 0]);
        Expect(Tensor.FromArray(new float[3][] { [], [], [] }), [], shape: [3, 0]);
        ExpectError("TEN3110", () => Tensor.FromArray(new[] { new[] { 1 }, [2, 3] }));
        ExpectError("TEN3110", () => Tensor.FromArray(new[] { new[] { 1 }, null! }));
        ExpectError("TEN3002", () => Tensor.FromArray(new[] { "a" }));
    }

    [Test]
    public void TensorsBecomeArraysOfTheirShape()
    {
        var x = Tensor.Arange(6).Reshape(1, 2, 3) * 2;
        Assert.That(x.ToNDArray<int>(), Is.EqualTo(new[, ,] { { { 0, 2, 4 }, { 6, 8, 10 } } }));
        Assert.That(x.Flatten().ToNDArray<int>(), Is.EqualTo(new[] { 0, 2, 4, 6, 8, 10 }));
        Assert.That(((Tensor)7).ToNDArray<int>(), Is.EqualTo(new[] { 7 }));
        Assert.That(Tensor.Zeros(2, 0).ToNDArray<float>(), Has.Length.Zero);
        ExpectError("TEN3066", () => x.ToNDArray<float>());
    }

    [Test]
    public void SpansAreFilledAndRead()
    {
        var x = Tensor.Create<float>([2, 3], static span =>
        {
            for (var i = 0; i < 2; i++)
            {
                for (var j = 0; j < 3; j++)
                {
                    span[i, j] = 10 * i + j;
                }
            }
        });
        Expect(x, [0, 1, 2, 10, 11, 12], shape: [2, 3]);
        var sum = 0f;
        (x + 1).Read<float>(span =>
        {
            Assert.That((span.Rank, (int)span.FlattenedLength), Is.EqualTo((2, 6)));
            sum = span[1, 2] + System.Numerics.Tensors.Tensor.Sum(span);
        });
        Assert.That(sum, Is.EqualTo(13 + 42));
        x[1].Read<float>(static span => Assert.That(span[1], Is.EqualTo(11)));
        Tensor.Zeros(0, 2).Read<float>(static span => Assert.That((int)span.FlattenedLength, Is.Zero));
        ((Tensor)5).Read<int>(static span => Assert.That((int)span.FlattenedLength, Is.EqualTo(1)));
        Expect(Tensor.Create<int>([0], static _ => { }), []);
        ExpectError("TEN3066", () => x.Read<int>(static _ => { }));
    }

    [Test]
    public void SpansAreCopied()
    {
        int[] values = [1, 2, 3, 4, 5, 6];
        Expect(Tensor.From(new ReadOnlyTensorSpan<int>(values, [2, 3])), [1, 2, 3, 4, 5, 6], shape: [2, 3]);
        Expect(Tensor.From(new ReadOnlyTensorSpan<int>(values, [2, 2], [3, 1])), [1, 2, 4, 5], shape: [2, 2]);
    }

    [Test]
    public void MemoryIsLent()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        var span = new ReadOnlyTensorSpan<float>(values, [2, 3]);
        Tensor? kept = null;
        var sum = Tensor.Over(span, x =>
        {
            Expect(x, [1, 2, 3, 4, 5, 6], shape: [2, 3]);
            kept = x * 3;
            var changed = x.Sum(0);
            x[0] = 9;
            x.Assign(x + 1).Realize();
            Expect(x, [10, 10, 10, 5, 6, 7]);
            return changed;
        });
        Expect(sum, [5, 7, 9]);
        Assert.That(values, Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
        // Elsewhere it is a copy.
        if (MemoryIsUsedWhereItLies())
        {
            ExpectError("TEN3119", () => kept!.Realize());
        }

        Expect(Tensor.Over(new ReadOnlyTensorSpan<float>(values, [2, 2], [3, 1]), static x => x * 2), [2, 4, 8, 10], shape: [2, 2]);
        Assert.That(Tensor.Over(new ReadOnlyTensorSpan<float>(values), static x => x.Max().Item<float>()), Is.EqualTo(6));
        Assert.Throws<InvalidOperationException>(() => Tensor.Over<float, int>(new ReadOnlyTensorSpan<float>(values), static _ => throw new InvalidOperationException()));
    }

    [Test]
    public async Task ValuesAreComputedOnAnotherThread()
    {
        var x = await (Tensor.Ones(3) * 2).RealizeAsync();
        Assert.That(x.IsRealized);
        Expect(x, [2, 2, 2]);
        var (a, b) = (Tensor.Ones(2) + 1, Tensor.Ones(2) + 2);
        await Tensor.RealizeAsync([a, b]);
        Assert.That(a.IsRealized && b.IsRealized);
        Assert.That(async () => await (Tensor.Ones(3) * 5).RealizeAsync(new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void TextShowsWhatIsAtHand()
    {
        var device = TensorExecutor.Current.DefaultDevice;
        Text(Tensor.Ones(2) * 1.5, "Tensor [2] float32 (any device)");
        Text((Tensor.Ones(2) * 1.5).Realize(), $"Tensor [2] float32 {device} [1.5000, 1.5000]");
        Text((Tensor)3, "Tensor [] int32 (any device) 3");
        Text(Tensor.From<double>([1, -20, double.NaN, double.NegativeInfinity], [2, 2]), $"Tensor [2, 2] float64 {device}\n[[  1., -20.],\n [ nan, -inf]]");
        Text(Tensor.From<double>([1e-6, 1]), $"Tensor [2] float64 {device} [1.0000e-06, 1.0000e+00]");
        Text(Tensor.From<bool>([true, false], [1, 2, 1]), $"Tensor [1, 2, 1] bool {device}\n[[[ true],\n  [false]]]");
        Text(Tensor.From<int>([1, 2, 3, 4], [2, 1, 2]), $"Tensor [2, 1, 2] int32 {device}\n[[[1, 2]],\n\n [[3, 4]]]");
        Text(Tensor.From<int>([1, 2, 3, 4], [2, 2])[1], $"Tensor [2] int32 {device} [3, 4]");
        Text(Tensor.Zeros(0, 3), "Tensor [0, 3] float32 (any device)");
        Text(Tensor.From<Complex>([new(1, -2.5), new(0.5, 0)]), $"Tensor [2] complex64 {device} [1.0000-2.5000j, 0.5000+0.0000j]");
        Text(Tensor.FromBytes([0x21, 0xf3], DType.Int4, [4]), $"Tensor [4] int4 {device} [ 1,  2,  3, -1]");
        var large = Tensor.Arange(4000).Reshape(4, 1000).Realize().ToString();
        Assert.That(large, Is.EqualTo($"Tensor [4, 1000] int32 {device}").Or.Contains("[   0,    1,    2, ...,  997,  998,  999],\n [1000"));
    }

    [Test]
    public void SymbolicSizesGiveBoundElements()
    {
        var n = new Variable("n", 1, 5).Bind(3);
        var x = (Tensor.Arange(n) + 1).Realize();
        Assert.That(x.ToArray<int>(), Is.EqualTo(new[] { 1, 2, 3 }));
        x.Read<int>(static span => Assert.That((span.Rank, span[2]), Is.EqualTo((1, 3))));
        var packed = (Tensor.Arange(n) + 1).Cast(DType.Int4).Realize();
        Assert.That(packed.ToBytes(), Is.EqualTo(new byte[] { 0x21, 0x03 }));
        Expect(packed * 2, [2, 4, 6]);
    }

    private static unsafe bool MemoryIsUsedWhereItLies()
    {
        var value = 0f;
        return TensorExecutor.Current.TryLend((nint)(&value), DType.Float32, 1, TensorExecutor.Current.DefaultDevice, static _ => { });
    }

    private static void Text(Tensor x, string expected) => Assert.That(x.ToString(), Is.EqualTo(expected));
}
