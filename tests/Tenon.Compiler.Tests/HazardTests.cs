using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Reads and writes of storage that one schedule overwrites.</summary>
public class HazardTests
{
    private static readonly float[] Content = [.. Enumerable.Range(0, 64).Select(i => (float)i)];
    private readonly TenonRuntime _runtime = TenonRuntime.Default;

    [Test]
    public void What_reads_the_old_state_runs_before_the_write()
    {
        var (buffer, view) = Storage();
        var sum = Reduce(view);
        var results = Realize(sum, Assign(view, UOp.Alu(Ops.Add, view, Full(view, 1))));
        Assert.That(results[0], Is.EqualTo(new[] { Content.Sum() }));
        Assert.That(results[1], Is.EqualTo(Content.Select(x => x + 1)));
    }

    [Test]
    public void What_needs_both_states_gets_both()
    {
        var (_, view) = Storage();
        var assigned = Assign(view, UOp.Alu(Ops.Mul, view, Full(view, 3)));
        var results = Realize(UOp.Alu(Ops.Sub, assigned, view), assigned);
        Assert.That(results[0], Is.EqualTo(Content.Select(x => 2 * x)));
        Assert.That(results[1], Is.EqualTo(Content.Select(x => 3 * x)));
    }

    [Test]
    public void A_value_that_reads_other_elements_than_it_writes_is_right()
    {
        var (_, view) = Storage();
        var flipped = UOp.New(Ops.Flip, DType.Float32, [view], new Axes(0));
        Assert.That(Realize(Assign(view, flipped))[0], Is.EqualTo(Content.Reverse()));
    }

    [Test]
    public void A_value_that_reads_everything_is_right()
    {
        var (_, view) = Storage();
        var sum = UOp.New(Ops.Expand, DType.Float32, [UOp.New(Ops.Reduce, DType.Float32, [view], new ReduceArg(Ops.Add, new Axes(0))), .. view.Shape.Dims]);
        Assert.That(Realize(Assign(view, UOp.Alu(Ops.Add, view, sum)))[0], Is.EqualTo(Content.Select(x => x + Content.Sum())));
    }

    [Test]
    public void States_that_swap_are_right()
    {
        var (_, a) = Storage();
        var (_, b) = Storage(x => -x);
        var results = Realize(Assign(a, b), Assign(b, a));
        Assert.That(results[0], Is.EqualTo(Content.Select(x => -x)));
        Assert.That(results[1], Is.EqualTo(Content));
    }

    [Test]
    public void Assigning_to_a_part_is_refused_with_the_reason()
    {
        var (_, view) = Storage();
        var part = UOp.New(Ops.Shrink, DType.Float32, [view, UOp.Index(0), UOp.Index(4)]);
        var assign = UOp.New(Ops.After, DType.Float32, [part, UOp.New(Ops.Store, DType.Void, [part, Full(part, 1)])]);
        Assert.That(() => _runtime.Realize([(assign, "CPU")]), Throws.TypeOf<TenonException>());
    }

    private (UOp Buffer, UOp View) Storage(Func<float, float>? map = null)
    {
        var buffer = _runtime.CreateBuffer(DType.Float32, Content.Length, "CPU");
        var values = Content.Select(map ?? (x => x)).ToArray();
        _runtime.CopyIn(buffer, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return (buffer, buffer);
    }

    private float[][] Realize(params UOp[] values) => [.. _runtime.Realize([.. values.Select(v => (v, "CPU"))]).Select(storage =>
    {
        var buffer = storage.Op == Ops.Buffer ? storage : storage[0];
        var result = new float[buffer.Shape.MaxElements];
        _runtime.CopyOut(buffer, System.Runtime.InteropServices.MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
    })];

    private static UOp Assign(UOp target, UOp value) => UOp.New(Ops.After, target.DType, [target, UOp.New(Ops.Store, DType.Void, [target, value])]);

    private static UOp Reduce(UOp x) => UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(Ops.Add, new Axes(0)));

    private static UOp Full(UOp like, Scalar value) =>
        UOp.New(Ops.Expand, like.DType, [UOp.New(Ops.Reshape, like.DType, [UOp.Const(like.DType, value), UOp.Index(1)]), .. like.Shape.Dims]);
}
