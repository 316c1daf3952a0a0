using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>A device with groups of lanes, local memory, vectors and lists of launches, whose memory is arrays.</summary>
internal sealed class ZooDevice(Fault fault) : Device, ILaunchGraphs
{
    public const int MaxBuffers = 10;
    public const int Lanes = 64;
    private const int Subgroup = 8;
    private const DTypeSupport Full = DTypeSupport.Storage | DTypeSupport.Arithmetic | DTypeSupport.Vector;

    public Fault Fault => fault;

    public override Capabilities Capabilities { get; } = new()
    {
        DTypes = DType.Native.ToDictionary(d => d, _ => DTypeSupport.Storage),
        MaxBuffers = MaxBuffers,
        MaxBufferBytes = 128 << 20,
        LocalBytes = 16 << 10,
        Parallelism = 4,
        Workgroups = new WorkgroupLimits { MaxGroups = new GridSize(70_000, 300, 300), MaxLanes = new GridSize(Lanes, 32, 16), MaxLanesPerGroup = Lanes, SubgroupSize = Subgroup, PreferredLanes = 16 },
    };

    public override Allocator Allocator { get; } = new ZooAllocator(fault);

    public override IReadOnlyList<CodeGenerator> CodeGenerators { get; } = [new ZooGenerator(fault, new CodeGeneratorTarget
    {
        DTypes = DType.Native.ToDictionary(d => d, d => d == DType.Float16 ? DTypeSupport.Storage | DTypeSupport.Conversion : d == DType.BFloat16 ? DTypeSupport.Storage : d == DType.Float32 ? Full | DTypeSupport.MaskedLoad : Full),
        ExtraOps = new OpSet(Ops.Local, Ops.Barrier, Ops.LaneXor, Ops.MulAcc, Ops.Shuffle) | CodeGeneratorTarget.VectorOps,
        VectorBytes = 16,
        Fingerprint = "zoo",
    })];

    public LaunchGraph CreateGraph(IReadOnlyList<GraphLaunch> launches, int bufferCount, int variableCount) => new ZooGraph(fault, launches, bufferCount, variableCount);

    protected override KernelProgram LoadCore(CompiledKernel kernel)
    {
        try
        {
            return new ZooProgram(kernel, LinearProgramSerializer.Deserialize(kernel.Binary.Span), fault);
        }
        catch (TenonException) when (fault == Fault.SwallowsErrorsOfLoading)
        {
            return new ZooProgram(kernel, null, fault);
        }
    }

    protected override void SynchronizeCore() => ZooProgram.Wait();

    protected override void CloseCore() => ZooProgram.Wait();
}
