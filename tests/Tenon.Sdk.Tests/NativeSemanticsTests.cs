using Tenon.Tests.Shared;

namespace Tenon.Sdk.Tests;

/// <summary>Compiled kernels give what docs/linear-ir.md says, at the values at which they could go wrong.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class NativeSemanticsTests
{
    [Test]
    public void OpsMatchDotNet(
        [Values("Clang", "Clang for the oldest processor", "LLVM", "LLVM 15", "LLVM for the oldest processor")] string name,
        [ValueSource(nameof(DTypes))] string dtype)
    {
        var runner = NativeRunner.Named(name);
        if (!runner.Generator.Target.DTypes.ContainsKey(DType.Parse(dtype)))
        {
            Assert.Ignore($"{name} leaves {dtype} to the compiler.");
        }

        var cases = OpCases.For(runner.Generator.Target).Where(c => c.Name.Contains($"_{dtype}x") || c.Name.EndsWith($"_{dtype}")).ToArray();
        Assert.That(cases, Is.Not.Empty);
        foreach (var test in cases)
        {
            var buffers = test.Buffers;
            runner.Run(test.Program, buffers);
            Assert.That(test.Differences(buffers).Take(20), Is.Empty);
        }
    }

    private static IEnumerable<string> DTypes() => DType.Native.Select(d => d.Name);
}
