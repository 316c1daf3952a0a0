using System.Diagnostics;
using Tenon.Cli.Workloads;
using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>How long it takes to turn a step of a model into programs, on a device that runs nothing.</summary>
/// <param name="Nodes">Nodes of the tensor graph.</param>
/// <param name="Kernels">Kernels that a step launches.</param>
/// <param name="DifferentKernels">Those that differ.</param>
/// <param name="Build">Milliseconds that the calls of <see cref="Tensor"/> take.</param>
/// <param name="Schedule">Milliseconds from the tensor graph to kernels.</param>
/// <param name="Lower">Milliseconds to lower and render the different kernels, as the runtime does it: several at a time.</param>
/// <param name="AllocatedMegabytes">What the .NET heap was asked for.</param>
internal sealed record CompileTime(int Nodes, int Kernels, int DifferentKernels, double Build, double Schedule, double Lower, double AllocatedMegabytes)
{
    /// <summary>Milliseconds in all.</summary>
    public double Total => Build + Schedule + Lower;

    /// <summary>Measures once, with nothing cached. The first time in a process includes the .NET JIT's work on the compiler.</summary>
    public static CompileTime Measure(Workload workload)
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("defaultDevice", "NULL"), new("cache:enabled", "false")])).Build();
        TenonRuntime.Default = runtime;
        var device = runtime.Devices.Open(runtime.Devices.Default);
        var build = workload.Prepare();

        var allocated = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();
        var results = build();
        var built = clock.Elapsed;
        var roots = results.Where(t => !t.IsRealized).Select(t => (t.Node, device.Name)).ToList();
        var schedule = runtime.Schedule(roots);
        var scheduled = clock.Elapsed;
        var kernels = schedule.Calls.Where(c => c.Kernel is not null).Select(c => c.Kernel!).ToList();
        var different = kernels.Distinct().ToList();
        Parallel.ForEach(different, k => device.Generator.Generate(Compiler.KernelCompiler.Compile(k, device.Capabilities, device.Generator.Target)));
        var lowered = clock.Elapsed;
        return new CompileTime(
            UOp.Sink([.. roots.Select(r => r.Node)]).TopologicalOrder().Count,
            kernels.Count,
            different.Count,
            built.TotalMilliseconds,
            (scheduled - built).TotalMilliseconds,
            (lowered - scheduled).TotalMilliseconds,
            (GC.GetTotalAllocatedBytes() - allocated) / 1e6);
    }
}
