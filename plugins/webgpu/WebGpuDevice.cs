using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Memory;

namespace Tenon.Plugins.WebGpu;

/// <summary>A device of WebGPU.</summary>
internal sealed class WebGpuDevice : Device, ILaunchTiming
{
    private readonly Session _session;
    private readonly CommandQueue _queue;
    private readonly Layouts _layouts;

    public WebGpuDevice(Session session)
    {
        (_session, _queue, _layouts) = (session, new CommandQueue(session), new Layouts(session));
        Capabilities = session.Limits.Capabilities;
        Allocator = new WebGpuAllocator(session, _queue);
        CodeGenerators = [new WebGpuGenerator(session.Limits)];
    }

    /// <inheritdoc/>
    public override Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public override Allocator Allocator { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    /// <summary>The opened device.</summary>
    internal Session Session => _session;

    /// <inheritdoc/>
    public TimeSpan Measure(KernelProgram program, ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        var (views, values) = (buffers.ToArray(), variables.ToArray());
        lock (_session.Lock)
        {
            return _queue.Measure(() => program.Launch(views, values));
        }
    }

    /// <inheritdoc/>
    protected override object? GetFeatureCore(Type feature) =>
        feature == typeof(ILaunchTiming) && !_session.HasTimestamps ? null : base.GetFeatureCore(feature);

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel)
    {
        lock (_session.Lock)
        {
            _queue.CheckOpen();
            return new WebGpuProgram(kernel, _session, _queue, _layouts);
        }
    }

    /// <inheritdoc/>
    protected override void SynchronizeCore()
    {
        lock (_session.Lock)
        {
            _queue.Finish();
        }
    }

    /// <inheritdoc/>
    protected override void CloseCore()
    {
        lock (_session.Lock)
        {
            try
            {
                _queue.Finish();
            }
            finally
            {
                _queue.Dispose();
                _layouts.Dispose();
                _session.Dispose();
            }
        }
    }
}
