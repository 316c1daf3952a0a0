using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>Programs that random tests have found, as small as they could be made.</summary>
public class RandomProgramRegressionTests
{
    [Test]
    public void A_row_is_picked_by_a_number_that_is_summed_in_the_kernel()
    {
        var table = ProgramInput.Of(14, DType.UInt8, 3, 4);
        var number = Reduce(Ops.Add, Full(DType.UInt8, 0, 2, 1), 0).Cast(DType.Int32);
        var hit = UOp.Alu(Ops.CmpEq, Reshape(Iota(DType.Int32, 2), 1, 2), Expand(number, 1, 2));
        var picked = UOp.Where(Reshape(hit, 1, 2, 1), Reshape(table.Param, 1, 2, 1), Full(DType.UInt8, 0, 1, 2, 1));
        using var variant = RandomProgramVariant.Default();
        variant.Verify(new RandomProgram([table], [Reduce(Ops.Add, picked, 1)]));
    }

    [Test]
    public void A_sum_that_depends_on_the_inner_of_two_loops()
    {
        var input = ProgramInput.Of(6, DType.Bool, false, false, true, false);
        var choice = UOp.Where(Expand(Reshape(input.Param, 1, 2, 2), 64, 2, 2), Full(DType.Int16, 0, 64, 2, 2), Full(DType.Int16, 3, 64, 2, 2));
        using var variant = RandomProgramVariant.Plain();
        variant.Verify(new RandomProgram([input], [Contiguous(Reshape(Reduce(Ops.Add, choice, 2), 32, 2, 2))]));
    }

    [Test]
    public void A_row_outside_is_picked_by_a_number_that_is_reduced_in_lanes([Values(0, 5)] int last)
    {
        var (table, numbers) = (ProgramInput.Of(0, DType.Float32, 10, 20), ProgramInput.Of(1, DType.Float32, 0, last));
        var number = Expand(Reshape(Expand(Reduce(Ops.Max, numbers.Param, 0), 2), 2, 1).Cast(DType.Int32), 2, 2);
        var hit = Reshape(UOp.Alu(Ops.CmpEq, Expand(Reshape(Iota(DType.Int32, 2), 1, 2), 2, 2), number), 2, 2, 1);
        var picked = UOp.Where(hit, Expand(Reshape(table.Param, 1, 2, 1), 2, 2, 1), Full(DType.Float32, 0, 2, 2, 1));
        using var variant = RandomProgramVariant.Loops(2);
        variant.Verify(new RandomProgram([table, numbers], [Reduce(Ops.Add, picked, 1)]));
    }

    /// <summary>A kernel that reads the copy of what is overwritten uses a buffer more.</summary>
    [Test]
    public void What_is_copied_before_it_is_overwritten_counts_as_a_buffer()
    {
        var input = ProgramInput.Of(28, DType.Bool, false, false);
        var assigned = Assign(input.Param, input.Param, input.Param);
        using var variant = RandomProgramVariant.Groups("lanes=64;subgroup=8;buffers=4");
        variant.Verify(new RandomProgram([input], [Contiguous(Reshape(assigned, 1, 2, 1)), Shrink(input.Param, 1, 2)]));
    }

    [Test]
    public void What_an_index_is_loaded_from_is_not_staged()
    {
        var (table, numbers) = (ProgramInput.Of(24, DType.Float32, 0.5, 1, 2), ProgramInput.Of(26, DType.Float32, [.. Enumerable.Range(0, 30).Select(i => (Scalar)(double)(i % 3))]));
        var number = Expand(Reshape(UOp.Alu(Ops.Trunc, numbers.Param), 30, 1).Cast(DType.Int32), 30, 3);
        var hit = UOp.Alu(Ops.CmpEq, Expand(Reshape(Iota(DType.Int32, 3), 1, 3), 30, 3), number);
        var picked = UOp.Where(hit, Expand(Reshape(table.Param, 1, 3), 30, 3), Full(DType.Float32, 0, 30, 3));
        using var variant = RandomProgramVariant.Groups("lanes=64;subgroup=8", 4);
        variant.Verify(new RandomProgram([table, numbers], [Reduce(Ops.Add, picked, 1)]));
    }
}
