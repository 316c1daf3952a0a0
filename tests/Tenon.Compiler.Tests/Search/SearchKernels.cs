using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests.Search;

/// <summary>Kernels that searches are tested with.</summary>
internal static class SearchKernels
{
    /// <summary>The kernels that a value is computed by.</summary>
    public static IEnumerable<UOp> Of(Tensor value) => TenonRuntime.Default.Schedule([(value.Node, RandomProgram.Device)]).Calls.Select(c => c.Kernel).OfType<UOp>();

    public static UOp MatMul(long m, long k, long n) => Of(Tensor.Empty([m, k]).MatMul(Tensor.Empty([k, n]))).Single();
}
