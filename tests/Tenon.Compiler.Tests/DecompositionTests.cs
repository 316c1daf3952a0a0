using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>What the linear IR leaves to the host: divisors, shift counts, truth values, weak integers.</summary>
public class DecompositionTests
{
    private static readonly OpSet OfTruth = new(Ops.And, Ops.Or, Ops.Xor, Ops.Where, Ops.Cast, Ops.Const, Ops.Param, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe);

    /// <summary>Expressions of every dtype on corner values keep their bits, and do nothing that the linear IR leaves undefined.</summary>
    [Test]
    public void Decomposed_expressions_have_the_same_bits()
    {
        var random = new Random(3);
        var make = new ScalarExpressions(random);
        var rules = Decompositions.For(View(), isFast: false).ForMachine;
        for (var n = 0; n < 8_000 * LongRun.Factor; n++)
        {
            var expression = make.Make(make.AnyDType(), 1 + random.Next(3));
            var decomposed = GraphRewrite.Apply(expression, rules);
            for (var k = 0; k < 8; k++)
            {
                var inputs = make.Assign(expression);
                Compare(expression, decomposed, ScalarExpressions.Evaluate(expression, inputs), ScalarExpressions.Evaluate(decomposed, inputs));
                RequireDefined(decomposed, u => ScalarExpressions.Evaluate(u, inputs));
            }
        }
    }

    /// <summary>Index expressions keep their value as machine integers.</summary>
    [Test]
    public void Lowered_indices_have_the_same_value()
    {
        var random = new Random(4);
        var make = new IndexExpressions(random);
        var rules = Decompositions.For(View(), isFast: false).ForMachine;
        for (var n = 0; n < 8_000 * LongRun.Factor; n++)
        {
            var expression = Simplifier.Simplify(make.Integer(random.Next(1, 4)));
            var lowered = IndexLowering.Apply(expression, rules);
            for (var k = 0; k < 8; k++)
            {
                var point = make.Point();
                Scalar Machine(UOp u) => ScalarExpressions.Evaluate(u, u.TopologicalOrder().Where(v => v.Op == Ops.Variable).ToDictionary(v => v, v => point.First(p => p.Key.Arg!.Equals(v.Arg)).Value.To(v.DType), (IEqualityComparer<UOp>)ReferenceEqualityComparer.Instance));
                Compare(expression, lowered, ScalarExpressions.Evaluate(expression, point).AsLong, Machine(lowered).AsLong);
                RequireDefined(lowered, Machine);
            }
        }
    }

    private static void Compare(UOp from, UOp to, Scalar expected, Scalar actual)
    {
        if (expected != actual && !(double.IsNaN(expected.AsDouble) && double.IsNaN(actual.AsDouble)))
        {
            Assert.Fail($"{expected} became {actual}\n{from.Dump()}\n→\n{to.Dump()}");
        }
    }

    private static void RequireDefined(UOp root, Func<UOp, Scalar> evaluate)
    {
        foreach (var u in root.TopologicalOrder())
        {
            var isDefined = u.Op switch
            {
                Ops.IntDiv or Ops.IntMod => evaluate(u[1]) is var y && y.AsBool && !(u.DType.Kind == DTypeKind.Int && y.AsLong == -1 && evaluate(u[0]).AsLong == u.DType.MinInteger),
                Ops.Shl or Ops.Shr => evaluate(u[1]).AsLong is var y && y >= 0 && y < u.DType.Bits,
                Ops.FloorDiv or Ops.FloorMod => false,
                _ => !u.DType.IsBool || OfTruth.Contains(u.Op),
            };
            if (!isDefined)
            {
                Assert.Fail($"The linear IR doesn't define {u}");
            }
        }
    }

    private static CodeGeneratorView View()
    {
        var device = TenonRuntime.Default.Devices.Open("CPU");
        return new CodeGeneratorView(device.Generator.Target, device.Capabilities);
    }
}
