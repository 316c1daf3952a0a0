using Tenon.Core;

namespace Tenon.Core.Tests;

public class SpecificationTests
{
    private static readonly UOp X = UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 12, "CPU"));

    private static IEnumerable<UOp> IllegalTensors()
    {
        yield return UOp.New(Ops.Reshape, DType.Float32, [X, UOp.Index(5)]);
        yield return UOp.New(Ops.Expand, DType.Float32, [X, UOp.Index(24)]);
        yield return UOp.New(Ops.Permute, DType.Float32, [X], new Axes(0, 0));
        yield return UOp.New(Ops.Add, DType.Float32, [X, UOp.Const(DType.Float32, 1)]);
        yield return UOp.New(Ops.Add, DType.Float64, [X, X]);
        yield return UOp.New(Ops.Reduce, DType.Float32, [X], new ReduceArg(Ops.Sub, new Axes(0)));
        yield return UOp.New(Ops.Reduce, DType.Float32, [X], new ReduceArg(Ops.Add, new Axes(0, 0)));
        yield return UOp.New(Ops.Shrink, DType.Float32, [X, UOp.Index(6), UOp.Index(2)]);
        yield return UOp.New(Ops.Load, DType.Float32, [X]);
    }

    [TestCaseSource(nameof(IllegalTensors))]
    public void An_illegal_tensor_graph_is_named(UOp illegal) =>
        Assert.That(() => TensorSpecification.Check(illegal, "test"), Throws.TypeOf<TenonException>().With.Message.Contains("TEN1002").And.Message.Contains(illegal.Op.ToString()));

    [Test]
    public void Legal_tensor_graphs_pass()
    {
        var view = UOp.New(Ops.Reshape, DType.Float32, [X, UOp.Index(3), UOp.Index(4)]);
        Assert.That(() => TensorSpecification.Check(UOp.New(Ops.Reduce, DType.Float32, [UOp.Alu(Ops.Mul, view, view)], new ReduceArg(Ops.Add, new Axes(1))), "test"), Throws.Nothing);

    }

    [Test]
    public void A_kernel_that_mixes_types_is_refused()
    {
        var range = UOp.Range(UOp.Index(12), 0);
        var param = UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 12));
        var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.Float32, [param, range]), UOp.Const(DType.Float64, 1)]);
        Assert.That(() => KernelSpecification.Check(UOp.Sink([UOp.New(Ops.End, DType.Void, [store, range])]), "k"), Throws.TypeOf<TenonException>().With.Message.Contains("Store"));
    }
}
