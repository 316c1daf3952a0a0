using Tenon.Core;
using Tenon.Core.Backend;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>Stores past the caches, to addresses of whole lines and to others.</summary>
internal sealed class StreamTests
{
    private const int Lines = 1000;
    private const int Lanes = 16;

    [Test]
    public void StreamedStoresWriteWhatOthersWrite([Values("CLR", "Clang", "LLVM")] string generator, [Values(0, 4, 64)] int offset)
    {
        using var device = Open(generator);
        if (device.CodeGenerators[0].Target.VectorBytes < 64)
        {
            Assert.Ignore("This machine has no vectors of 64 bytes.");
        }

        var line = Special(Lines);
        var (output, input) = (Param(0, DType.Float32, Lines * Lanes), Param(1, DType.Float32, Lines * Lanes));
        var place = UOp.Alu(Ops.Mul, line, Int(Lanes));
        var plain = Program("streamed", Lines, Store(At(output, place), UOp.Alu(Ops.Add, Load(At(input, place), Lanes), Load(At(input, place), Lanes))));
        var program = new LinearProgram
        {
            Name = plain.Name,
            Ops = plain.Ops,
            GlobalSize = plain.GlobalSize,
            Parameters = [new KernelParameter { DType = DType.Float32, Size = Lines * Lanes, IsWritten = true, IsStreamed = true }, new KernelParameter { DType = DType.Float32, Size = Lines * Lanes, IsRead = true }],
        };
        Assert.That(device.CodeGenerators[0].Render(program), generator == "CLR" ? Is.Not.Empty : Does.Contain("nontemporal"));
        float[] numbers = [.. Enumerable.Range(0, Lines * Lanes).Select(i => i * 0.5f)];
        using var loaded = device.Load(device.CodeGenerators[0].Generate(program));
        using var from = KernelRunner.Upload(device, KernelRunner.Bytes<float>(numbers));
        using var to = KernelRunner.Upload(device, new byte[numbers.Length * sizeof(float) + offset]);
        var view = new BufferView(to, offset, numbers.Length * sizeof(float));
        loaded.Launch([view, KernelRunner.Whole(from)], []);
        var result = new byte[numbers.Length * sizeof(float)];
        device.Allocator.CopyOut(view, result);
        Assert.That(KernelRunner.Values<float>(result), Is.EqualTo(numbers.Select(n => 2 * n)));
    }

    private static Device Open(string generator)
    {
        try
        {
            var device = TestHost.Open(("threads", "2"), ("generator", generator));
            _ = device.CodeGenerators[0].Target;
            return device;
        }
        catch (BackendException e) when (e.Code is "TEN4008" or "TEN4100")
        {
            Assert.Ignore(e.Message);
            throw;
        }
    }
}
