using Tenon.Core;

namespace Tenon.Core.Tests;

/// <summary>What a listener hears. It is one of the whole process, so no other test may rewrite meanwhile.</summary>
[NonParallelizable]
public class TracingTests
{
    private static readonly Pat X = Pat.Any(0), C1 = Pat.Const(1), C2 = Pat.Const(2);

    [Test]
    public void Each_rewrite_is_heard_with_its_stage_kernel_rule_and_nodes()
    {
        var rules = new PatternMatcher(
            Rule.Of(Pat.Op(Ops.Max, X, X), static x => null),
            Rule.Of((X + C1) + C2, static (x, c1, c2) => UOp.Alu(Ops.Add, x, UOp.Alu(Ops.Add, c1, c2))));
        var a = UOp.Variable("a", 0, 9);
        var before = UOp.Alu(Ops.Add, UOp.Alu(Ops.Add, a, UOp.Index(1)), UOp.Index(2));
        var root = UOp.Alu(Ops.Max, before, before);
        var heard = Listen(() =>
        {
            using var outer = Tracing.Begin("tests", kernel: "k");
            GraphRewrite.Apply(root, rules, stage: "tests/rewrite");
        });

        var (stage, rule, from, to) = heard.Fired.Single();
        Assert.That((stage!.Name, stage.Kernel), Is.EqualTo(("tests/rewrite", "k")));
        Assert.That(rule.Location, Is.EqualTo(rules.Rules[1].Location));
        Assert.That(rule.Text, Is.EqualTo("(X + C1) + C2 → Add(x, Add(c1, c2))"));
        Assert.That(from, Is.SameAs(before));
        Assert.That(to, Is.SameAs(UOp.Alu(Ops.Add, a, UOp.Alu(Ops.Add, UOp.Index(1), UOp.Index(2)))));
        Assert.That(heard.Failed, Has.Some.EqualTo(rules.Rules[0].Location));
        Assert.That(heard.Ended.Select(s => s.Name), Is.EqualTo(new[] { "tests/rewrite", "tests" }));
        Assert.That(heard.Ended[0].Graph, Is.SameAs(root));
        Assert.That(heard.Ended[0].Result, Is.SameAs(GraphRewrite.Apply(root, rules)));
        Assert.That(heard.Ended[1].OwnTicks, Is.EqualTo(heard.Ended[1].Ticks - heard.Ended[0].Ticks));
    }

    [Test]
    public void Index_arithmetic_that_simplifies_as_it_builds_is_heard()
    {
        var heard = Listen(() => IndexMath.Mul(UOp.Variable("b", 0, 9), UOp.Index(1)));
        Assert.That(heard.Fired.Single().Rule.Location, Does.StartWith("Simplifier.cs:"));
        Assert.That(heard.Fired.Single().Stage, Is.Null);
    }

    [Test]
    public void Threads_have_stages_of_their_own()
    {
        var heard = Listen(() => Parallel.For(0, 100, i =>
        {
            using var stage = Tracing.Begin("outer", kernel: $"{i}");
            IndexMath.Mul(UOp.Variable($"v{i}", 0, 9), UOp.Index(1));
        }));
        Assert.That(heard.Fired.Select(f => (f.Stage!.Kernel, f.Before[0].ArgAs<VariableArg>().Name)), Is.EquivalentTo(Enumerable.Range(0, 100).Select(i => ($"{i}", $"v{i}"))));
    }

    [Test]
    public void Nobody_listening_costs_no_memory()
    {
        var u = Simplifier.Simplify(UOp.Alu(Ops.Add, UOp.Variable("a", 0, 9), UOp.Variable("b", 0, 9)));
        GraphRewrite.Apply(u, Simplifier.Rules, stage: "tests");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            using var stage = Tracing.Begin("tests");
            GraphRewrite.Apply(u, Simplifier.Rules, stage: "tests");
            Simplifier.SimplifyNode(u);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static Heard Listen(Action action)
    {
        var heard = new Heard();
        Tracing.Listener = heard;
        try
        {
            action();
        }
        finally
        {
            Tracing.Listener = null;
        }

        return heard;
    }

    private sealed class Heard : RewriteListener
    {
        public List<(TraceStage? Stage, Rule Rule, UOp Before, UOp After)> Fired { get; } = [];

        public List<string> Failed { get; } = [];

        public override void Tried(TraceStage? stage, Rule rule, UOp before, UOp? after, long ticks)
        {
            lock (Fired)
            {
                if (after is null)
                {
                    Failed.Add(rule.Location);
                }
                else
                {
                    Fired.Add((stage, rule, before, after));
                }
            }
        }

        public List<TraceStage> Ended { get; } = [];

        public override void End(TraceStage stage)
        {
            lock (Fired)
            {
                Ended.Add(stage);
            }
        }
    }
}
