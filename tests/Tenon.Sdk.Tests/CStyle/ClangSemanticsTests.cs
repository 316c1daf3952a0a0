using Tenon.Tests.Shared;

namespace Tenon.Sdk.Tests.CStyle;

/// <summary>Compiled kernels give what docs/linear-ir.md says, at the values at which they could go wrong.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ClangSemanticsTests
{
    [TestCaseSource(nameof(DTypes))]
    public void OpsOnThisProcessor(string dtype) => Check(ClangRunner.Native(), dtype);

    [TestCaseSource(nameof(DTypes))]
    public void OpsOnTheOldestProcessor(string dtype) => Check(ClangRunner.Oldest(), dtype);

    private static IEnumerable<string> DTypes() => DType.Native.Select(d => d.Name);

    private static void Check(ClangRunner runner, string dtype)
    {
        var cases = OpCases.For(runner.Generator.Target).Where(c => c.Name.Contains($"_{dtype}x") || c.Name.EndsWith($"_{dtype}")).ToArray();
        Assert.That(cases, Is.Not.Empty);
        foreach (var test in cases)
        {
            var buffers = test.Buffers;
            runner.Run(test.Program, buffers);
            Assert.That(test.Differences(buffers).Take(20), Is.Empty);
        }
    }
}
