using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>Running sums are computed each from the one before.</summary>
public sealed class ScansTests
{
    private const int Rows = 40;

    [Test]
    public void Each_turn_adds_to_the_one_before([Values(7, 16, 24, 64)] int n, [Values(Ops.Add, Ops.Mul, Ops.Max)] Ops op, [Values("float", "long")] string type)
    {
        var dtype = type == "float" ? DType.Float32 : DType.Int64;
        var input = ProgramInput.Of(14, dtype, [.. Enumerable.Range(0, Rows * n).Select(i => (op == Ops.Mul ? i % 11 == 0 ? -2 : 1 : i * 7 % 31 - 15)).Select(i => dtype.IsFloat ? (Scalar)(double)i : (Scalar)(long)i)]);
        using var variant = RandomProgramVariant.Vector("256");
        variant.Verify(new RandomProgram([input], [Running(op, input.Param, n, Reductions.Neutral(op, dtype))]));
    }

    [Test]
    public void What_is_left_out_is_found()
    {
        var (turn, over) = (UOp.Range(UOp.Index(16), 1), UOp.Range(UOp.Index(16), 2, RangeKind.Reduce));
        Assert.That(Found(Ops.Add, 0, over), Is.True);
        Assert.That(Found(Ops.Max, 0, over), Is.False, "zeros are not less than what is reduced");
        Assert.That(Found(Ops.Add, 0, turn), Is.False, "what each turn is given depends on the turn that sums it");

        bool Found(Ops op, double left, UOp at)
        {
            var row = UOp.Range(UOp.Index(4), 0);
            var load = UOp.New(Ops.Load, DType.Float32, [UOp.New(Ops.Index, DType.Float32, [UOp.New(Ops.Param, DType.Float32, [], new ParamArg(1, 64)), UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, row, UOp.Index(16)), at)])]);
            var sum = UOp.New(Ops.Reduce, DType.Float32, [UOp.Where(UOp.Alu(Ops.CmpLt, turn, over), UOp.Const(DType.Float32, left), load), over], new ReduceArg(op, new Axes()));
            var place = UOp.New(Ops.Index, DType.Float32, [UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 64)), UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, row, UOp.Index(16)), turn)]);
            var kernel = UOp.Sink([UOp.New(Ops.End, DType.Void, [UOp.New(Ops.Store, DType.Void, [place, sum]), row, turn])], new KernelArg("running"));
            var target = new Core.Backend.CodeGeneratorTarget { DTypes = DType.Native.ToDictionary(d => d, _ => Core.Backend.DTypeSupport.Storage), ExtraOps = default, Fingerprint = "test" };
            return Scans.Apply(kernel, new CodeGeneratorView(target, new Core.Backend.Capabilities { DTypes = target.DTypes })).TopologicalOrder().Exists(static u => u.Op == Ops.Scan);
        }
    }

    private static UOp Running(Ops op, UOp x, long n, Scalar neutral)
    {
        var isLater = UOp.Alu(Ops.CmpLt, Expand(Reshape(Iota(DType.Int32, n), 1, n, 1), Rows, n, n), Expand(Reshape(Iota(DType.Int32, n), 1, 1, n), Rows, n, n));
        return Reduce(op, UOp.Where(isLater, Full(x.DType, neutral, Rows, n, n), Expand(Reshape(x, Rows, 1, n), Rows, n, n)), 2);
    }
}
