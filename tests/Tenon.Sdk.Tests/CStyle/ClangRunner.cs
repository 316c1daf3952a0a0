using Tenon.Core.Backend;
using Tenon.Plugins.Cpu;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Tests.Shared;

namespace Tenon.Sdk.Tests.CStyle;

/// <summary>Compiles and runs kernels with the machine's clang; tests that need it are ignored where there is none.</summary>
internal sealed class ClangRunner : NativeRunner
{
    private static readonly Lazy<(ClangCompiler? Compiler, string Note)> Found = new(Find);

    private readonly ClangKernelLoader _loader = new(null);

    private ClangRunner(ClangGenerator generator) => Generator = generator;

    public override ClangGenerator Generator { get; }

    /// <summary>For this processor.</summary>
    public static ClangRunner Native() => new(new ClangGenerator(Compiler(), null));

    /// <summary>For the oldest processor of this architecture, which lacks instructions that the source then does without.</summary>
    public static ClangRunner Oldest()
    {
        var compiler = Compiler();
        if (!compiler.Defines("__x86_64__"))
        {
            Assert.Ignore("Only x86-64 has an older instruction set than the one that the renderer assumes.");
        }

        return new(new ClangGenerator(ClangCompiler.TryOpen(compiler.Path, out _, ["-march=x86-64"])!, null));
    }

    public static ClangCompiler Compiler()
    {
        if (Found.Value.Compiler is null)
        {
            Assert.Ignore(Found.Value.Note);
        }

        return Found.Value.Compiler!;
    }

    protected override KernelEntry Load(CompiledKernel kernel)
    {
        var library = _loader.Load(kernel);
        return new NativeKernelEntry(library.Address, kernel.LocalBytes, library);
    }

    private static (ClangCompiler? Compiler, string Note) Find()
    {
        var host = new SettingsHost();
        var compiler = ClangFinder.Find(host);
        return (compiler, string.Join(' ', host.Notes));
    }
}
