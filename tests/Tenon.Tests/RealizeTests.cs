using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

internal sealed class RealizeTests
{
    [Test]
    public async Task RealizeAsyncRealizes()
    {
        var x = await (Tensor.Ones(2) * 3).RealizeAsync();
        Assert.That(x.IsRealized, Is.True);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Assert.ThrowsAsync<TaskCanceledException>(() => (x + 1).RealizeAsync(cancelled.Token));
    }

    [Test]
    public void HistoryIsDroppedWhereNoGradientNeedsIt()
    {
        var x = Tensor.Ones(4) + 1;
        x.Realize();
        Assert.That(x.Node.TopologicalOrder().Any(n => n.Op == Core.Ops.Add), Is.False);
        x.RequiresGrad = true;
        var y = (x * 2).Realize();
        Assert.That(y.Node.Op, Is.EqualTo(Core.Ops.Mul));
        Assert.That(y.IsRealized, Is.True);
    }

    [Test]
    public void AssignmentsWriteInPlaceOrBecomeTheValue()
    {
        var x = Tensor.From<float>([1, 2]);
        x.Assign(x + 1);
        Assert.That(x.Node.Op, Is.EqualTo(Core.Ops.After));
        x.Assign(x * 10);
        Expect(x.Realize(), [20, 30]);
        x.Assign(5);
        Expect(x, [5, 5], shape: [2]);

        var lazy = Tensor.Zeros(2);
        lazy.Assign(Tensor.Arange(2));
        Assert.That(lazy.DType, Is.EqualTo(DType.Float32));
        Expect(lazy, [0, 1]);
        ExpectError("TEN3022", () => lazy.Assign(Tensor.Ones(3)));
    }

    [Test]
    public void EqualTensorsAreAssignedApart()
    {
        var x = Tensor.From<float>([1, 2]);
        var (a, b) = ((x + 1).Realize(), (x + 1).Realize());
        a.Assign(a * 10).Realize();
        Expect(a, [20, 30]);
        Expect(b, [2, 3]);
        var c = x.Detach().Realize();
        c.Assign(7).Realize();
        Expect(x, [1, 2]);
    }

    [Test]
    public void LeavesStayLeavesWhenAssigned()
    {
        var w = Tensor.From<float>([1, 2]);
        w.RequiresGrad = true;
        using (Tensor.NoGrad())
        {
            w.Assign(w * 2).Realize();
        }

        (w * w).Sum().Backward();
        Expect(w.Grad!, [4, 8]);
    }
}
