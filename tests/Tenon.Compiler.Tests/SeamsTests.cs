using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>Loops whose elements come from different places are split where that changes.</summary>
public sealed class SeamsTests
{
    private const DTypeSupport Whole = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;

    [TestCase(64, 64, 32, ExpectedResult = 2)]
    [TestCase(64, 64, 0, ExpectedResult = 2)]
    [TestCase(64, 3, 0, ExpectedResult = 1, Description = "less than a vector is left as it is")]
    [TestCase(2, 64, 64, ExpectedResult = 1, Description = "too few rows for the grid")]
    public int Rows_of_tensors_beside_each_other_are_copied_one_after_another(int rows, int first, int more)
    {
        var width = first + 32 + more;
        var (a, b) = (UOp.New(Ops.Param, DType.Float32, [], new ParamArg(1, rows * width)), UOp.New(Ops.Param, DType.Float32, [], new ParamArg(2, rows * width)));
        var (row, column) = (UOp.Range(UOp.Index(rows), 0), UOp.Range(UOp.Index(width), 1));
        var place = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, row, UOp.Index(width)), column);
        var isFirst = UOp.Alu(Ops.CmpLt, column, UOp.Index(first));
        var value = UOp.Where(isFirst, Load(a, isFirst), Load(b, UOp.Alu(Ops.Xor, isFirst, UOp.Const(DType.Bool, true))));
        var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.Float32, [UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, rows * width)), place]), value]);
        var target = new CodeGeneratorTarget { DTypes = DType.Native.ToDictionary(d => d, _ => Whole), ExtraOps = CodeGeneratorTarget.VectorOps, VectorBytes = 64, VectorRegisters = 32, Fingerprint = "test" };
        var capabilities = new Capabilities { DTypes = target.DTypes };
        var kernel = Seams.Apply(UOp.Sink([UOp.New(Ops.End, DType.Void, [store, row, column])], new KernelArg("cat")), new CodeGeneratorView(target, capabilities));
        Assert.That(kernel.TopologicalOrder().Exists(u => u.Op == Ops.CmpLt), Is.EqualTo(kernel.Src.Length == 1));
        return kernel.Src.Length;

        UOp Load(UOp from, UOp gate) => UOp.New(Ops.Load, DType.Float32, [UOp.New(Ops.Index, DType.Float32, [from, place]), gate, UOp.Const(DType.Float32, 0)]);
    }

    [Test]
    public void What_is_split_gives_the_same()
    {
        var (a, b) = (Input(40, 0), Input(33, 5000));
        var beside = UOp.Alu(Ops.Add, Pad(Reshape(a.Param, 64, 40), 0, 0, 0, 33), Pad(Reshape(b.Param, 64, 33), 0, 0, 40, 0));
        using var variant = RandomProgramVariant.Vector("256");
        variant.Verify(new RandomProgram([a, b], [beside, Pad(Reshape(a.Param, 64, 40), 1, 1, 20, 30)]));

        static ProgramInput Input(int width, int from) => ProgramInput.Of(from == 0 ? 14 : 15, DType.Float32, [.. Enumerable.Range(from, 64 * width).Select(i => (Scalar)(double)i)]);
    }
}
