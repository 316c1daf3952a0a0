using Tenon.Compiler;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>What execution needs of the compiler.</summary>
internal interface ICompiler
{
    /// <summary>Changes whenever the compiler may give another result for the same graph. Part of the key of all that is kept on disk.</summary>
    string Fingerprint { get; }

    /// <summary>Switches of the kernel compiler.</summary>
    CompilerOptions Options { get; }

    /// <param name="sink">What to compute.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="target">What its code generator takes; null if it has none.</param>
    Schedule Schedule(UOp sink, Capabilities device, CodeGeneratorTarget? target);

    /// <param name="kernel">The kernel.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="target">What the code generator takes.</param>
    /// <param name="opts">How its loops are changed; null for what the heuristic chooses.</param>
    LinearProgram Lower(UOp kernel, Capabilities device, CodeGeneratorTarget target, IReadOnlyList<Opt>? opts = null);

    /// <param name="kernel">A kernel that runs again and again.</param>
    /// <param name="constants">The numbers of its parameters that are mostly the same.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="target">What the code generator takes.</param>
    /// <returns>The kernel with what follows from these computed apart; null if that doesn't pay.</returns>
    PackedKernel? Pack(UOp kernel, IReadOnlySet<int> constants, Capabilities device, CodeGeneratorTarget target);
}
