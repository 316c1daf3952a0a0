using System.Globalization;
using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Compiler.Tests;

/// <summary>
/// The same random programs on every device of this machine, with each of its generators, with the loops that the compiler chooses and
/// with random legal ones: all give what the evaluator gives. <c>TENON_TEST_FACTOR</c> makes them more, <c>TENON_FUZZ_SEED</c> others.
/// </summary>
public class DeviceProgramTests
{
    // Kernels of several programs are compiled side by side.
    private const int Batch = 8;
    private const int Programs = 48;

    private static readonly int FirstSeed = Environment.GetEnvironmentVariable("TENON_FUZZ_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 200_000_000;

    private static IEnumerable<string> Devices => RunnableDevice.All().Select(d => d.ToString());

    [TestCaseSource(nameof(Devices))]
    public void Every_device_computes_what_the_evaluator_computes(string name)
    {
        var device = RunnableDevice.Parse(name);
        var (count, run) = (Programs * LongRun.Factor, 0);
        for (var seed = FirstSeed; seed < FirstSeed + count; seed += Batch)
        {
            RandomProgram[] programs = [.. Enumerable.Range(seed, Batch).Select((s, i) => RandomProgramGenerator.Create(s, 4 * i)).Where(p => IsFor(device, p))];
            if (programs.Length == 0)
            {
                continue;
            }

            // Every other batch with the loops that the compiler chooses.
            using var variant = RandomProgramVariant.On(device, (seed - FirstSeed) / Batch % 2 * seed);
            run += programs.Length;
            if (variant.Check(RandomProgram.Union(programs)) is { } failure)
            {
                var program = programs.FirstOrDefault(p => variant.Check(p)?.Kind == failure.Kind) ?? RandomProgram.Union(programs);
                var small = RandomProgramShrinker.Shrink(program, p => variant.Check(p)?.Kind == failure.Kind);
                Assert.Fail(
                    $"{name}, TENON_FUZZ_SEED={seed}: {failure.Text}\n\nThe smallest program found that fails: {variant.Check(small)?.Text}\n{RandomProgramPrinter.Print(small, variant, "A_program_that_failed")}");
            }
        }

        Assert.That(run, Is.AtLeast(count / 4), $"{name} stores few of the dtypes of programs.");
        LongRun.Report("programs", run, $"on {name}");
    }

    private static bool IsFor(RunnableDevice device, RandomProgram program) =>
        UOp.Sink(program.Results).TopologicalOrder().All(u => u.DType == DType.Index || u.DType == DType.Void || device.DTypes.Contains(u.DType.Scalar.Stored));
}
