namespace Tenon.Plugins.Cpu;

/// <summary>The code of a loaded kernel. Must be safe from several threads.</summary>
internal abstract unsafe class KernelEntry : IDisposable
{
    /// <summary>Runs the work items <paramref name="begin"/> (inclusive) to <paramref name="end"/> (exclusive).</summary>
    /// <param name="buffers">The address of each buffer, by slot.</param>
    /// <param name="variables">The value of each variable.</param>
    /// <param name="begin">The first work item.</param>
    /// <param name="end">The work item after the last.</param>
    public abstract void Run(void** buffers, long* variables, long begin, long end);

    /// <summary>Frees the code.</summary>
    public virtual void Dispose()
    {
    }
}
