using Tenon.Core.Backend;
using Tenon.Plugins.Cpu.Clang;
using Tenon.Plugins.Cpu.Llvm;

namespace Tenon.Plugins.Cpu;

/// <summary>The processors of this machine, with a queue and threads of its own.</summary>
internal sealed class CpuDevice : Device, IHostVisibleMemory, IHostMemoryUse, ILaunchGraphs
{
    // Of each thread; beyond the caches a copy gains nothing.
    private const long MaxLocalBytes = 64 << 20;

    private readonly LaunchQueue _queue;
    private readonly ClangKernelLoader _clangLoader;

    /// <summary>Opens the device.</summary>
    public CpuDevice(DeviceDescription device, CpuSettings settings, BackendHost host)
    {
        CodeGenerators = CreateGenerators(settings, host);
        _clangLoader = new ClangKernelLoader(host.CacheFolder);
        Capabilities = new Capabilities
        {
            DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage),
            Parallelism = settings.Threads,
            L1CacheBytes = Machine.L1CacheBytes,
            L2CacheBytes = Machine.L2CacheBytes,
            L3CacheBytes = Machine.L3CacheBytes,
            LocalBytes = MaxLocalBytes,
        };
        _queue = new LaunchQueue(device, settings);
        Allocator = new CpuAllocator(_queue);
    }

    /// <summary>What runs its work.</summary>
    public LaunchQueue Queue => _queue;

    /// <inheritdoc/>
    public override Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public override Allocator Allocator { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    /// <inheritdoc/>
    public nint GetAddress(BufferView view) => CpuAllocator.Address(view);

    /// <inheritdoc/>
    public LaunchGraph CreateGraph(IReadOnlyList<GraphLaunch> launches, int bufferCount, int variableCount) => new CpuLaunchGraph(_queue, launches, bufferCount, variableCount);

    /// <inheritdoc/>
    public DeviceBuffer Borrow(nint address, long bytes) => new CpuBuffer(address, bytes);

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel) => new CpuProgram(kernel, LoadEntry(kernel), _queue);

    /// <inheritdoc/>
    protected override void SynchronizeCore() => _queue.Synchronize();

    /// <inheritdoc/>
    protected override void CloseCore() => _queue.Dispose();

    private static GeneratorList CreateGenerators(CpuSettings settings, BackendHost host)
    {
        var clr = new ClrGenerator(settings.VectorBytes);
        CodeGenerator? Clang() => ClangGenerator.TryCreate(host);
        CodeGenerator? Llvm()
        {
            var llvm = LlvmGenerator.TryCreate(host, out var reason);
            if (llvm is null)
            {
                host.Note($"Generator LLVM is not offered: {reason}");
            }

            return llvm;
        }

        return settings.Generator switch
        {
            ClangGenerator.GeneratorName => new GeneratorList(
                Clang() ?? throw new BackendException("TEN4008", "The CPU plugin's setting 'generator' is Clang, but this machine has no clang of version 14 or later. Install one, name it by the setting 'clang', or use CLR."),
                () => clr,
                Llvm),
            LlvmGenerator.GeneratorName => new GeneratorList(
                LlvmGenerator.TryCreate(host, out var reason) ?? throw new BackendException("TEN4100", $"The CPU plugin's setting 'generator' is LLVM, but {reason} The generator CLR needs nothing."),
                () => clr,
                Clang),
            _ => new GeneratorList(clr, Clang, Llvm),
        };
    }

    private KernelEntry LoadEntry(CompiledKernel kernel)
    {
        switch (kernel.Generator)
        {
            case ClrGenerator.GeneratorName:
                return ClrKernelEntry.Load(kernel);
            case ClangGenerator.GeneratorName:
                var native = _clangLoader.Load(kernel);
                return new NativeKernelEntry(native.Address, kernel.LocalBytes, native);
            case LlvmGenerator.GeneratorName:
                return LlvmKernelLoader.Load(kernel);
            default:
                throw new BackendException("TEN4002", $"Kernel {kernel.Name} was made by the generator {kernel.Generator}; the CPU loads those of CLR, Clang and LLVM.");
        }
    }
}
