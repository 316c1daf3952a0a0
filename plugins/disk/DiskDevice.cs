using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Disk;

/// <summary>Stores every dtype and has no code generator.</summary>
internal sealed class DiskDevice : Device, IFileMemory
{
    /// <inheritdoc/>
    public override Capabilities Capabilities { get; } = new() { DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage), Alignment = 1 };

    /// <inheritdoc/>
    public override Allocator Allocator { get; } = new DiskAllocator();

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators => [];

    /// <inheritdoc/>
    public DeviceBuffer Open(string path) => DiskBuffer.Open(path);

    /// <inheritdoc/>
    public DeviceBuffer Create(string path, long bytes) => DiskBuffer.Create(path, bytes);

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel) =>
        throw new BackendException("TEN5102", $"Kernel {kernel.Name} can't run on DISK, which holds files and computes nothing. Move its inputs to another device with To(\"CPU\").");

    /// <inheritdoc/>
    protected override void SynchronizeCore()
    {
    }

    /// <inheritdoc/>
    protected override void CloseCore()
    {
    }
}
