using FsCheck;
using FsCheck.Fluent;
using Tenon.Core;

namespace Tenon.Core.Tests;

public class SimplifierTests
{
    private static readonly (string Name, long Min, long Max)[] Variables = [("a", 0, 7), ("b", 0, 12), ("c", -5, 6), ("d", 3, 3)];

    /// <summary>Random index expressions; one that fails shrinks to the part of it that fails.</summary>
    [Test]
    public void Simplified_expressions_have_the_same_value_and_lie_in_their_interval() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100_000).WithEndSize(9), Prop.ForAll(Expressions(), SameValue));

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

    private static bool SameValue(UOp expression)
    {
        var simplified = Simplifier.Simplify(expression);
        var random = new Random(7);
        for (var n = 0; n < 40; n++)
        {
            var values = Variables.ToDictionary(v => v.Name, v => random.NextInt64(v.Min, v.Max + 1));
            var (expected, actual) = (Evaluate(expression, values), Evaluate(simplified, values));
            if (expected != actual || expected < expression.Min || expected > expression.Max || actual < simplified.Min || actual > simplified.Max)
            {
                throw new InvalidOperationException($"{expression}\n→ {simplified}\nat {string.Join(", ", values)}: {expected} became {actual}; intervals [{expression.Min}, {expression.Max}] and [{simplified.Min}, {simplified.Max}]");
            }
        }

        return true;
    }

    private static long Evaluate(UOp root, Dictionary<string, long> variables)
    {
        var values = new Dictionary<UOp, Scalar>(ReferenceEqualityComparer.Instance);
        foreach (var u in root.TopologicalOrder())
        {
            values[u] = u.Op switch
            {
                Ops.Const => (Scalar)u.Arg!,
                Ops.Variable => variables[u.ArgAs<VariableArg>().Name],
                _ => ScalarMath.Evaluate(u.Op, u.DType, u[u.Src.Length - 1].DType, u.Src.ToArray().Select(s => values[s]).ToArray()),
            };
        }

        return values[root].AsLong;
    }

    private static Arbitrary<UOp> Expressions() => Arb.From(Gen.Sized(size => Integer(Math.Min(size, 8))), Shrink);

    private static IEnumerable<UOp> Shrink(UOp u) => u.Src.ToArray().Where(s => s.DType == u.DType);

    private static Gen<UOp> Integer(int size)
    {
        var leaf = Gen.OneOf(
            Gen.Elements(Variables).Select(v => UOp.Variable(v.Name, v.Min, v.Max)),
            Gen.Choose(-6, 12).Select(n => UOp.Index(n)));
        if (size <= 0)
        {
            return leaf;
        }

        var sub = Integer(size / 2);
        var divisor = Gen.Choose(-4, 16).Select(n => UOp.Index(n));
        return Gen.OneOf(
            leaf,
            Pair(Ops.Add, sub, sub), Pair(Ops.Add, sub, sub), Pair(Ops.Mul, sub, Gen.Choose(-4, 8).Select(n => UOp.Index(n))), Pair(Ops.Mul, sub, sub),
            Pair(Ops.FloorDiv, sub, divisor), Pair(Ops.FloorMod, sub, divisor), Pair(Ops.IntDiv, sub, divisor), Pair(Ops.IntMod, sub, divisor),
            Pair(Ops.FloorDiv, sub, sub), Pair(Ops.Max, sub, sub), Pair(Ops.Sub, sub, sub),
            from c in Condition(size / 2) from x in sub from y in sub select UOp.Where(c, x, y));
    }

    private static Gen<UOp> Condition(int size)
    {
        var sub = Integer(size / 2);
        var compare = Gen.OneOf(Pair(Ops.CmpLt, sub, sub), Pair(Ops.CmpEq, sub, sub), Pair(Ops.CmpNe, sub, sub));
        return size <= 0 ? compare : Gen.OneOf(
            compare, Pair(Ops.And, Condition(size / 2), Condition(size / 2)), Pair(Ops.Or, Condition(size / 2), Condition(size / 2)),
            Condition(size / 2).Select(c => UOp.Alu(Ops.Xor, c, UOp.Const(true))));
    }

    private static Gen<UOp> Pair(Ops op, Gen<UOp> a, Gen<UOp> b) => from x in a from y in b select UOp.Alu(op, x, y);
}
