namespace Tenon.Core.Backend;

/// <summary>
/// An opened device. Work is queued and runs in order; <see cref="Synchronize"/> waits for it. Must be safe from several
/// threads.
/// </summary>
public abstract class Device : IDisposable
{
    private int _disposed;

    /// <summary>What it has.</summary>
    public abstract Capabilities Capabilities { get; }

    /// <summary>Its memory.</summary>
    public abstract Allocator Allocator { get; }

    /// <summary>Its code generators, the default first.</summary>
    public abstract IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    /// <summary>Makes a compiled kernel ready to launch.</summary>
    /// <exception cref="BackendException">The binary can't be loaded.</exception>
    public KernelProgram Load(CompiledKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        using var activity = BackendEvents.Source.StartActivity("tenon.load");
        activity?.SetTag("tenon.kernel", kernel.Name);
        using var stage = Tracing.Begin("load", kernel: kernel.Name);
        try
        {
            return LoadCore(kernel);
        }
        catch (Exception e) when (e is not TenonException)
        {
            throw new BackendException("TEN4002", $"Kernel {kernel.Name} ({kernel.Generator}) could not be loaded: {e.Message}", e);
        }
    }

    /// <summary>Waits until all queued work is done; throws what went wrong in it.</summary>
    public void Synchronize() => SynchronizeCore();

    /// <summary>An optional ability, such as <see cref="IHostVisibleMemory"/>; null if the device lacks it.</summary>
    public T? TryGetFeature<T>() where T : class => GetFeatureCore(typeof(T)) as T;

    /// <summary>The object with an optional ability, or null if the device lacks it.</summary>
    /// <param name="feature">The interface that is asked for.</param>
    public object? TryGetFeature(Type feature) => GetFeatureCore(feature);

    /// <summary>Waits for queued work and closes the device.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            CloseCore();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>The object with an optional ability, or null; the device itself if it has it.</summary>
    /// <param name="feature">The interface that is asked for.</param>
    protected virtual object? GetFeatureCore(Type feature) => feature.IsInstanceOfType(this) ? this : null;

    /// <summary>Makes a compiled kernel ready to launch.</summary>
    protected abstract KernelProgram LoadCore(CompiledKernel kernel);

    /// <summary>Waits until all queued work is done.</summary>
    protected abstract void SynchronizeCore();

    /// <summary>Closes the device. Called once.</summary>
    protected abstract void CloseCore();
}

/// <summary>A kernel on a device. Must be safe from several threads.</summary>
public abstract class KernelProgram : IDisposable
{
    /// <summary>Creates the program of a kernel.</summary>
    protected KernelProgram(CompiledKernel kernel) => Kernel = kernel;

    /// <summary>What it was loaded from.</summary>
    public CompiledKernel Kernel { get; }

    /// <summary>Queues one run. Buffers must live until the device is synchronised or the queue has passed the launch.</summary>
    /// <param name="buffers">One view for each parameter, by slot.</param>
    /// <param name="variables">One value for each variable.</param>
    public void Launch(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables = default)
    {
        if (buffers.Length != Kernel.BufferCount || variables.Length != Kernel.VariableCount)
        {
            throw new BackendException("TEN4004", $"Kernel {Kernel.Name} takes {Kernel.BufferCount} buffers and {Kernel.VariableCount} variables, not {buffers.Length} and {variables.Length}.");
        }

        foreach (var view in buffers)
        {
            ObjectDisposedException.ThrowIf(view.Buffer.IsDisposed, view.Buffer);
        }

        BackendEvents.Launches.Add(1);
        LaunchCore(buffers, variables);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Queues one run; counts are checked.</summary>
    protected abstract void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables);

    /// <summary>Frees what the program holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
