using System.Globalization;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Random programs of assignments against arrays.</summary>
[NonParallelizable]
public class RandomAssignmentsTests
{
    // TENON_FUZZ_ASSIGN=first:count runs others. What the index checker can't prove is not what is looked for then.
    private static readonly string? Asked = Environment.GetEnvironmentVariable("TENON_FUZZ_ASSIGN");

    static RandomAssignmentsTests()
    {
        if (Asked is not null)
        {
            AppContext.SetSwitch("Tenon.CheckIndices", false);
        }
    }

    [Test]
    public void Tensors_have_the_elements_that_arrays_have() => Run(TenonRuntime.Default, 0, 500);

    [TestCase("Clang")]
    [TestCase("LLVM")]
    public void Other_generators_have_the_elements_that_arrays_have(string generator)
    {
        if (!TenonRuntime.Default.Devices.Open("CPU").Device.CodeGenerators.Any(g => g.Name == generator))
        {
            Assert.Ignore($"This machine has no {generator}.");
        }

        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(overrides: [new("plugins:tenon.cpu:generator", generator)])).Build();
        Run(runtime, 10_000, 12);
    }

    private static void Run(TenonRuntime runtime, int first, int count)
    {
        var before = TenonRuntime.Default;
        TenonRuntime.Default = runtime;
        try
        {
            if (Asked?.Split(':') is [var begin, var number])
            {
                (first, count) = (int.Parse(begin, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture));
            }

            for (var seed = first; seed < first + count; seed++)
            {
                var program = new RandomAssignments(seed);
                string? wrong;
                try
                {
                    wrong = program.Run(steps: 6 + seed % 24);
                }
                catch (Exception e)
                {
                    wrong = $"{e}\n{program}";
                }

                Assert.That(wrong, Is.Null, () => $"seed {seed}: {wrong}");
            }
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }
}
