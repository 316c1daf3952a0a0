using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Tests;

/// <summary>Random programs over parts of symbolic size against the naive evaluator, each for several values of its variables.</summary>
[NonParallelizable]
internal sealed class SymbolicProgramTests
{
    private const int Context = 12;
    private static readonly Variable N = new("n", 1, 7);
    private static readonly Variable M = new("m", 1, 5);

    [Test]
    public void TheDefaultGeneratorComputesWhatTheEvaluatorComputes() => Compare(first: 0, count: 250);

    [TestCase("Clang")]
    [TestCase("LLVM")]
    public void OtherGeneratorsComputeWhatTheEvaluatorComputes(string generator)
    {
        if (!TenonRuntime.Default.Devices.Open("CPU").Device.CodeGenerators.Any(g => g.Name == generator))
        {
            Assert.Ignore($"This machine has no {generator}.");
        }

        var before = TenonRuntime.Default;
        using var other = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides: [new("plugins:tenon.cpu:generator", generator), new("cache:enabled", "false")])).Build();
        try
        {
            TenonRuntime.Default = other;
            Compare(first: 1000, count: 15);
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }

    private static void Compare(int first, int count)
    {
        for (var seed = first; seed < first + count; seed++)
        {
            var content = new Random(seed);
            var values = Enumerable.Range(0, Context * Context).Select(_ => (float)content.Next(-4, 5)).ToArray();
            var x = Tensor.From<float>(values, [Context, Context]);
            foreach (var (n, m) in new[] { (7L, 5L), (3L, 1L), (1L, 2L) })
            {
                var program = Program(new Random(seed), x, N.Bind(n), M.Bind(m));
                var node = program.Node;
                var expected = new NaiveEvaluator(_ => [.. values.Select(v => (Scalar)v)]).Evaluate(node);
                Assert.That(program.ToArray<float>(), Is.EqualTo(expected.Select(e => (float)e.AsDouble)).Within(1e-3f), () => $"seed {seed}, n = {n}, m = {m}\n{node.Dump()}");
            }
        }
    }

    // Whole numbers of small size, so that sums are exact in any order.
    private static Tensor Program(Random random, Tensor x, SymInt n, SymInt m)
    {
        SymInt[] sizes = [n, m, n + m, 2 * m, m + 1];
        var y = x[TensorIndex.Range(0, Size()), TensorIndex.Range(m - 1, m - 1 + Size(6))];
        for (var i = random.Next(2, 7); i > 0; i--)
        {
            var axis = random.Next(y.Rank);
            y = random.Next(12) switch
            {
                0 => y.Transpose(0, -1),
                1 => y.Flip(axis),
                2 when y.Shape.ToSizes().Count(s => !s.IsKnown) < 2 => y.Flatten(),
                3 when y.Rank < 3 => y.Unsqueeze(axis),
                4 when y.Rank > 1 => y.Sum(axis),
                5 when y.Rank > 1 => y + y.Sum(axis, keepDim: true),
                6 when y.Shape.MaxElements <= 400 => Tensor.Cat([y, y + 1], axis),
                7 when y.Shape.MaxElements <= 400 => y.Pad([.. Enumerable.Range(0, y.Rank).Select(a => a == axis ? ((SymInt)1, m) : (0, 0))]),
                8 => Tensor.Where(y > 0, y, n + random.Next(3)),
                9 when y.Rank < 3 => y.Unsqueeze(0) + Tensor.Arange(Size(6)).Reshape([-1, .. Enumerable.Repeat((SymInt)1, y.Rank)]),
                10 => y.Contiguous(),
                _ => y * 2 - m,
            };
            y = y.Clamp(-1000, 1000);
        }

        return y + 0.5;

        SymInt Size(long most = long.MaxValue) => sizes.Where(s => s.Max <= most).ToArray() is var fitting ? fitting[random.Next(fitting.Length)] : 0;
    }
}
