using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>Runs one kernel at a time, on as many threads as its work is worth.</summary>
/// <param name="pool">Where helpers come from.</param>
/// <param name="threads">The most threads of a kernel.</param>
internal sealed unsafe class KernelRunner(WorkerPool pool, int threads)
{
    private readonly WorkerJob _job = new();
    private readonly int _processors = Math.Max(threads, ProcessorSet.OfProcess.Logical);

    /// <summary>Runs all work items; returns when they are done, and throws what went wrong in any. One caller at a time.</summary>
    /// <param name="program">The kernel.</param>
    /// <param name="buffers">The address of each buffer, by slot.</param>
    /// <param name="variables">The value of each variable.</param>
    public void Run(CpuProgram program, void** buffers, long* variables)
    {
        var (entry, size) = (program.Entry, program.Kernel.GlobalSize);
        if (program.IsSmall)
        {
            entry.Run(buffers, variables, 0, size);
            return;
        }

        var taken = HostThreads.Enter((int)Math.Min(threads, program.MaxThreads), _processors);
        try
        {
            if (taken == 1)
            {
                entry.Run(buffers, variables, 0, size);
            }
            else
            {
                _job.Run(entry, buffers, variables, size, program.LeastPiece, pool.Workers(taken - 1), taken - 1);
            }
        }
        finally
        {
            HostThreads.Leave(taken);
        }
    }
}
