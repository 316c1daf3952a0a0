using Tenon.Core.Backend;

namespace Tenon.Plugins.Null;

/// <summary>A device without memory whose kernels do nothing.</summary>
/// <param name="generator">What its kernels are rendered by.</param>
/// <param name="capabilities">What it pretends to have; null for what a processor has.</param>
internal sealed class NullDevice(CodeGenerator generator, Capabilities? capabilities = null) : Device
{
    // Fixed, so that schedules for NULL are the same on every machine.
    private static readonly Capabilities Processor = new()
    {
        DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector),
        Parallelism = 16,
        L1CacheBytes = 32 << 10,
        L2CacheBytes = 1 << 20,
        L3CacheBytes = 32 << 20,
        LocalBytes = 64 << 20,
    };

    /// <inheritdoc/>
    public override Capabilities Capabilities { get; } = (capabilities ?? Processor) with { IsDryRun = true };

    /// <inheritdoc/>
    public override Allocator Allocator { get; } = new NullAllocator();

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; } = [generator];

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel) => new NullKernel(kernel);

    /// <inheritdoc/>
    protected override void SynchronizeCore()
    {
    }

    /// <inheritdoc/>
    protected override void CloseCore()
    {
    }

    private sealed class NullKernel(CompiledKernel kernel) : KernelProgram(kernel)
    {
        /// <inheritdoc/>
        protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
        {
        }
    }
}
