using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>A step that makes an illegal graph is named, before the next one stumbles over it.</summary>
public class StepCheckTests
{
    [Test]
    public void An_illegal_kernel_is_the_fault_of_the_step_that_made_it()
    {
        // A comparison of two types.
        var rules = new PatternMatcher(Rule.Of(Pat.Op(Ops.CmpLt, Pat.Any(0), Pat.Any(1)), static (x, y) => y.DType == DType.Float32 ? UOp.Alu(Ops.CmpLt, x, y.Cast(DType.Float64)) : null));
        var x = ProgramInput.Of(0, DType.Float32, 1, 2, 3);
        using var variant = RandomProgramVariant.With("Illegal()", (kernel, _) => GraphRewrite.Apply(kernel, rules));
        var failure = variant.Check(new RandomProgram([x], [UOp.Alu(Ops.CmpLt, Full(DType.Float32, 2, 3), x.Param)]))!;
        Assert.That(failure.Kind, Is.EqualTo("TEN1002"));
        Assert.That(failure.Text, Does.Contain("after optimise").And.Contain("CmpLt"));
    }
}
