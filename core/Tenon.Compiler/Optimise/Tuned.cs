using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Changes the loops of a kernel as a search has found it good.</summary>
internal static class Tuned
{
    /// <exception cref="TenonException">A change isn't legal for this kernel on this target.</exception>
    public static UOp Apply(UOp kernel, IReadOnlyList<Opt> opts, CodeGeneratorView target)
    {
        using var stage = Tracing.Begin("lower/optimise", kernel);
        var nest = LoopNest.Of(kernel, target);
        foreach (var opt in opts)
        {
            new LegalOpts(nest, target).Require(opt);
            nest.Apply(opt);
        }

        stage?.Result = nest.Kernel;
        return nest.Kernel;
    }
}
