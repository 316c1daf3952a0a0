using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A kernel that the .NET JIT compiled.</summary>
internal sealed unsafe class ClrKernelEntry(KernelBody body, long localBytes) : KernelEntry(localBytes)
{
    /// <summary>Compiles the program that the kernel's binary is.</summary>
    public static ClrKernelEntry Load(CompiledKernel kernel) =>
        new(KernelEmitter.Compile(LinearProgramSerializer.Deserialize(kernel.Binary.Span)), kernel.LocalBytes);

    /// <inheritdoc/>
    protected override void RunCore(void** buffers, long* variables, long begin, long end, void* local) => body(buffers, variables, begin, end, local);
}
