namespace Tenon.Core.Backend;

/// <summary>Optional: the device keeps a list of launches and runs all of it with one call.</summary>
public interface ILaunchGraphs
{
    /// <summary>Takes a list of launches of programs that this device has loaded. The list doesn't change afterwards.</summary>
    /// <param name="launches">What runs, in order; each sees what those before have written.</param>
    /// <param name="bufferCount">How many buffers a run passes.</param>
    /// <param name="variableCount">How many variables a run passes.</param>
    LaunchGraph CreateGraph(IReadOnlyList<GraphLaunch> launches, int bufferCount, int variableCount);
}

/// <summary>One launch of a <see cref="LaunchGraph"/>: where its buffers and variables are among those that a run passes.</summary>
/// <param name="Program">What runs.</param>
/// <param name="Buffers">The kernel's parameters by slot.</param>
/// <param name="Variables">For each of the kernel's variables, its number among the run's.</param>
public sealed record GraphLaunch(KernelProgram Program, IReadOnlyList<GraphOperand> Buffers, IReadOnlyList<int> Variables);

/// <summary>A part of a buffer that a run passes.</summary>
/// <param name="Buffer">The number of the buffer.</param>
/// <param name="Offset">Where the part begins, in bytes from where the view that is passed begins.</param>
/// <param name="Bytes">How long it is.</param>
public readonly record struct GraphOperand(int Buffer, long Offset, long Bytes);

/// <summary>A list of launches that a device keeps. Must be safe from several threads.</summary>
/// <param name="bufferCount">How many buffers a run passes.</param>
/// <param name="variableCount">How many variables a run passes.</param>
/// <param name="launchCount">How many launches it has.</param>
public abstract class LaunchGraph(int bufferCount, int variableCount, int launchCount) : IDisposable
{
    /// <summary>Queues one run of all launches in order. Buffers must live until the queue has passed it.</summary>
    /// <param name="buffers">One view for each buffer.</param>
    /// <param name="variables">One value for each variable.</param>
    public void Run(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        if (buffers.Length != bufferCount || variables.Length != variableCount)
        {
            throw new BackendException("TEN4004", $"A list of {launchCount} launches takes {bufferCount} buffers and {variableCount} variables, not {buffers.Length} and {variables.Length}.");
        }

        foreach (var view in buffers)
        {
            ObjectDisposedException.ThrowIf(view.Buffer.IsDisposed, view.Buffer);
        }

        BackendEvents.Launches.Add(launchCount);
        RunCore(buffers, variables);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Queues one run; counts are checked.</summary>
    protected abstract void RunCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables);

    /// <summary>Frees what the list holds; runs that are queued are still done.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
