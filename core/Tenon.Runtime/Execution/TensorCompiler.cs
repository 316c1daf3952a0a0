using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>The compiler of Tenon.Compiler.</summary>
/// <param name="options">Switches of the kernel compiler.</param>
/// <param name="recordDecisions">Whether schedules say what was stored and why.</param>
internal sealed class TensorCompiler(CompilerOptions options, bool recordDecisions = false) : ICompiler
{
    public string Fingerprint { get; } = $"{typeof(Schedule).Module.ModuleVersionId:N}{typeof(UOp).Module.ModuleVersionId:N}{options.Optimise}{options.CheckIndices}";

    public CompilerOptions Options => options;

    public Schedule Schedule(UOp sink, Capabilities device, CodeGeneratorTarget? target) => Scheduler.Create(sink, new SchedulerOptions
    {
        Parallelism = device.Parallelism,
        Lanes = SchedulerOptions.LanesOf(device),
        MaskedLoads = target is null ? [] : SchedulerOptions.MaskedLoadsOf(target),
        MaxBuffers = device.MaxBuffers,
        RecordDecisions = recordDecisions,
    });

    public LinearProgram Lower(UOp kernel, Capabilities device, CodeGeneratorTarget target, IReadOnlyList<Opt>? opts = null) =>
        KernelCompiler.Compile(kernel, device, target, opts is null ? options : options with { Opts = opts });

    public PackedKernel? Pack(UOp kernel, IReadOnlySet<int> constants, Capabilities device, CodeGeneratorTarget target) => KernelCompiler.Pack(kernel, constants, device, target, options);
}
