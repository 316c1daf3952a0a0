using System.Globalization;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>Random updates of several tensors at once, in kernels of few buffers, against the same values computed one by one.</summary>
[NonParallelizable]
public class RandomUpdatesTests
{
    // TENON_FUZZ_UPDATES=first:count runs others.
    private static readonly string? Asked = Environment.GetEnvironmentVariable("TENON_FUZZ_UPDATES");

    [Test]
    public void Updates_in_place_give_what_values_apart_are() => Run("CPU", 0, 24, seed => 2 + seed % 7);

    /// <summary>Loops are changed most where they are long; nothing runs.</summary>
    [TestCase("NULL")]
    [TestCase("NULL:CUDA:sm_90")]
    [TestCase("NULL:WGSL")]
    public void Large_updates_are_compiled(string device) => Run(device, 1000, 10, seed => 48 << seed % 5);

    private static void Run(string device, int first, int count, Func<int, int> rows)
    {
        var before = TenonRuntime.Default;
        if (Asked?.Split(':') is [var begin, var number])
        {
            (first, count) = (int.Parse(begin, CultureInfo.InvariantCulture), int.Parse(number, CultureInfo.InvariantCulture));
        }

        try
        {
            for (var seed = first; seed < first + count; seed++)
            {
                var mask = $"maxBuffers={3 + seed % 9}";
                using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(
                    overrides: [new("defaultDevice", device), new("cache:enabled", "false"), new("plugins:tenon.cpu:mask", mask), new("plugins:tenon.null:mask", mask)])).Build();
                TenonRuntime.Default = runtime;
                try
                {
                    foreach (var (expected, actual) in new RandomUpdates(seed, rows(seed)).Run(device == "CPU"))
                    {
                        Assert.That(actual, Is.EqualTo(expected), $"seed {seed}, {mask}");
                    }
                }
                catch (Exception e) when (e is not AssertionException)
                {
                    Assert.Fail($"seed {seed}, {mask}: {e}");
                }
            }
        }
        finally
        {
            TenonRuntime.Default = before;
        }
    }
}
