using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>The plainest program of a kernel, of so few of its results that it ends soon: what candidates are checked against.</summary>
internal static class PlainSample
{
    /// <summary>The program.</summary>
    /// <param name="kernel">The sink of a scheduled call.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="generator">What the code generator takes.</param>
    /// <param name="options">How kernels are compiled.</param>
    /// <param name="maxCycles">How long it may take, by estimate.</param>
    public static LinearProgram Compile(UOp kernel, Capabilities device, CodeGeneratorTarget generator, CompilerOptions options, double maxCycles) =>
        KernelCompiler.Compile(kernel, device, generator, options with { Optimise = true, Optimiser = (graph, view) => Sample(graph, view, maxCycles) });

    // The turns that are left of a loop are spread from its first to its last.
    private static UOp Sample(UOp kernel, CodeGeneratorView target, double maxCycles)
    {
        var nest = new LoopNest(kernel);
        var loops = nest.CommonLoops().FindAll(l => l[0] is { Op: Ops.Const, Max: > 2 });
        var counts = loops.ConvertAll(l => l[0].Max);
        for (var work = Cycles(nest, target); work > maxCycles && counts.Exists(c => c > 2);)
        {
            var i = counts.IndexOf(counts.Max());
            var half = (counts[i] + 1) / 2;
            (work, counts[i]) = (work * half / counts[i], half);
        }

        foreach (var (loop, count) in loops.Zip(counts).Where(l => l.Second < l.First[0].Max))
        {
            var size = loop[0].Max;
            var fewer = UOp.Range(UOp.Index(count), loop.ArgAs<RangeArg>().Id, loop.ArgAs<RangeArg>().Kind);
            nest.Replace(loop, IndexMath.FloorDiv(IndexMath.Mul(fewer, UOp.Index(size - 1)), UOp.Index(count - 1)), [fewer]);
        }

        return nest.Kernel;
    }

    private static double Cycles(LoopNest nest, CodeGeneratorView target) =>
        nest.Ranges is { Count: > 0 and <= NestEstimate.MaxRanges } ranges && new KernelCost(nest.Order, [.. ranges], target).Of(new LoopPlan(ranges)) is var cycles && double.IsFinite(cycles) ? cycles : 0;
}
