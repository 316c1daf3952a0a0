using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>Switches of the kernel compiler.</summary>
public sealed record CompilerOptions
{
    /// <summary>Whether loops are optimised; off gives the plainest correct program.</summary>
    public bool Optimise { get; init; } = true;

    /// <summary>Whether each access is proved to lie in its buffer.</summary>
    public bool CheckIndices { get; init; } = IndexChecker.IsOnByDefault;

    /// <summary>Whether the graph is checked against its specification after each step; what a step starts from and the program always are.</summary>
    public bool CheckSteps { get; init; } = IndexChecker.IsOnByDefault;

    /// <summary>How loops are changed, as a search found it; null for the heuristic.</summary>
    public IReadOnlyList<Opt>? Opts { get; init; }

    /// <summary>What optimises loops in place of either.</summary>
    internal Func<UOp, CodeGeneratorView, UOp>? Optimiser { get; init; }
}

/// <summary>Turns a kernel of a <see cref="Schedule"/> into a linear program for a target.</summary>
public static class KernelCompiler
{
    /// <summary>The program of a kernel.</summary>
    /// <param name="kernel">The sink of a <see cref="ScheduledCall"/>.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="target">What the code generator takes.</param>
    /// <param name="options">Switches.</param>
    /// <exception cref="TenonException">The kernel needs what the target lacks and nothing can stand in for.</exception>
    public static LinearProgram Compile(UOp kernel, Capabilities device, CodeGeneratorTarget target, CompilerOptions? options = null)
    {
        options ??= new CompilerOptions();
        var view = new CodeGeneratorView(target, device);
        var name = kernel.ArgAs<KernelArg>().Name;
        using var stage = Tracing.Begin("lower", kernel, name);
        KernelSpecification.Check(kernel, name);
        CheckIndices(kernel);

        var graph = kernel;
        if (!kernel.ArgAs<KernelArg>().IsArranged)
        {
            graph = Decompose(kernel, view);
            CheckKernel(graph, "decompose");
            graph = options.Optimise ? Optimise(graph, view, options) : graph;
            CheckKernel(graph, "optimise");
        }

        var wanted = graph.ArgAs<KernelArg>().Images;
        CheckIndices(graph);
        (graph, var groups, var lanes) = Grid.Apply(graph, view);
        CheckKernel(graph, "grid");
        graph = Expander.Expand(graph, view);
        CheckExpanded(graph, isLowered: false, "expand");
        CheckIndices(graph);
        (graph, var images) = ImageReads.Apply(graph, wanted, view);
        CheckExpanded(graph, isLowered: false, "images");
        graph = IndexLowering.Apply(graph, Decompositions.For(view, isFast: false).ForMachine);
        CheckExpanded(graph, isLowered: true, "indices");
        graph = Words.Apply(graph, view, name);
        var program = LinearProgramBuilder.Build(name, kernel, Linearizer.Linearize(graph), groups, lanes, view, images);
        stage?.Result = UOp.Sink([.. program.Ops]);
        LinearSpecification.Check(program, target);
        if (device.Workgroups is not null && program.LocalBytes > device.LocalBytes)
        {
            throw new TenonException("TEN1064", $"{name}: its groups need {program.LocalBytes} bytes of local memory; the device has {device.LocalBytes}. If the kernel is tuned, tune it again for this device.");
        }

        return program;

        void CheckKernel(UOp graph, string step)
        {
            if (options.CheckSteps)
            {
                KernelSpecification.Check(graph, $"{name} after {step}");
            }
        }

        void CheckExpanded(UOp graph, bool isLowered, string step)
        {
            if (options.CheckSteps)
            {
                ExpandedSpecification.Check(graph, isLowered, $"{name} after {step}");
            }
        }

        void CheckIndices(UOp graph)
        {
            if (options.CheckIndices)
            {
                IndexChecker.Check(graph, name);
            }
        }
    }

    /// <summary>
    /// A kernel that is called again and again, without what follows from parameters that are mostly the same each time: factors of its sums
    /// are computed apart, in the order in which it uses them. Null if that doesn't pay.
    /// </summary>
    /// <param name="kernel">The sink of a <see cref="ScheduledCall"/>.</param>
    /// <param name="constants">The numbers of those parameters.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="target">What the code generator takes.</param>
    /// <param name="options">Switches.</param>
    public static PackedKernel? Pack(UOp kernel, IReadOnlySet<int> constants, Capabilities device, CodeGeneratorTarget target, CompilerOptions? options = null)
    {
        if (options is { Optimise: false } or { Opts: not null } or { Optimiser: not null } || kernel.ArgAs<KernelArg>().IsArranged || constants.Count == 0)
        {
            return null;
        }

        var view = new CodeGeneratorView(target, device);
        return Heuristic.Pack(Decompose(kernel, view), constants, view);
    }

    /// <summary>A kernel in terms of what the target has: what loops are optimised of.</summary>
    internal static UOp Decompose(UOp kernel, CodeGeneratorView view)
    {
        var isFast = kernel.ArgAs<KernelArg>().FastMath;
        var graph = isFast && view.Has(Ops.MulAcc) ? GraphRewrite.Apply(kernel, FastMathRules.Contraction, stage: "lower/contract") : kernel;
        return DotProducts.Apply(GraphRewrite.Apply(HalfEmulation.Apply(graph, view), Decompositions.For(view, isFast).ForKernels, stage: "lower/decompose"), view);
    }

    private static UOp Optimise(UOp kernel, CodeGeneratorView view, CompilerOptions options) =>
        options.Optimiser is { } other ? other(kernel, view) : options.Opts is { } opts ? Tuned.Apply(kernel, opts, view) : Heuristic.Apply(kernel, view);
}
