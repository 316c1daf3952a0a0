using Tenon.Core;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>What assignments to parts of tensors change, and who sees it.</summary>
internal sealed class AssignTests
{
    [Test]
    public void PartsAreSetInAllWaysOfIndexing([Values] bool isStored)
    {
        var x = Numbers(isStored, 3, 4);
        x[1] = 50;
        x[0, ^1] = 60.0;
        x[2, 1..3] = Tensor.From<float>([70, 71]);
        Expect(x, [0, 1, 2, 60, 50, 50, 50, 50, 8, 70, 71, 11], shape: [3, 4]);

        x = Numbers(isStored, 3, 4);
        x[Tensor.Ellipsis, 0] = Tensor.From<int>([-1, -2, -3]);
        x[Tensor.NewAxis, 0..2, TensorIndex.Every(2, 1..4)] = Of([2, 1], 5, 6);
        Expect(x, [-1, 5, 2, 5, -2, 6, 6, 6, -3, 9, 10, 11]);
    }

    [Test]
    public void StepsGoForwardsAndBackwards([Values] bool isStored, [Values(1, 2, 3, 4, -1, -2, -3, -5)] int step, [Values(7, 8)] int size)
    {
        var x = Numbers(isStored, size);
        var expected = Enumerable.Range(0, size).Select(i => (double)i).ToArray();
        var indices = step > 0 ? Enumerable.Range(0, size).Where(i => i % step == 0) : Enumerable.Range(0, size).Reverse().Where((_, k) => k % -step == 0);
        var values = new List<float>();
        foreach (var i in indices)
        {
            values.Add(100 + values.Count);
            expected[i] = values[^1];
        }

        x[TensorIndex.Every(step)] = Tensor.From<float>([.. values]);
        Expect(x, expected);
    }

    [Test]
    public void ValuesAreConverted()
    {
        var x = Tensor.From<int>([1, 2, 3]);
        x[0] = 5.9;
        x[1..] = new[] { true, false };
        Assert.That(x.DType, Is.EqualTo(DType.Int32));
        Expect(x, [5, 1, 0]);
        var flags = Tensor.From<bool>([false, false]);
        flags[0] = 2;
        Assert.That(flags.ToArray<bool>(), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void OperatorsOnPartsWriteParts([Values] bool isStored)
    {
        var x = Numbers(isStored, 6);
        x[1..3] += 10;
        x[^2..] *= x[..2];
        x[0] -= x[5];
        Expect(x, [-55, 11, 12, 3, 0, 55]);
    }

    [Test]
    public void ViewsOfEveryKindAreAssignedThrough([Values] bool isStored)
    {
        var x = Numbers(isStored, 2, 3);
        x.T[2].Assign(9);
        x.Flip(0)[0, 0..1].Assign(Tensor.From<float>([8]));
        x.Reshape(3, 2)[1].Assign(new[] { 6f, 7 });
        x.Unsqueeze(1).Permute(2, 0, 1)[0, 0, 0].Assign(5);
        Expect(x, [5, 1, 6, 7, 4, 9]);
        x.Flatten().Assign(Tensor.Arange(6));
        Expect(x, [0, 1, 2, 3, 4, 5]);
        x.T.Assign(Of([3, 2], 1, 2, 3, 4, 5, 6));
        Expect(x, [1, 3, 5, 2, 4, 6]);
    }

    [Test]
    public void ViewAndTensorAreTheSameElements([Values] bool isStored, [Values] bool isRead)
    {
        var x = Numbers(isStored, 4);
        var (view, other) = (x[1..3], x.Flip(0)[0..3]);
        Look();
        x[2] = 20;
        Expect(view, [1, 20]);
        Look();
        view.Assign(7);
        Expect(other, [3, 7, 7]);
        Look();
        other[0] = 30;
        Expect(x, [0, 7, 7, 30]);
        x.Assign(1);
        Expect(view, [1, 1]);
        Expect(other, [1, 1, 1]);

        void Look()
        {
            if (isRead)
            {
                Tensor[] all = [x, view, other];
                Assert.That(all.Sum(t => t.ToArray<float>().Length), Is.EqualTo(9));
            }
        }
    }

    [Test]
    public void ValuesKeepWhatTheyWereComputedFrom([Values] bool isStored)
    {
        var x = Numbers(isStored, 4);
        var (sum, twice, copy) = (x.Sum(), x * 2, x.Contiguous());
        x[0] = 10;
        var middle = x[0..2] + 0;
        x[0] = 20;
        Tensor.Realize(x, sum, twice, copy, middle);
        Expect(sum, [6]);
        Expect(twice, [0, 2, 4, 6]);
        Expect(copy, [0, 1, 2, 3]);
        Expect(middle, [10, 1]);
        Expect(x, [20, 1, 2, 3]);
    }

    [Test]
    public void RealisingAViewMakesItATensorOfItsOwn([Values] bool isStored)
    {
        var x = Numbers(isStored, 4);
        var (part, whole) = (x[1..3].Realize(), x.Reshape(2, 2).Realize());
        Assert.That(x.IsRealized && whole.IsRealized && part.IsRealized, Is.True);
        x.Assign(7);
        Expect(part, [1, 2]);
        Expect(whole, [7, 7, 7, 7]);
        part[0] = 3;
        whole[1] = 4;
        Expect(part, [3, 2]);
        Expect(x, [7, 7, 4, 4]);
    }

    [Test]
    public void EachStateIsReadAsItWas()
    {
        var x = Numbers(true, 2);
        var first = x + 0;
        x.Assign(x + 1);
        var second = x + 0;
        x.Assign(x + 1);
        var third = x.Sum();
        x[0] += 1;
        Tensor.Realize(third, x, first, second);
        Expect(first, [0, 1]);
        Expect(second, [1, 2]);
        Expect(third, [5]);
        Expect(x, [3, 3]);
    }

    [Test]
    public void StatesCanBeRealisedOneAfterTheOther()
    {
        var x = Numbers(true, 1);
        var first = x + 0;
        x.Assign(x + 1);
        Expect(first, [0]);
        var second = x + 0;
        x.Assign(x + 1);
        Expect(second, [1]);
        Expect(x, [2]);
    }

    [Test]
    public void LostWritesLeaveOthersAlone()
    {
        var (x, y) = (Numbers(true, 2, 2), Numbers(true, 2, 2));
        x[1, 1] += 10;
        y[..] = x * 3;
        y.Assign(7);
        y.Realize();
        x.Assign(x * 2);
        Expect(y, [7, 7, 7, 7]);
        Expect(x, [0, 2, 4, 26]);
    }

    [Test]
    public void ShiftsReadWhatWasThere([Values] bool isStored, [Values(1, 3)] int by)
    {
        var x = Numbers(isStored, 8);
        x[by..] = x[..^by];
        Expect(x, [.. Enumerable.Range(0, 8).Select(i => (double)Math.Max(i - by, i < by ? i : 0))]);
        x = Numbers(isStored, 8);
        x[..^by] = x[by..];
        Expect(x, [.. Enumerable.Range(0, 8).Select(i => i + by < 8 ? i + by : (double)i)]);
    }

    [Test]
    public void PartsSwap([Values] bool isStored)
    {
        var x = Numbers(isStored, 8);
        var (left, right) = (x[..4] + 0, x[4..] + 0);
        x[..4] = right;
        x[4..] = left;
        Expect(x, [4, 5, 6, 7, 0, 1, 2, 3]);
    }

    [Test]
    public void TensorsSwapParts()
    {
        var (x, y) = (Numbers(true, 4), Numbers(true, 4) + 10);
        y.Realize();
        var old = x[1..3] * 1;
        x[1..3] = y[2..];
        y[2..] = old;
        Tensor.Realize(y, x);
        Expect(x, [0, 12, 13, 3]);
        Expect(y, [10, 11, 1, 2]);
    }

    [Test]
    public void FlipsInPlace([Values] bool isStored)
    {
        var x = Numbers(isStored, 2, 3);
        x[..] = x.Flip(0, 1);
        Expect(x, [5, 4, 3, 2, 1, 0]);
        var back = x.Flip(1);
        back.Assign(back + x);
        Expect(x, [8, 8, 8, 2, 2, 2]);
    }

    [Test]
    public void OverlappingWritesKeepTheirOrder([Values] bool isStored)
    {
        var x = Numbers(isStored, 6);
        x[0..4] = 10;
        x[2..6] = 20;
        x[3] = 30;
        x[1..3] += x[3..5];
        Expect(x, [10, 40, 40, 30, 20, 20]);
    }

    [Test]
    public void ManyPartsAreSetOneByOne([Values] bool isStored)
    {
        var x = Numbers(isStored, 20);
        for (var i = 0; i < 20; i++)
        {
            x[i] = i * i;
        }

        Expect(x, [.. Enumerable.Range(0, 20).Select(i => (double)i * i)]);
        for (var i = 0; i < 20; i++)
        {
            x[4] += 1;
        }

        Expect(x[4], [36]);
    }

    [Test]
    public void PartsOfOneBufferAreUpdatedTogether()
    {
        var x = Numbers(true, 50);
        var parts = Enumerable.Range(0, 5).Select(i => x[(10 * i)..(10 * i + 10)].Reshape(2, 5)).ToArray();
        foreach (var part in parts)
        {
            part.Assign(part + 1);
        }

        x.Realize();
        Assert.That(parts.SelectMany(p => p.Values()), Is.EqualTo(Enumerable.Range(1, 50)));
    }

    [Test]
    public void CacheOfKeysIsWrittenAndRead()
    {
        var cache = Tensor.Zeros([2, 1, 8, 4], null).Contiguous().Realize();
        var keys = new double[2, 8, 4];
        for (var position = 0; position < 8; position++)
        {
            var key = Sample(DType.Float32, position, 2, 1, 1, 4);
            cache[Tensor.Ellipsis, position..(position + 1), ..] = key;
            var seen = cache[.., .., ..(position + 1), ..];
            var query = Sample(DType.Float32, 100 + position, 2, 1, 1, 4);
            var scores = query.MatMul(seen.Transpose(-1, -2));
            Tensor.Realize(cache, scores);
            var (k, q, s) = (key.Values(), query.Values(), scores.Values());
            for (var b = 0; b < 2; b++)
            {
                for (var d = 0; d < 4; d++)
                {
                    keys[b, position, d] = k[4 * b + d];
                }

                for (var p = 0; p <= position; p++)
                {
                    var expected = Enumerable.Range(0, 4).Sum(d => q[4 * b + d] * keys[b, p, d]);
                    Assert.That(s[b * (position + 1) + p], Is.EqualTo(expected).Within(1e-5));
                }
            }
        }

        Expect(cache, [.. keys.Cast<double>()]);
    }

    [Test]
    public void RunningStatisticsAndGradientsAccumulate()
    {
        var (mean, total) = (Tensor.Zeros(2).Contiguous().Realize(), Tensor.Zeros(3, 2).Contiguous().Realize());
        for (var step = 0; step < 3; step++)
        {
            var x = Numbers(false, 3, 2) + step;
            mean.Assign(mean * 0.5 + x.Mean(0) * 0.5);
            total[1..] += x[1..] * mean;
            Tensor.Realize(mean, total);
        }

        Expect(mean, [3, 3.875]);
        Expect(total, [0, 0, 2 * 1 + 3 * 2 + 4 * 3, 3 * 1.5 + 4 * 2.75 + 5 * 3.875, 4 * 1 + 5 * 2 + 6 * 3, 5 * 1.5 + 6 * 2.75 + 7 * 3.875]);
    }

    [Test]
    public void EqualTensorsAreWrittenApart()
    {
        var x = Tensor.From<float>([1, 2]);
        var (a, b) = ((x + 1).Realize(), (x + 1).Realize());
        a[0] = 9;
        Expect(a, [9, 3]);
        Expect(b, [2, 3]);
        var c = x.Detach().Realize();
        c[1] = 7;
        Expect(x, [1, 2]);
        Expect(c, [1, 7]);
        var (zeros, others) = (Tensor.Zeros(2), Tensor.Zeros(2));
        zeros[0] = 1;
        Expect(others, [0, 0]);
        Expect(zeros, [1, 0]);
    }

    [Test]
    public void EmptyPartsChangeNothing()
    {
        var x = Numbers(true, 3);
        x[1..1] = 5;
        x[0..0].Assign(Tensor.Zeros(0));
        Expect(x, [0, 1, 2]);
    }

    [Test]
    public void WrongAssignmentsAreRefused()
    {
        var x = Numbers(true, 2, 3);
        ExpectError("TEN3022", () => x[0] = Tensor.Zeros(2));
        ExpectError("TEN3022", () => x[0] = Tensor.Zeros(1, 3, 1));
        ExpectError("TEN3043", () => x[2] = 1);
        ExpectError("TEN3044", () => x[0, 0, 0] = 1);
        ExpectError("TEN3052", () => x[0].Expand(2, 3).Assign(1));
        ExpectError("TEN3052", () => Tensor.Zeros(1, 3).Expand(2, 3)[0] = 1);
        ExpectError("TEN3015", () => x[0] = Tensor.Ones([3], null, "CPU:1"));
        Expect(x, [0, 1, 2, 3, 4, 5]);
    }

    [Test]
    public void LeavesAreSetOnlyWithoutGradients()
    {
        var w = Numbers(true, 3);
        w.RequiresGrad = true;
        ExpectError("TEN3053", () => w[0] = 1);
        ExpectError("TEN3053", () => w[..][0] = 1);
        using (Tensor.NoGrad())
        {
            w[0] = 5;
            w[1..].Assign(w[1..] * 2);
        }

        (w * w).Sum().Backward();
        Expect(w.Grad!, [10, 4, 8]);
        Expect(w, [5, 2, 4]);
    }

    [Test]
    public void GradientsFlowThroughWhatIsSet([Values] bool isStored)
    {
        var (w, y) = (Of([4], 1, 2, 3, 4), Of([2], 10, 20));
        (w.RequiresGrad, y.RequiresGrad) = (true, true);
        var z = w * 2;
        z[1..3] = y * y;
        (z * z).Sum().Backward();
        Expect(z, [2, 100, 400, 8]);
        Expect(w.Grad!, [8, 0, 0, 32]);
        Expect(y.Grad!, [4 * 1000, 4 * 8000]);

        var (x, v) = (Numbers(isStored, 4), Of([2], 3, 4));
        v.RequiresGrad = true;
        var view = x[..2];
        x[1..3] = v;
        Assert.That(view.RequiresGrad, Is.True);
        (x * 2).Sum().Backward();
        Expect(v.Grad!, [2, 2]);
        Expect(view, [0, 3]);
    }

    [Test]
    public void OverlappingPartsShareTheGradientAsTheyShareElements()
    {
        var (a, b) = (Of([4], 1, 1, 1, 1), Of([4], 2, 2, 2, 2));
        (a.RequiresGrad, b.RequiresGrad) = (true, true);
        var z = Tensor.Zeros(6);
        z[..4] = a;
        z[2..] += b;
        z[5] = 0;
        z.Sum().Backward();
        Expect(a.Grad!, [1, 1, 1, 1]);
        Expect(b.Grad!, [1, 1, 1, 0]);
    }

    private static Tensor Numbers(bool isStored, params long[] shape)
    {
        var x = Tensor.Arange(shape.Aggregate(1L, (a, b) => a * b)).Cast(DType.Float32).Reshape(shape);
        return isStored ? Tensor.From<float>(x.ToArray<float>(), shape) : x;
    }
}
