using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A kernel that the .NET JIT compiled.</summary>
internal sealed unsafe class ClrKernelEntry(KernelBody body) : KernelEntry
{
    /// <summary>Compiles the program that the kernel's binary is.</summary>
    public static ClrKernelEntry Load(CompiledKernel kernel) =>
        new(KernelEmitter.Compile(LinearProgramSerializer.Deserialize(kernel.Binary.Span)));

    /// <inheritdoc/>
    public override void Run(void** buffers, long* variables, long begin, long end) => body(buffers, variables, begin, end);
}
