using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>Programs that random tests have found, as small as they could be made.</summary>
public class RandomProgramRegressionTests
{
    [Test]
    public void A_picked_row_whose_number_is_a_sum_of_literals()
    {
        var table = ProgramInput.Of(14, DType.UInt8, 3, 4);
        var number = Reduce(Ops.Add, Full(DType.UInt8, 0, 2, 1), 0).Cast(DType.Int32);
        var hit = UOp.Alu(Ops.CmpEq, Reshape(Iota(DType.Int32, 2), 1, 2), Expand(number, 1, 2));
        var picked = UOp.Where(Reshape(hit, 1, 2, 1), Reshape(table.Param, 1, 2, 1), Full(DType.UInt8, 0, 1, 2, 1));
        using var variant = RandomProgramVariant.Default();
        variant.Verify(new RandomProgram([table], [Reduce(Ops.Add, picked, 1)]));
    }

    [Test]
    public void Loops_X([Values(1, 2, 3)] int s)
    {
    var input0 = ProgramInput.Of(6, DType.Bool, false, false, false, false);
    var n3 = Reshape(input0.Param, 1, 2, 2); // bool[1, 2, 2]
    var n5 = Expand(n3, 64, 2, 2); // bool[64, 2, 2]
    var n12 = UOp.Where(n5, Full(DType.Int16, 0, 64, 2, 2), Full(DType.Int16, 3, 64, 2, 2)); // int16[64, 2, 2]
    var n13 = Reduce(Ops.Add, n12, 2); // int16[64, 2, 1]
    var n15 = Reshape(n13, 32, 2, 2); // int16[32, 2, 2]
    var n16 = Contiguous(n15); // int16[32, 2, 2]
    using var variant = RandomProgramVariant.Loops(s);
    Console.Error.WriteLine(string.Join(' ', variant.Run(new RandomProgram([input0], [n16]))[0]));
    }
}
