using Tenon.Core;
using Tenon.Runtime;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>Random tensor programs against an evaluator that shares no code with the compiler.</summary>
public class RandomProgramTests
{
    private const int Programs = 600;

    [Test]
    public void The_default_generator_computes_what_the_evaluator_computes() => Compare(TenonRuntime.Default, 0, Programs);

    [Test]
    public void Clang_computes_what_the_evaluator_computes()
    {
        if (!TenonRuntime.Default.Devices.Open("CPU").Device.CodeGenerators.Any(g => g.Name == "Clang"))
        {
            Assert.Ignore("This machine has no clang.");
        }

        using var runtime = Build(("plugins:tenon.cpu:generator", "Clang"));
        Compare(runtime, 5000, 60);
    }

    [TestCase("0")]
    [TestCase("128")]
    [TestCase("256")]
    public void Narrower_vectors_compute_what_the_evaluator_computes(string bits)
    {
        using var runtime = Build(("plugins:tenon.cpu:vector", bits));
        Compare(runtime, 10_000, Programs / 3);
    }

    private static TenonRuntime Build(params (string Key, string Value)[] settings) =>
        new TenonRuntimeBuilder(TenonConfiguration.Load(null, settings.ToDictionary(s => s.Key, s => (string?)s.Value))).Build();

    private static void Compare(TenonRuntime runtime, int first, int count)
    {
        for (var seed = first; seed < first + count; seed++)
        {
            var program = new RandomProgram(seed, runtime, "CPU");
            var evaluator = new NaiveEvaluator(program.ContentOf);
            var expected = program.Results.Select(evaluator.Evaluate).ToList();
            var storage = runtime.Realize([.. program.Results.Select(r => (r, "CPU"))]);
            for (var i = 0; i < storage.Length; i++)
            {
                var actual = Read(runtime, storage[i]);
                var wrong = Enumerable.Range(0, actual.Length).FirstOrDefault(k => !Agree(expected[i][k], actual[k], program.Results[i].DType, expected[i]), -1);
                Assert.That(wrong, Is.EqualTo(-1), () => $"seed {seed}, result {i}, element {wrong}: expected {expected[i][wrong]}, got {actual[wrong]}\n{program}");
            }
        }
    }

    private static Scalar[] Read(TenonRuntime runtime, UOp storage)
    {
        var buffer = storage.Op == Ops.Buffer ? storage : storage[0];
        var bytes = new byte[buffer.Shape.MaxElements * buffer.DType.Bytes];
        runtime.CopyOut(buffer, bytes);
        return ElementBytes.To(bytes, buffer.DType);
    }

    // Sums may be taken in any order, so what cancels is compared against the largest value of the result.
    private static bool Agree(Scalar expected, Scalar actual, DType dtype, Scalar[] all)
    {
        if (!dtype.IsFloat)
        {
            return expected.AsLong == actual.AsLong;
        }

        var (e, a) = (expected.AsDouble, actual.AsDouble);
        if (!double.IsFinite(e) || !double.IsFinite(a))
        {
            return e.Equals(a);
        }

        var largest = all.Select(s => Math.Abs(s.AsDouble)).Where(double.IsFinite).Max();
        var tolerance = dtype.Name switch { "float64" => 1e-6, "float32" => 1e-4, "float16" => 2e-3, _ => 1e-2 };
        return Math.Abs(e - a) <= tolerance * (Math.Abs(e) + 0.2 * largest + 1e-2);
    }
}
