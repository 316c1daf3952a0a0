using Tenon.Compiler;
using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Tests.Shared;

/// <summary>An expression whose kernels are counted.</summary>
/// <param name="Name">What it is; the same as in <c>tinygrad_kernel_counts.py</c>.</param>
/// <param name="Ours">The kernels that Tenon makes of it.</param>
/// <param name="Tinygrad">The kernels that tinygrad makes of it.</param>
/// <param name="Build">Makes the tensors to realise, from stored inputs on <see cref="Device"/>.</param>
internal sealed record KernelCountCase(string Name, int Ours, int Tinygrad, Func<Tensor[]> Build)
{
    /// <summary>Runs nothing, and has the same parallelism on every machine.</summary>
    public const string Device = "NULL";

    /// <summary>The kernels, in order.</summary>
    public IReadOnlyList<UOp> Kernels() =>
        [.. TenonRuntime.Default.Schedule([.. Build().Select(t => (t.Node, Device))]).Calls.Select(c => c.Kernel!)];

    public override string ToString() => Name;
}
