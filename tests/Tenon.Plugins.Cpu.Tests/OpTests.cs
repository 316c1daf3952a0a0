using Tenon.Core.Backend;
using Tenon.Tests.Shared;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>Every op on corner values, in vectors of each width that the machine has.</summary>
internal sealed class OpTests
{
    // float16 and bfloat16 are only kept: the host computes with their bits.
    public static IEnumerable<TestCaseData> Cases =>
        from bits in new[] { 0, 128, 256, 512 }
        where bits / 8 <= ClrTarget.WidestVector
        let target = ClrTarget.Create(bits / 8)
        from test in OpCases.For(Without16BitFloats(target))
        select new TestCaseData(bits, test).SetName($"{test.Name} with vectors of {bits} bits");

    [TestCaseSource(nameof(Cases))]
    public void OpsMatchDotNet(int bits, OpCase test)
    {
        using var device = TestHost.Open(("threads", "2"), ("vector", $"{bits}"));
        var buffers = test.Buffers;
        KernelRunner.Run(device, test.Program, buffers);
        Assert.That(test.Differences(buffers), Is.Empty);
    }

    private static CodeGeneratorTarget Without16BitFloats(CodeGeneratorTarget target) => new()
    {
        ExtraOps = target.ExtraOps,
        VectorBytes = target.VectorBytes,
        VectorRegisters = target.VectorRegisters,
        Fingerprint = target.Fingerprint,
        DTypes = target.DTypes.Where(d => d.Value.HasFlag(DTypeSupport.Arithmetic)).ToDictionary(),
    };
}
