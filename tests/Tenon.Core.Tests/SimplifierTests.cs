using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Core.Tests;

public class SimplifierTests
{
    /// <summary>Random index expressions; of one that fails the smallest part that fails is shown.</summary>
    [Test]
    public void Simplified_expressions_have_the_same_value_and_lie_in_their_interval()
    {
        var random = new Random(2);
        var make = new IndexExpressions(random);
        for (var n = 0; n < 100_000 * LongRun.Factor; n++)
        {
            var depth = random.Next(1, 5);
            var expression = random.Next(4) == 0 ? make.Condition(depth) : make.Integer(depth);
            for (var k = 0; k < 12; k++)
            {
                var point = make.Point();
                if (Difference(expression, point) is not null)
                {
                    Assert.Fail(expression.TopologicalOrder().Select(u => Difference(u, point)).First(d => d is not null)!);
                }
            }
        }

        LongRun.Report("expressions", 100_000 * LongRun.Factor, "indices");
    }

    [TestCaseSource(nameof(Identities))]
    public void Identities_of_index_arithmetic_hold(UOp from, UOp to) => Assert.That(Simplifier.Simplify(from), Is.SameAs(to), () => $"{from}\n→ {Simplifier.Simplify(from)}");

    [Test]
    public void Rules_keep_NaN_infinity_and_minus_zero()
    {
        var x = UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 1));
        var (zero, minusZero) = (UOp.Const(DType.Float32, 0.0), UOp.Const(DType.Float32, -0.0));
        UOp[] kept =
        [
            UOp.Alu(Ops.Mul, x, zero), UOp.Alu(Ops.Add, x, zero), UOp.Alu(Ops.Sub, x, x), UOp.Alu(Ops.Div, x, x), UOp.Alu(Ops.CmpEq, x, x),
            UOp.Alu(Ops.CmpNe, x, x), UOp.Alu(Ops.Sub, x, minusZero), UOp.Alu(Ops.Div, x, UOp.Const(DType.Float32, 3)),
        ];
        Assert.Multiple(() =>
        {
            foreach (var u in kept)
            {
                Assert.That(Simplifier.Simplify(u), Is.SameAs(u));
            }

            Assert.That(Simplifier.Simplify(UOp.Alu(Ops.Add, x, minusZero)), Is.SameAs(x));
            Assert.That(Simplifier.Simplify(UOp.Alu(Ops.Sub, x, zero)), Is.SameAs(x));
        });
    }

    private static IEnumerable<object[]> Identities()
    {
        var (i, j) = (UOp.Variable("i", 0, 31), UOp.Variable("j", 0, 7));
        UOp Flat(long n) => IndexMath.Add(IndexMath.Mul(i, UOp.Index(n)), j);
        UOp C(long n) => UOp.Index(n);
        UOp Alu(Ops op, UOp a, long b) => UOp.Alu(op, a, C(b));

        // what reshapes make and undo
        yield return [Alu(Ops.FloorDiv, Flat(8), 8), i];
        yield return [Alu(Ops.FloorMod, Flat(8), 8), j];
        yield return [UOp.Alu(Ops.Add, Alu(Ops.Mul, Alu(Ops.FloorDiv, i, 4), 4), Alu(Ops.FloorMod, i, 4)), i];
        yield return [Alu(Ops.FloorDiv, Alu(Ops.FloorDiv, i, 2), 4), Alu(Ops.FloorDiv, i, 8)];
        yield return [Alu(Ops.FloorMod, Alu(Ops.FloorMod, i, 8), 4), Alu(Ops.FloorMod, i, 4)];
        yield return [Alu(Ops.FloorDiv, Flat(8), 16), Alu(Ops.FloorDiv, i, 2)];
        yield return [Alu(Ops.FloorMod, i, 32), i];

        // windows over an image: (13·i + j) mod 12 → (i + j) mod 12
        yield return [Alu(Ops.FloorMod, Flat(13), 12), IndexMath.FloorMod(IndexMath.Add(i, j), C(12))];
        yield return [Alu(Ops.FloorDiv, Flat(13), 12), IndexMath.Add(i, IndexMath.FloorDiv(IndexMath.Add(i, j), C(12)))];
        yield return [Alu(Ops.FloorDiv, i, 32), C(0)];

        // comparisons that an interval decides, and bounds in normal form
        yield return [Alu(Ops.CmpLt, i, 32), UOp.Const(true)];
        yield return [Alu(Ops.CmpLt, Alu(Ops.Add, i, -1), 0), Alu(Ops.CmpLt, i, 1)];
        yield return [Alu(Ops.CmpLt, Flat(8), 16), Alu(Ops.CmpLt, i, 2)];
    }

    private static string? Difference(UOp expression, Dictionary<UOp, Scalar> point)
    {
        var simplified = Simplifier.Simplify(expression);
        var (expected, actual) = (ScalarExpressions.Evaluate(expression, point).AsLong, ScalarExpressions.Evaluate(simplified, point).AsLong);
        return expected == actual && IsInside(expression, expected) && IsInside(simplified, actual) ? null
            : $"{expression}\n→ {simplified}\nat {string.Join(", ", point.Select(p => $"{p.Key} = {p.Value}"))}: {expected} became {actual}; intervals [{expression.Min}, {expression.Max}] and [{simplified.Min}, {simplified.Max}]";
    }

    // Of uint64 an interval says something only of the lower half.
    private static bool IsInside(UOp u, long value) => (u.Min == long.MinValue && u.Max == long.MaxValue) || (value >= u.Min && value <= u.Max);
}
