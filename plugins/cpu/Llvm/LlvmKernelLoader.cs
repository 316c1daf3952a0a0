using System.ComponentModel;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Llvm;

/// <summary>Loads the objects that <see cref="LlvmGenerator"/> makes. It takes no LLVM to do so.</summary>
internal static class LlvmKernelLoader
{
    /// <summary>Loads a kernel. Its code stays until the result is disposed.</summary>
    /// <exception cref="BackendException">The object is damaged, or the system refuses memory for code.</exception>
    public static NativeKernelEntry Load(CompiledKernel kernel)
    {
        ExecutableMemory? memory = null;
        try
        {
            var image = new ElfImage(kernel.Binary.Span);
            memory = new ExecutableMemory(image.Size, image.At);
            return new NativeKernelEntry(memory.Address + (nint)image.Find(kernel.Name), kernel.LocalBytes, memory);
        }
        catch (Exception e) when (e is InvalidDataException or Win32Exception or OverflowException or IndexOutOfRangeException or ArgumentException)
        {
            memory?.Dispose();
            throw new BackendException("TEN4002", $"Kernel {kernel.Name} (LLVM, {kernel.Binary.Length} bytes) could not be loaded: {e.Message}.", e);
        }
    }
}
