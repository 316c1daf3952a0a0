using System.Runtime.CompilerServices;
using Tenon.Core;

namespace Tenon.Core.Tests;

public class UOpTests
{
    [Test]
    public void Equal_content_is_the_same_object()
    {
        var x = UOp.Variable("x", 0, 10);
        var (first, second) = (UOp.Alu(Ops.Add, x, UOp.Index(3)), UOp.Alu(Ops.Add, x, UOp.Index(3)));
        Assert.That(first, Is.SameAs(second));
        Assert.That(UOp.Alu(Ops.Add, x, UOp.Index(3)), Is.Not.SameAs(UOp.Alu(Ops.Add, x, UOp.Index(4))));
    }

    [Test]
    public void Zero_and_minus_zero_are_different_literals_and_NaN_is_one()
    {
        Assert.That(UOp.Const(DType.Float32, 0.0), Is.Not.SameAs(UOp.Const(DType.Float32, -0.0)));
        var (nan, again) = (UOp.Const(DType.Float32, double.NaN), UOp.Const(DType.Float32, float.NaN));
        Assert.That(again, Is.SameAs(nan));
    }

    [Test]
    public void Nodes_that_nobody_holds_are_collected()
    {
        var before = Live();
        MakeGarbage();
        Assert.That(Live(), Is.LessThan(before + 1000));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void MakeGarbage()
        {
            var x = UOp.Variable("garbage", 0, 10);
            for (var i = 0; i < 100_000; i++)
            {
                x = UOp.Alu(Ops.Add, x, UOp.Index(i));
            }
        }

        static int Live()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return UOp.CountLive();
        }
    }

    [Test]
    public void Threads_that_make_the_same_node_get_the_same_object()
    {
        var made = new UOp[8][];
        Parallel.For(0, made.Length, t => made[t] = [.. Enumerable.Range(0, 2000).Select(i => UOp.Alu(Ops.Mul, UOp.Variable($"v{i % 50}", 0, 9), UOp.Index(i)))]);
        foreach (var other in made.Skip(1))
        {
            Assert.That(other, Is.EqualTo(made[0]).Using<UOp>(ReferenceEquals));
        }
    }

    [Test]
    public void A_graph_of_100000_levels_is_walked_and_rewritten_without_recursion()
    {
        var x = UOp.Const(DType.Float32, 1.5);
        var u = UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 1));
        for (var i = 0; i < 100_000; i++)
        {
            u = UOp.Alu(Ops.Add, u, x);
        }

        Assert.That(u.TopologicalOrder(), Has.Count.EqualTo(100_002));
        Assert.That(GraphRewrite.Apply(u, Simplifier.Rules), Is.SameAs(u));
    }

    [Test]
    public void Shapes_are_derived()
    {
        var x = TensorOf(2, 3, 4);
        Assert.Multiple(() =>
        {
            Assert.That(UOp.New(Ops.Permute, x.DType, [x], new Axes(2, 0, 1)).Shape.ToArray(), Is.EqualTo(new long[] { 4, 2, 3 }));
            Assert.That(UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(Ops.Add, new Axes(1))).Shape.ToArray(), Is.EqualTo(new long[] { 2, 1, 4 }));
            Assert.That(UOp.New(Ops.Pad, x.DType, [x, .. Indices(1, 1, 0, 0, 0, 2)]).Shape.ToArray(), Is.EqualTo(new long[] { 4, 3, 6 }));
            Assert.That(UOp.New(Ops.Shrink, x.DType, [x, .. Indices(0, 1, 1, 3, 0, 4)]).Shape.ToArray(), Is.EqualTo(new long[] { 1, 2, 4 }));
        });
    }

    [Test]
    public void Serialised_nodes_come_back_as_the_same_objects()
    {
        var x = TensorOf(2, 3, 4);
        var graph = UOp.Sink([UOp.Alu(Ops.Add, x, x), UOp.New(Ops.Reduce, x.DType, [x], new ReduceArg(Ops.Max, new Axes(0, 2))), UOp.Const(DType.Float64, double.NaN)], new KernelArg("k", FastMath: true) { IsArranged = true });
        Assert.That(UOpSerializer.Deserialize(UOpSerializer.Serialize([graph])), Is.EqualTo(new[] { graph }).Using<UOp>(ReferenceEquals));
    }

    [Test]
    public void Damaged_bytes_are_refused_with_the_place()
    {
        var bytes = UOpSerializer.Serialize([TensorOf(2, 3)]);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.That(() => UOpSerializer.Deserialize(bytes.AsSpan(0, cut)), Throws.TypeOf<TenonException>().With.Message.Contains("TEN1003"), $"cut at {cut}");
        }
    }

    [Test]
    public void A_set_of_ops_has_a_place_for_each()
    {
        for (var number = 0; number <= byte.MaxValue; number++)
        {
            var (one, other) = (new OpSet((Ops)number), new OpSet((Ops)(number ^ 64)));
            Assert.That(one.Contains((Ops)number) && OpSet.Every.Contains((Ops)number) && !other.Contains((Ops)number), $"{number}");
            Assert.That((one | other).Contains(one) && !one.Contains(other) && (one | other) - other == one && one != other, $"{number}");
            Assert.That(one.Count(), Is.EqualTo(Enum.IsDefined((Ops)number) ? 1 : 0));
        }
    }

    private static UOp TensorOf(params long[] shape) =>
        UOp.New(Ops.Reshape, DType.Float32, [UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, shape.Aggregate(1L, (a, b) => a * b), "CPU")), .. Indices(shape)]);

    private static UOp[] Indices(params long[] values) => [.. values.Select(UOp.Index)];
}
