using Tenon.Core;

namespace Tenon.Core.Tests;

public class RewriteTests
{
    private static readonly Pat X = Pat.Any(0), Y = Pat.Any(1), C = Pat.Const(1);

    [Test]
    public void A_slot_that_occurs_twice_must_match_the_same_node()
    {
        var rules = new PatternMatcher(Rule.Of(X + X, static x => x));
        var (a, b) = (UOp.Variable("a", 0, 9), UOp.Variable("b", 0, 9));
        Assert.That(rules.Rewrite(UOp.Alu(Ops.Add, a, a)), Is.SameAs(a));
        Assert.That(rules.Rewrite(UOp.Alu(Ops.Add, a, b)), Is.Null);
    }

    [Test]
    public void Commutative_patterns_match_in_either_order()
    {
        var rules = new PatternMatcher(Rule.Of(X + C, static (x, c) => c));
        var a = UOp.Variable("a", 0, 9);
        Assert.That(rules.Rewrite(UOp.Alu(Ops.Add, UOp.Index(5), a)), Is.SameAs(UOp.Index(5)));
    }

    [Test]
    public void The_first_rule_that_applies_wins_and_says_where_it_is_written()
    {
        var rules = new PatternMatcher(Rule.Of(X + Y, static (x, y) => null), Rule.Of(X + Y, static (x, y) => y));
        var u = UOp.Alu(Ops.Add, UOp.Variable("a", 0, 9), UOp.Index(1));
        Assert.That(rules.Rewrite(u, null, out var fired), Is.SameAs(UOp.Index(1)));
        Assert.That(fired!.Location, Does.Match(@"RewriteTests\.cs:\d+"));
    }

    [Test]
    public void Rules_that_cycle_are_named_with_what_they_did_last()
    {
        var rules = new PatternMatcher(
            Rule.Of(Pat.Op(Ops.Neg, X), static x => null),
            Rule.Of(Pat.Op(Ops.Add, X, Y), static (x, y) => UOp.Alu(Ops.Sub, x, y)),
            Rule.Of(Pat.Op(Ops.Sub, X, Y), static (x, y) => UOp.Alu(Ops.Max, x, y)),
            Rule.Of(Pat.Op(Ops.Max, X, Y), static (x, y) => UOp.Alu(Ops.Add, x, y)));
        var u = UOp.Alu(Ops.Neg, UOp.Alu(Ops.Add, UOp.Variable("a", 0, 9), UOp.Index(1)));
        var error = Assert.Throws<TenonException>(() => GraphRewrite.Apply(u, rules, stage: "tests/cycle"))!;
        Assert.That(error.Code, Is.EqualTo("TEN1001"));
        Assert.That(error.Message, Does.Contain("(tests/cycle)").And.Contain("which repeat"));
        foreach (var rule in rules.Rules.Skip(1))
        {
            Assert.That(error.Message, Does.Contain(rule.Location));
        }

        Assert.That(error.Message, Does.Not.Contain(rules.Rules[0].Location));
        Assert.That(error.Message, Does.Contain("Add(Variable<a>, 1) → Sub(Variable<a>, 1)").And.Contain("Sub(Variable<a>, 1) → Max(Variable<a>, 1)"));
    }

    [Test]
    public void Rules_that_grow_without_end_are_named()
    {
        var rules = new PatternMatcher(Rule.Of(Pat.Op(Ops.Neg, X), static x => UOp.Alu(Ops.Neg, UOp.Alu(Ops.Sin, x))));
        var u = UOp.Alu(Ops.Neg, UOp.New(Ops.Param, DType.Float32, [], new ParamArg(0, 1)));
        Assert.That(() => GraphRewrite.Apply(u, rules), Throws.TypeOf<TenonException>().With.Message.Contains("which don't repeat").And.Message.Contains(rules.Rules[0].Location));
    }

    [Test]
    public void A_match_that_fails_allocates_nothing()
    {
        var u = UOp.Alu(Ops.Add, UOp.Variable("a", 0, 9), UOp.Variable("b", 0, 9));
        var rules = new PatternMatcher(Rule.Of((X + C) + Pat.Const(2), static (x, c) => x), Rule.Of(X + (X * C), static (x, c) => c));
        rules.Rewrite(u);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            rules.Rewrite(u);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
