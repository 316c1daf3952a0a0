using Tenon.Runtime;

namespace Tenon.EndToEnd;

/// <summary>Runs code with the CPU's code generators in turn.</summary>
internal static class Generators
{
    /// <summary>Skips the test on a machine without what a generator needs.</summary>
    public static void Require(string generator)
    {
        using var runtime = Create("CLR");
        var names = runtime.Devices.Open("CPU").Device.CodeGenerators.Select(g => g.Name);
        if (!names.Contains(generator))
        {
            Assert.Ignore($"This machine has no {generator}.");
        }
    }

    /// <summary>The value of a function that computes with tensors, with this generator.</summary>
    public static T Run<T>(string generator, Func<T> compute)
    {
        using var runtime = Create(generator);
        TenonRuntime.Default = runtime;
        Assert.That(runtime.Devices.Open("CPU").Generator.Name, Is.EqualTo(generator));
        return compute();
    }

    // Without the caches on disk, which a thread of their own tidies up when it comes to it.
    private static TenonRuntime Create(string generator) =>
        new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("plugins:tenon.cpu:generator", generator), new("defaultDevice", "CPU"), new("cache:enabled", "false")])).Build();
}
