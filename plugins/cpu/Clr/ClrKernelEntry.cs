using System.Runtime.CompilerServices;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>A kernel that the .NET JIT compiled.</summary>
internal sealed unsafe class ClrKernelEntry(KernelBody body, long localBytes) : KernelEntry(localBytes)
{
    /// <summary>Compiles the program that the kernel's binary is.</summary>
    public static ClrKernelEntry Load(CompiledKernel kernel) =>
        new(KernelEmitter.Compile(kernel.Program ?? LinearProgramSerializer.Deserialize(kernel.Binary.Span)), kernel.LocalBytes);

    /// <inheritdoc/>
    [SkipLocalsInit]
    protected override void RunCore(void** buffers, long* variables, long begin, long end, void* local)
    {
        // The JIT aligns frames to 16 bytes only, and a register that it puts on the stack across two cache lines costs twice. Called from
        // the begin of a line, a frame with all registers in use has them within lines.
        const int LineBytes = 64;
        var top = stackalloc byte[LineBytes];
        var padding = stackalloc byte[(int)((nint)top & (LineBytes - 1))];
        Keep(padding);
        body(buffers, variables, begin, end, local);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(byte* memory) => _ = memory;
}
