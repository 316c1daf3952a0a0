using Tenon.Core;
using Tenon.Runtime;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Programs that differ only in the values of their variables are scheduled and compiled once.</summary>
[NonParallelizable]
internal sealed class SymbolicScheduleTests
{
    private static readonly Variable N = new("n", 1, 40);

    [Test]
    public void AnotherValueRunsTheSameKernels()
    {
        var x = Sample(DType.Float32, 1, 40, 6).Realize();
        float[] Run(long value)
        {
            var part = x[TensorIndex.Range(0, N.Bind(value))];
            return ((part * 2).Softmax(0).Sum(0) + part.T.MatMul(part).Sum(1)).ToArray<float>();
        }

        Run(3);
        foreach (var value in new long[] { 1, 7, 40 })
        {
            var part = x[..(int)value];
            var expected = ((part * 2).Softmax(0).Sum(0) + part.T.MatMul(part).Sum(1)).ToArray<float>();
            var before = Made();
            Assert.That(Run(value), Is.EqualTo(expected).Within(1e-3f));
            Assert.That(Made(), Is.EqualTo(before));
        }
    }

    [Test]
    public void ADecodingLoopIsScheduledOnce()
    {
        const int Context = 32, Heads = 2, Size = 4;
        var position = new Variable("position", 0, Context - 1);
        var (keys, values) = (Tensor.Zeros(Heads, Context, Size).Contiguous().Realize(), Tensor.Zeros(Heads, Context, Size).Contiguous().Realize());
        var (weight, all) = (Sample(DType.Float32, 2, Size, Size).Realize(), Sample(DType.Float32, 3, Context, Heads, 1, Size).Realize());
        var before = (Schedules: 0L, Kernels: 0L);
        for (var i = 0; i < Context; i++)
        {
            var p = position.Bind(i);
            var x = all[p];
            keys[.., TensorIndex.Range(p, p + 1)] = x.MatMul(weight);
            values[.., TensorIndex.Range(p, p + 1)] = x;
            var attended = x.ScaledDotProductAttention(keys[.., TensorIndex.Range(0, p + 1)], values[.., TensorIndex.Range(0, p + 1)]);
            Tensor.Realize(keys, values, attended);
            var actual = attended.ToArray<float>();
            Assert.That(i < 2 || Made() == before, Is.True, $"step {i} made schedules or kernels: {before} → {Made()}");
            before = Made();
            if (i % 8 == 3)
            {
                // The same from all tokens at once.
                var known = all[..(i + 1)].Transpose(0, 2)[0];
                var expected = all[i].ScaledDotProductAttention(known.MatMul(weight), known).ToArray<float>();
                Assert.That(actual, Is.EqualTo(expected).Within(1e-4f), $"step {i}");
                before = Made();
            }
        }
    }

    [Test]
    public void BindingsAreChecked()
    {
        var x = Sample(DType.Float32, 4, 40).Realize();
        var (three, four) = (x[TensorIndex.Range(0, N.Bind(3))].Sum(), x[TensorIndex.Range(0, N.Bind(4))].Sum());
        var message = Assert.Throws<TenonException>(() => (three + four).Realize())!.Message;
        Assert.That(message, Does.StartWith("TEN5011").And.Contain("n").And.Contain("3").And.Contain("4"));

        var other = x[TensorIndex.Range(0, new Variable("n", 1, 39).Bind(3))].Sum();
        message = Assert.Throws<TenonException>(() => (three + other).Realize())!.Message;
        Assert.That(message, Does.StartWith("TEN5012").And.Contain("39").And.Contain("40"));

        message = Assert.Throws<TenonException>(() => x[TensorIndex.Range(0, N)].Sum().Realize())!.Message;
        Assert.That(message, Does.StartWith("TEN5006").And.Contain("n.Bind("));
        ExpectError("TEN5006", () => _ = x[TensorIndex.Range(0, N)].Count);
    }

    [Test]
    public void AValueOfOneBindingIsNotThatOfAnother()
    {
        var x = Sample(DType.Float32, 5, 40).Realize();
        Tensor Sum(long value) => x[TensorIndex.Range(0, N.Bind(value))].Sum();
        var (three, four) = (Sum(3).Realize(), Sum(4).Realize());
        Assert.That(three.Item<float>(), Is.Not.EqualTo(four.Item<float>()));
        Assert.That((three + four).Item<float>(), Is.EqualTo(x[..3].Sum().Item<float>() + x[..4].Sum().Item<float>()).Within(1e-5f));
    }

    [Test]
    public void SymbolicRowsAreSharedByTheThreads()
    {
        // Rows, of which the grid has parts: more than it needs, and the last one shorter.
        var rows = new Variable("rows", 0, 1000);
        var x = Sample(DType.Float32, 6, 1000, 5).Realize();
        foreach (var value in new long[] { 1, 2, 33, 999, 1000, 0 })
        {
            var actual = (x[TensorIndex.Range(0, rows.Bind(value))].Square() + 1).ToArray<float>();
            Assert.That(actual, Is.EqualTo((x[..(int)value].Square() + 1).ToArray<float>()), $"{value} rows");
        }
    }

    private static (long Schedules, long Kernels) Made() =>
        (TenonRuntime.Default.Statistics.ScheduleMisses, TenonRuntime.Default.Statistics.KernelsCompiled);
}
