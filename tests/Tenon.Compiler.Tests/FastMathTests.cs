using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>Off by default, on for what is realised in a scope, and never mixed.</summary>
public class FastMathTests
{
    private static readonly float[] Odd = [float.PositiveInfinity, float.NaN, 2, -0f];

    [Test]
    public void Strict_and_fast_results_are_kept_apart()
    {
        var same = Tensor.From<float>(Odd).Realize();
        for (var turn = 0; turn < 2; turn++)
        {
            // The same graphs each turn, of other data.
            var x = Tensor.From<float>(Odd).Realize();
            using (Tensor.FastMath())
            {
                Assert.That((x * 0).ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 0, 0 }), $"turn {turn}");
                Assert.That((same / same).ToArray<float>(), Is.EqualTo(new float[] { 1, 1, 1, 1 }));
                using (Tensor.FastMath(false))
                {
                    Assert.That((x - x).ToArray<float>(), Is.EqualTo(new[] { float.NaN, float.NaN, 0, 0 }));
                }

                Assert.That((x + x - (x + x)).ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 0, 0 }));
            }

            // The same value even: what was realised above is not it.
            Assert.That((x * 0).ToArray<float>(), Is.EqualTo(new[] { float.NaN, float.NaN, 0, 0 }), $"turn {turn}");
            Assert.That((x + x - (x + x)).ToArray<float>(), Is.EqualTo(new[] { float.NaN, float.NaN, 0, 0 }));
            same = Tensor.From<float>(Odd).Realize();
        }
    }

    [Test]
    public async Task A_scope_follows_the_flow_of_control()
    {
        var x = Tensor.From<float>(Odd).Realize();
        using (Tensor.FastMath())
        {
            var y = await (x * 0 + 7).RealizeAsync();
            Assert.That(y.ToArray<float>(), Is.EqualTo(new float[] { 7, 7, 7, 7 }));
            var other = await Task.Run(() => FastMath.Requested);
            Assert.That(other, Is.True);
        }

        Assert.That(FastMath.Requested, Is.Null);
    }

    [Test]
    public void Assignments_happen_once_whatever_the_maths()
    {
        var x = Tensor.From<float>([1, 2]).Realize();
        using (Tensor.FastMath())
        {
            x.Assign(x + 1);
            x.Realize();
            Assert.That(x.ToArray<float>(), Is.EqualTo(new float[] { 2, 3 }));
        }

        Assert.That((x + 0).ToArray<float>(), Is.EqualTo(new float[] { 2, 3 }));
        x.Assign(x + 1).Realize();
        using (Tensor.FastMath())
        {
            Assert.That((x * 2).ToArray<float>(), Is.EqualTo(new float[] { 6, 8 }));
        }
    }

    [Test]
    public void Kernels_are_shorter_and_have_another_content()
    {
        var x = Tensor.From<float>([1, 2, 3]).Realize();
        var y = x.Log().Exp() * 3 / 4 + x * 0;
        var strict = Kernel(y);
        using var scope = Tensor.FastMath();
        var fast = Kernel(y);
        Assert.That(UOpSerializer.ContentHash(fast), Is.Not.EqualTo(UOpSerializer.ContentHash(strict)));
        Assert.That(fast.TopologicalOrder().Count(u => u.Op is Ops.Exp2 or Ops.Log2 or Ops.Div or Ops.Add), Is.Zero, fast.Dump());
        Assert.That(y.ToArray<float>(), Is.EqualTo(new[] { 0.75f, 1.5f, 2.25f }).Within(1e-6));
    }

    [Test]
    public void The_runtime_can_be_set_to_fast_maths()
    {
        var before = TenonRuntime.Default;
        using var runtime = TenonRuntime.Default = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("fastMath", "true")])).Build();
        try
        {
            var x = Tensor.From<float>(Odd);
            Assert.That((x * 0).ToArray<float>(), Is.EqualTo(new float[] { 0, 0, 0, 0 }));
            using var strict = Tensor.FastMath(false);
            Assert.That((x * 0).ToArray<float>(), Is.EqualTo(new[] { float.NaN, float.NaN, 0, 0 }));
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    /// <summary>Where values are harmless, results agree but for rounding.</summary>
    [Test]
    public void Rules_hold_for_real_numbers()
    {
        var random = new Random(5);
        UOp Make(int depth) => depth == 0 || random.Next(6) == 0
            ? random.Next(3) > 0 ? UOp.New(Ops.Param, DType.Float64, [], new ParamArg(random.Next(3), 1)) : UOp.Const(DType.Float64, random.Next(-2, 4) * 0.5)
            : random.Next(9) switch
            {
                0 => UOp.Alu(Ops.Neg, Make(depth - 1)),
                1 => UOp.Alu(Ops.Exp2, Make(depth - 1)),
                2 => UOp.Alu(Ops.Log2, UOp.Alu(Ops.Exp2, Make(depth - 1))),
                3 => Make(depth - 1) is var x ? UOp.Alu(random.Next(2) == 0 ? Ops.Sub : Ops.Div, x, x) : null!,
                _ => UOp.Alu(new[] { Ops.Add, Ops.Add, Ops.Sub, Ops.Mul, Ops.Mul, Ops.Div }[random.Next(6)], Make(depth - 1), Make(depth - 1)),
            };

        var compared = 0;
        for (var n = 0; n < 5_000 * LongRun.Factor; n++)
        {
            var expression = Make(random.Next(1, 5));
            var fast = GraphRewrite.Apply(GraphRewrite.Apply(expression, FastMathRules.Rules), FastMathRules.Contraction);
            var inputs = expression.TopologicalOrder().Where(u => u.Op == Ops.Param).ToDictionary(u => u, _ => (Scalar)(random.NextDouble() + 0.5), (IEqualityComparer<UOp>)ReferenceEqualityComparer.Instance);
            if (expression.TopologicalOrder().TrueForAll(u => Math.Abs(ScalarExpressions.Evaluate(u, inputs).AsDouble) is < 1e3 and (> 1e-3 or 0)))
            {
                compared++;
                var expected = ScalarExpressions.Evaluate(expression, inputs).AsDouble;
                Assert.That(ScalarExpressions.Evaluate(fast, inputs).AsDouble, Is.EqualTo(expected).Within(1e-6), () => $"{expression}\n→ {fast}");
            }
        }

        Assert.That(compared, Is.GreaterThan(1000));
    }

    private static UOp Kernel(Tensor tensor) => TenonRuntime.Default.Schedule([(tensor.Node, tensor.Device)]).Calls.Single().Kernel!;
}
