namespace Tenon.Plugins.Cpu;

/// <summary>The code of a kernel: runs the work items <paramref name="begin"/> (inclusive) to <paramref name="end"/> (exclusive).</summary>
/// <param name="buffers">The address of each buffer, by slot.</param>
/// <param name="variables">The value of each variable.</param>
/// <param name="begin">The first work item.</param>
/// <param name="end">The work item after the last.</param>
/// <param name="local">The memory of the local arrays.</param>
internal unsafe delegate void KernelBody(void** buffers, long* variables, long begin, long end, void* local);
