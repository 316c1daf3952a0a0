using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>The processors of this machine, with a queue and threads of its own.</summary>
internal sealed class CpuDevice : Device, IHostVisibleMemory
{
    private readonly LaunchQueue _queue;

    /// <summary>Opens the device.</summary>
    public CpuDevice(DeviceDescription device, CpuSettings settings, BackendHost host)
    {
        var clr = new ClrGenerator(settings.VectorBytes);
        CodeGenerators = [clr];
        Capabilities = new Capabilities
        {
            DTypes = DType.All.ToDictionary(d => d, _ => DTypeSupport.Storage),
            Parallelism = settings.Threads,
            L1CacheBytes = Machine.L1CacheBytes,
            L2CacheBytes = Machine.L2CacheBytes,
        };
        _queue = new LaunchQueue($"{device.Name}:{device.Ordinal}", settings.Threads);
        Allocator = new CpuAllocator(_queue);
    }

    /// <inheritdoc/>
    public override Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public override Allocator Allocator { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    /// <inheritdoc/>
    public nint GetAddress(BufferView view) => CpuAllocator.Address(view);

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel) => new CpuProgram(kernel, LoadEntry(kernel), _queue);

    /// <inheritdoc/>
    protected override void SynchronizeCore() => _queue.Synchronize();

    /// <inheritdoc/>
    protected override void CloseCore() => _queue.Dispose();

    private static KernelEntry LoadEntry(CompiledKernel kernel) => kernel.Generator switch
    {
        ClrGenerator.GeneratorName => ClrKernelEntry.Load(kernel),
        _ => throw new BackendException("TEN4002", $"Kernel {kernel.Name} was made by the generator {kernel.Generator}; the CPU loads those of CLR and Clang."),
    };
}
