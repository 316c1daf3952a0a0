using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>Random tensor programs against an evaluator that shares no code with the compiler.</summary>
public class RandomProgramTests
{
    private const int Batch = 8;
    private static readonly List<(string Variant, int Count)> Ran = [];

    [Test]
    public void The_default_generator_computes_what_the_evaluator_computes() => Run("CLR", RandomProgramVariant.Default, 0, 2400);

    [TestCase("0")]
    [TestCase("128")]
    [TestCase("256")]
    public void Narrower_vectors_compute_what_the_evaluator_computes(string bits) => Run($"CLR with vectors of {bits} bits", () => RandomProgramVariant.Vector(bits), 1_000_000, 400);

    [Test]
    public void Plain_loops_compute_what_the_evaluator_computes() => Run("without optimiser", RandomProgramVariant.Plain, 2_000_000, 800);

    [Test]
    public void Loops_changed_at_random_compute_what_the_evaluator_computes([Values(1, 2, 3)] int seed) =>
        Run($"with random loops {seed}", () => RandomProgramVariant.Loops(seed), 3_000_000, 400);

    [Test]
    public void Clang_computes_what_the_evaluator_computes()
    {
        if (!RandomProgramVariant.Has("Clang"))
        {
            Assert.Ignore("This machine has no clang.");
        }

        Run("Clang", () => RandomProgramVariant.Generator("Clang"), 4_000_000, 320);
    }

    private static void Run(string name, Func<RandomProgramVariant> create, int first, int count)
    {
        count *= LongRun.Factor;
        using var variant = create();
        for (var seed = first; seed < first + count; seed += Batch)
        {
            RandomProgram[] programs = [.. Enumerable.Range(seed, Batch).Select((s, i) => RandomProgramGenerator.Create(s, 4 * i))];
            if (variant.Check(RandomProgram.Union(programs)) is { } failure)
            {
                Fail(programs, variant, seed, failure);
            }
        }

        lock (Ran)
        {
            Ran.Add((name, count));
        }

        TestContext.Out.WriteLine($"random programs: {count:N0} run {name}");
    }

    private static void Fail(RandomProgram[] programs, RandomProgramVariant variant, int seed, ProgramFailure failure)
    {
        var program = programs.FirstOrDefault(p => variant.Check(p)?.Kind == failure.Kind) ?? RandomProgram.Union(programs);
        var small = RandomProgramShrinker.Shrink(program, p => variant.Check(p)?.Kind == failure.Kind);
        Assert.Fail($"Seeds from {seed} on: {failure.Text}\n\nThe smallest program found that fails: {variant.Check(small)?.Text}\n{RandomProgramPrinter.Print(small, variant, $"Seed_{seed}")}");
    }
}
