namespace Tenon.Plugins.Cpu;

/// <summary>The code of a loaded kernel. Must be safe from several threads.</summary>
/// <param name="localBytes">Bytes of the kernel's local arrays.</param>
internal abstract unsafe class KernelEntry(long localBytes) : IDisposable
{
    /// <summary>Runs the work items <paramref name="begin"/> (inclusive) to <paramref name="end"/> (exclusive).</summary>
    /// <param name="buffers">The address of each buffer, by slot.</param>
    /// <param name="variables">The value of each variable.</param>
    /// <param name="begin">The first work item.</param>
    /// <param name="end">The work item after the last.</param>
    public void Run(void** buffers, long* variables, long begin, long end) =>
        RunCore(buffers, variables, begin, end, localBytes == 0 ? null : LocalMemory.OfThread(localBytes));

    /// <summary>Frees the code.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>Runs work items with a block for the local arrays.</summary>
    protected abstract void RunCore(void** buffers, long* variables, long begin, long end, void* local);
}
