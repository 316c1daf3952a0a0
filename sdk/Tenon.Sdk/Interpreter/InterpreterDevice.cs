using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>
/// Runs linear programs op by op, for all lanes of a group at once, exactly as docs/linear-ir.md says, and throws where a program does what it
/// says no program does: races, barriers that not all lanes come to, reads of what was never written, accesses out of bounds. Not fast;
/// it is there to check what the compiler makes for devices that are not.
/// </summary>
public sealed class InterpreterDevice : Device
{
    private const long MaxBufferBytes = 1 << 30;
    private const long MaxGroups = int.MaxValue;
    private readonly InterpreterOptions _options;

    // Work is done when it is queued, by the thread that queues it.
    private readonly Lock _queue = new();

    /// <summary>Opens a device.</summary>
    public InterpreterDevice(InterpreterOptions options)
    {
        _options = options;
        Allocator = new InterpreterAllocator(MaxBufferBytes, _queue);
        CodeGenerators = [new InterpreterGenerator(options)];
        Capabilities = new Capabilities
        {
            DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage),

            // Those of no machine; fixed, so that schedules are the same on every one.
            Parallelism = 16,
            L1CacheBytes = 32 << 10,
            L2CacheBytes = 1 << 20,
            L3CacheBytes = 32 << 20,
            LocalBytes = options.LocalBytes,
            MaxBuffers = options.MaxBuffers,
            MaxBufferBytes = MaxBufferBytes,
            Images = options.Images,
            Workgroups = !options.HasWorkgroups ? null : new WorkgroupLimits
            {
                MaxGroups = new GridSize(MaxGroups, ushort.MaxValue, ushort.MaxValue),
                MaxLanes = new GridSize(options.MaxLanesPerGroup, options.MaxLanesPerGroup, Math.Min(64, options.MaxLanesPerGroup)),
                MaxLanesPerGroup = options.MaxLanesPerGroup,
                SubgroupSize = options.SubgroupSize,
                PreferredLanes = Math.Min(options.PreferredLanes, options.MaxLanesPerGroup),
                LocalMemoryIsFast = options.LocalMemoryIsFast,
            },
        };
    }

    /// <inheritdoc/>
    public override Capabilities Capabilities { get; }

    /// <inheritdoc/>
    public override Allocator Allocator { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; }

    /// <inheritdoc/>
    protected override KernelProgram LoadCore(CompiledKernel kernel)
    {
        if (kernel.Generator != InterpreterGenerator.GeneratorName)
        {
            throw new BackendException("TEN4002", $"Kernel {kernel.Name} was made by the generator {kernel.Generator}; the interpreter loads those of {InterpreterGenerator.GeneratorName}.");
        }

        CheckLimits(kernel);
        return new InterpreterProgram(kernel, _options, _queue);
    }

    /// <inheritdoc/>
    protected override void SynchronizeCore()
    {
        lock (_queue)
        {
        }
    }

    /// <inheritdoc/>
    protected override void CloseCore()
    {
    }

    private void CheckLimits(CompiledKernel kernel)
    {
        var (max, lanes) = Capabilities.Workgroups is { } w ? (w.MaxGroups, w.MaxLanes) : (new GridSize(MaxGroups), new GridSize(1));
        for (var d = 0; d < 3; d++)
        {
            Check($"groups along dimension {d}", kernel.Groups[d], max[d]);
            Check($"lanes along dimension {d}", kernel.Lanes[d], lanes[d]);
        }

        Check("lanes", kernel.Lanes.Count, Capabilities.Workgroups?.MaxLanesPerGroup ?? 1);
        Check("bytes of local arrays", kernel.LocalBytes, Capabilities.LocalBytes);
        Check("buffers", kernel.BufferCount, Capabilities.MaxBuffers);

        void Check(string what, long has, long most)
        {
            if (has > most)
            {
                throw new BackendException("TEN4208", $"Kernel {kernel.Name} has {has:N0} {what}; the device allows {most:N0}.");
            }
        }
    }
}
