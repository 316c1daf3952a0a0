using System.Runtime.InteropServices;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Llvm;
using Tenon.Tests.Shared;
using static Tenon.Tests.Shared.Kernels;

namespace Tenon.Sdk.Tests.Llvm;

/// <summary>What is said when the library is absent or too old, when it refuses a kernel, and when an object is damaged.</summary>
internal sealed class LlvmToolchainTests
{
    [Test]
    public void ALibraryThatIsNotThereIsExplained()
    {
        Assert.That(LlvmFinder.Find(new SettingsHost(("llvm", "no-such-llvm")), out var reason), Is.Null);
        Assert.That(reason, Does.Contain("no-such-llvm").And.Contain("15").And.Contain("plugins.json"));
    }

    [Test]
    public void ALibraryWithoutOpaquePointersIsTooOld()
    {
        if (!NativeLibrary.TryLoad("libLLVM-14.so.1", out _))
        {
            Assert.Ignore("This machine has no libLLVM 14.");
        }

        Assert.That(LlvmLibrary.TryOpen("libLLVM-14.so.1", out var reason), Is.Null);
        Assert.That(reason, Does.Contain("libLLVM-14").And.Contain("older than LLVM 15"));
    }

    [Test]
    public void ARefusedSourceIsReportedWithWhatLlvmSaid()
    {
        var error = Assert.Throws<BackendException>(() => LlvmRunner.Native().Compiler.Compile("broken", "define void @broken() {\n  %x = add i32 %nonsense, 1\n  ret void\n}\n"))!;
        Assert.That(error.Message, Does.Contain("TEN4001").And.Contain("broken").And.Contain("nonsense"));
    }

    [Test]
    public void AnObjectThatNeedsOthersIsRefused()
    {
        var binary = LlvmRunner.Native().Compiler.Compile("needy", "declare void @elsewhere()\ndefine void @needy() {\n  call void @elsewhere()\n  ret void\n}\n");
        Assert.That(() => LlvmKernelLoader.Load(Kernel("needy", binary)), Throws.TypeOf<BackendException>().With.Message.Contains("TEN4002").And.Message.Contains("elsewhere"));
    }

    [Test]
    public void ADamagedObjectIsRefused()
    {
        var program = Program("small", 1, Store(At(Param(0, DType.Int32, 1), Int(0)), Int(1)));
        var binary = LlvmRunner.Native().Generator.Generate(program).Binary.ToArray();
        foreach (var bytes in new[] { 0, 3, 64, binary.Length / 2 })
        {
            Assert.That(() => LlvmKernelLoader.Load(Kernel("small", binary[..bytes])), Throws.TypeOf<BackendException>().With.Message.Contains("TEN4002").And.Message.Contains("small"));
        }
    }

    [Test]
    public void ThreadsCompileSideBySide() => Parallel.For(0, 12, i =>
    {
        var (input, output) = (Param(0, DType.Float32, 16), Param(1, DType.Float32, 16));
        var program = Program($"side_{i}", 1, Store(At(output, Int(0)), UOp.Alu(Ops.Mul, Load(At(input, Int(0)), 16), UOp.New(Ops.Const, DType.Float32.Vec(16), [], (Scalar)(float)i))));
        byte[][] buffers = [MemoryMarshal.AsBytes<float>(Enumerable.Repeat(3f, 16).ToArray()).ToArray(), new byte[64]];
        LlvmRunner.Native().Run(program, buffers);
        Assert.That(MemoryMarshal.Cast<byte, float>(buffers[1]).ToArray(), Is.All.EqualTo(3f * i));
    });

    [Test]
    public void TheFingerprintTellsLibrariesAndProcessorsApart()
    {
        var (native, oldest) = (LlvmRunner.Native().Generator.Target, LlvmRunner.Oldest().Generator.Target);
        Assert.That(native.Fingerprint, Does.StartWith("llvm-"));
        Assert.That(LlvmRunner.Native().Generator.Target.Fingerprint, Is.EqualTo(native.Fingerprint));
        Assert.That(oldest.Fingerprint, Is.Not.EqualTo(native.Fingerprint));
        Assert.That(oldest.VectorBytes, Is.EqualTo(16));
    }

    private static CompiledKernel Kernel(string name, byte[] binary) =>
        new() { Name = name, Generator = "LLVM", Binary = binary, GlobalSize = 1, BufferCount = 0, VariableCount = 0 };
}
