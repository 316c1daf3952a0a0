using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests.Search;

/// <summary>Kernels that searches are tested with.</summary>
internal static class SearchKernels
{
    /// <summary>The kernels that a value is computed by.</summary>
    public static IEnumerable<UOp> Of(TenonRuntime runtime, Tensor value) =>
        runtime.Schedule([(value.Node, runtime.Devices.Default)]).Calls.Select(c => c.Kernel).OfType<UOp>();

    public static UOp MatMul(TenonRuntime runtime, long m, long k, long n) => Of(runtime, Tensor.Empty([m, k]).MatMul(Tensor.Empty([k, n]))).Single();
}
