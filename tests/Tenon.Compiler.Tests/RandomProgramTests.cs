using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>Random tensor programs against an evaluator that shares no code with the compiler.</summary>
public class RandomProgramTests
{
    // Kernels of several programs are compiled side by side.
    private const int Batch = 8;

    private static readonly (string Name, Func<RandomProgramVariant> Create, int FirstSeed, int Programs)[] Runs =
    [
        ("CLR", RandomProgramVariant.Default, 0, 2800),
        ("CLR with vectors of 256 bits", () => RandomProgramVariant.Vector("256"), 10_000_000, 400),
        ("CLR with vectors of 128 bits", () => RandomProgramVariant.Vector("128"), 20_000_000, 400),
        ("CLR without vectors", () => RandomProgramVariant.Vector("0"), 30_000_000, 400),
        ("without the optimiser", RandomProgramVariant.Plain, 40_000_000, 800),
        ("with random loops", () => RandomProgramVariant.Loops(1), 50_000_000, 400),
        ("with other random loops", () => RandomProgramVariant.Loops(2), 60_000_000, 400),
        ("with random loops without vectors", () => RandomProgramVariant.Loops(3, "0"), 70_000_000, 200),
        ("in groups of lanes", () => RandomProgramVariant.Groups("lanes=256;subgroup=32"), 72_000_000, 160),
        ("in groups of lanes with random loops", () => RandomProgramVariant.Groups("lanes=64;subgroup=8", 4), 74_000_000, 160),
        ("in groups of lanes with random loops without vectors", () => RandomProgramVariant.Groups("lanes=48;subgroup=0;vector=0;local=4096", 5), 76_000_000, 80),
        ("with images", () => RandomProgramVariant.Groups("lanes=64;subgroup=8;images=planes", 6), 79_000_000, 80),
        ("with few buffers a kernel", () => RandomProgramVariant.Groups("lanes=64;subgroup=8;buffers=4"), 78_000_000, 80),
        ("Clang", () => RandomProgramVariant.Generator("Clang"), 80_000_000, 320),
        ("LLVM", () => RandomProgramVariant.Generator("LLVM"), 85_000_000, 240),
    ];

    private static IEnumerable<string> Names => Runs.Select(r => r.Name);

    [TestCaseSource(nameof(Names))]
    public void Programs_compute_what_the_evaluator_computes(string name)
    {
        if (name is "Clang" or "LLVM" && !RandomProgramVariant.Has(name))
        {
            Assert.Ignore($"This machine has no {name}.");
        }

        var (_, create, first, count) = Runs.Single(r => r.Name == name);
        count *= LongRun.Factor;
        using var variant = create();
        for (var seed = first; seed < first + count; seed += Batch)
        {
            RandomProgram[] programs = [.. Enumerable.Range(seed, Batch).Select((s, i) => RandomProgramGenerator.Create(s, 4 * i))];
            if (variant.Check(RandomProgram.Union(programs)) is { } failure)
            {
                var program = programs.FirstOrDefault(p => variant.Check(p)?.Kind == failure.Kind) ?? RandomProgram.Union(programs);
                Assert.Fail($"Seeds {seed} to {seed + Batch - 1}: {failure.Text}\n\n{ShrinkAndPrint(program, variant, failure, out _)}");
            }
        }

        LongRun.Report("programs", count, name);
    }

    [Test]
    public void A_program_with_a_bound_size_computes_what_the_program_with_that_size_computes()
    {
        using var variant = RandomProgramVariant.Default();
        var count = 0;
        for (var seed = 90_000_000; seed < 90_000_000 + 1200 * LongRun.Factor; seed++)
        {
            var program = RandomProgramGenerator.Create(seed);
            var sizes = program.Results.SelectMany(r => r.TopologicalOrder()).Where(u => u.Op == Ops.Reshape && u[0].Op == Ops.Param).SelectMany(u => u.Shape.ToArray());
            var size = sizes.Where(n => n > 1).GroupBy(n => n).MaxBy(g => g.Count())?.Key ?? 0;
            if (RandomProgramSymbolic.Of(program, size) is { } symbolic)
            {
                count++;
                Assert.That(variant.Check(program, symbolic)?.Text, Is.Null, () => $"seed {seed}, size {size}\n{UOp.Sink(symbolic.Results).Dump()}");
            }
        }

        Assert.That(count, Is.GreaterThan(200 * LongRun.Factor));
        LongRun.Report("programs", count, "symbolic");
    }

    [Test]
    public void CI_runs_at_least_5000_programs_without_native_compilers() => Assert.That(Runs.Where(r => r.Name is not ("Clang" or "LLVM")).Sum(r => r.Programs), Is.AtLeast(5000));

    /// <summary>A rule that is wrong is found, and the program that shows it is as small as it can be.</summary>
    [Test]
    public void A_wrong_rule_is_found_and_shrinks_to_one_op([Values(Ops.Max, Ops.Where)] Ops op)
    {
        var rules = new PatternMatcher(Rule.Of(Pat.Op(new OpSet(op), 0).If(u => u.DType == DType.Float32), u => u[u.Src.Length - 1]));
        using var variant = RandomProgramVariant.With("Wrong()", (kernel, _) => GraphRewrite.Apply(kernel, rules));
        for (var seed = 0; seed < 500; seed++)
        {
            var program = RandomProgramGenerator.Create(seed);
            if (program.NodeCount >= 8 && variant.Check(program) is { Kind: "wrong" } failure)
            {
                var text = ShrinkAndPrint(program, variant, failure, out var small);
                Assert.That(small.NodeCount, Is.AtMost(5), text);
                Assert.That(small.Inputs.Sum(i => i.Values.Length), Is.AtMost(6), text);
                Assert.That(small.Results.Single().TopologicalOrder().Select(u => u.Op), Has.Member(op).Or.Member(Ops.Pad).Or.Member(Ops.Log2), text);
                Assert.That(text, Does.Contain("ProgramInput.Of(").And.Contain("variant.Verify(new RandomProgram(["));
                return;
            }
        }

        Assert.Fail("No program shows that the rule is wrong.");
    }

    private static string ShrinkAndPrint(RandomProgram program, RandomProgramVariant variant, ProgramFailure failure, out RandomProgram small)
    {
        small = RandomProgramShrinker.Shrink(program, p => variant.Check(p)?.Kind == failure.Kind);
        return $"The smallest program found that fails: {variant.Check(small)?.Text}\n{RandomProgramPrinter.Print(small, variant, "A_program_that_failed")}";
    }
}
