using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.Plugins.Cpu;
using Tenon.Plugins.Cpu.Llvm;
using Tenon.Tests.Shared;

namespace Tenon.Sdk.Tests.Llvm;

/// <summary>Compiles and runs kernels with a libLLVM of this machine; tests that need one are ignored where there is none.</summary>
internal sealed class LlvmRunner : NativeRunner
{
    private LlvmRunner(LlvmCompiler compiler) => (Compiler, Generator) = (compiler, new LlvmGenerator(compiler));

    public LlvmCompiler Compiler { get; }

    public override LlvmGenerator Generator { get; }

    /// <summary>For this processor, with the newest that is installed or with the one of that name.</summary>
    public static LlvmRunner Native(string? path = null) => new(new LlvmCompiler(Library(path)));

    /// <summary>For the oldest processor of this architecture that it takes.</summary>
    public static LlvmRunner Oldest()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Assert.Ignore("Only x64 has an older instruction set than the one that the renderer assumes.");
        }

        return new(new LlvmCompiler(Library(null), "x86-64", "+sse4.1"));
    }

    public static LlvmLibrary Library(string? path)
    {
        var host = path is null ? new SettingsHost() : new SettingsHost(("llvm", path));
        if (LlvmFinder.Find(host, out var reason) is not { } library)
        {
            Assert.Ignore(reason);
            throw new InvalidOperationException();
        }

        return library;
    }

    protected override KernelEntry Load(CompiledKernel kernel) => LlvmKernelLoader.Load(kernel);
}
