using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>Rows whose length no number of lanes divides are summed in vectors, and what is left by itself.</summary>
public sealed class PeelingTests
{
    private const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;

    [TestCase(48, ExpectedResult = 1, Description = "nothing is left")]
    [TestCase(49, ExpectedResult = 2)]
    [TestCase(101, ExpectedResult = 2)]
    [TestCase(7, ExpectedResult = 1, Description = "less than a vector")]
    public int Rows_of_any_length_are_summed_in_vectors(int columns)
    {
        var (x, y) = (UOp.New(Ops.Param, DType.Float32, [], new ParamArg(1, 5 * columns)), UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 5)));
        var (row, column) = (UOp.Range(UOp.Index(5), 0), UOp.Range(UOp.Index(columns), 1, RangeKind.Reduce));
        var place = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, row, UOp.Index(columns)), column);
        var load = UOp.New(Ops.Load, DType.Float32, [UOp.New(Ops.Index, DType.Float32, [x, place])]);
        var sum = UOp.New(Ops.Reduce, DType.Float32, [load, column], new ReduceArg(Ops.Add, new Axes()));
        var store = UOp.New(Ops.Store, DType.Void, [UOp.New(Ops.Index, DType.Float32, [y, row]), sum]);
        var target = new CodeGeneratorTarget { DTypes = DType.Native.ToDictionary(d => d, _ => Full), ExtraOps = CodeGeneratorTarget.VectorOps, VectorBytes = 64, VectorRegisters = 32, Fingerprint = "test" };
        var program = KernelCompiler.Compile(UOp.Sink([UOp.New(Ops.End, DType.Void, [store, row])], new KernelArg("sum")), new Capabilities { DTypes = target.DTypes }, target);
        Assert.That(program.Ops.Any(u => u.Op == Ops.Load && u.DType.Lanes > 1), Is.EqualTo(columns > 7));
        return program.Ops.Where(u => u.Op == Ops.Load).Select(u => u.DType.Lanes).Distinct().Count();
    }

    [Test]
    public void What_is_left_of_rows_in_other_loops_has_loops_of_its_own()
    {
        var input = ProgramInput.Of(14, DType.Float64, [.. Enumerable.Range(0, 42).Select(i => (Scalar)(double)i)]);
        var permuted = Permute(Reshape(input.Param, 6, 1, 7), 2, 0, 1);
        using var variant = RandomProgramVariant.Vector("256");
        variant.Verify(new RandomProgram([input], [Reduce(Ops.Add, permuted, 0, 1, 2), Reduce(Ops.Max, permuted, 0, 1)]));
    }
}
