using System.Diagnostics;
using Tenon.Compiler;
using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Benchmarks;

/// <summary>How long it takes to turn the forward pass of ResNet-50 into kernels, on a device that runs nothing.</summary>
/// <param name="Kernels">Kernels that a forward pass launches.</param>
/// <param name="DifferentKernels">Those that differ.</param>
/// <param name="Schedule">Milliseconds from the tensor graph to kernels.</param>
/// <param name="Lower">Milliseconds to lower the different kernels, one after the other.</param>
/// <param name="Realize">Milliseconds of a first <c>Realize</c>: scheduling, lowering and rendering, as the runtime does them.</param>
internal sealed record CompileTime(int Kernels, int DifferentKernels, double Schedule, double Lower, double Realize)
{
    private const int Batch = 64;

    /// <summary>Measures once, with nothing cached. The first time in a process includes the .NET JIT's work on the compiler.</summary>
    public static CompileTime Measure()
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("defaultDevice", "NULL"), new("cache:enabled", "false")])).Build();
        TenonRuntime.Default = runtime;
        var device = runtime.Devices.Open(runtime.Devices.Default);
        using var noGradients = Tensor.NoGrad();
        var model = new ResNet50();
        model.Eval();
        Tensor.Realize([.. model.Parameters(), .. model.Buffers()]);

        var output = model.Forward(Tensor.Empty([Batch, 3, 224, 224]));
        IReadOnlyList<(UOp, string)> roots = [(output.Node, device.Name)];
        var scheduleTime = Stopwatch.StartNew();
        var schedule = runtime.Schedule(roots);
        scheduleTime.Stop();

        var kernels = schedule.Calls.Where(c => c.Kernel is not null).Select(c => c.Kernel!).ToList();
        var different = kernels.Distinct().ToList();
        var lowerTime = Stopwatch.StartNew();
        different.ForEach(k => KernelCompiler.Compile(k, device.Capabilities, device.Generator.Target));
        lowerTime.Stop();

        var realizeTime = Stopwatch.StartNew();
        output.Realize();
        runtime.Synchronize();
        return new CompileTime(kernels.Count, different.Count, scheduleTime.Elapsed.TotalMilliseconds, lowerTime.Elapsed.TotalMilliseconds, realizeTime.Elapsed.TotalMilliseconds);
    }
}
