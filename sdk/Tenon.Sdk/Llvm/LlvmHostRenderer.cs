using System.Globalization;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Llvm;

/// <summary>
/// LLVM IR for processors. The kernel is a function <c>void NAME(void** buffers, const int64_t* variables, int64_t begin, int64_t end, void* local)</c>
/// that runs the work items from <c>begin</c> to <c>end</c>, exclusive, with its local arrays in <c>local</c>. It needs no library.
/// </summary>
/// <param name="vectorBits">The widest vectors that may be used.</param>
/// <param name="callingConvention">Such as <c>win64cc</c>; empty for that of C on the target.</param>
/// <param name="hasMaximum">Whether LLVM makes good code of <c>llvm.maximum</c>: on x64 from version 17 on.</param>
public sealed class LlvmHostRenderer(int vectorBits, string callingConvention = "", bool hasMaximum = true) : LlvmRenderer
{
    /// <inheritdoc/>
    protected internal override bool HasMaximum => hasMaximum;

    // Registers that are put on the stack must not lie across cache lines.
    /// <inheritdoc/>
    protected internal override string Attributes { get; } =
        $"{{ nounwind \"no-builtins\" \"stackrealign\" \"prefer-vector-width\"=\"{vectorBits}\" \"min-legal-vector-width\"=\"{vectorBits}\" }}";

    /// <inheritdoc/>
    protected internal override string Signature(LinearProgram program) =>
        $"define {(callingConvention.Length > 0 ? callingConvention + " " : "")}void @{program.Name}(ptr readonly %buffers, ptr readonly %variables, i64 %begin, i64 %end, ptr noalias %local)";

    /// <inheritdoc/>
    protected internal override void Open(LlvmKernel kernel)
    {
        foreach (var op in kernel.Program.Ops)
        {
            if (op.Op == Ops.Param)
            {
                kernel[op] = kernel.Emit($"load ptr, ptr {Element(kernel, "ptr", "%buffers", op.ArgAs<ParamArg>().Slot)}");
            }
            else if (op.Op == Ops.Local)
            {
                kernel[op] = Element(kernel, "i8", "%local", op.ArgAs<LocalArg>().Offset);
            }
            else if (op.Op == Ops.Variable)
            {
                kernel[op] = LlvmCasts.Cast(kernel, DType.Int64, op.DType, kernel.Emit($"load i64, ptr {Element(kernel, "i64", "%variables", kernel.Program.PositionOf(op))}"));
            }
        }

        var item = kernel.OpenLoop("i64", "%begin", "%end", runs: false);
        foreach (var op in kernel.Program.Ops.Where(op => op.Op == Ops.Special))
        {
            kernel[op] = LlvmCasts.Cast(kernel, DType.Int64, op.DType, item);
        }
    }

    /// <inheritdoc/>
    protected internal override void Close(LlvmKernel kernel)
    {
        kernel.CloseLoop();
        if (kernel.Program.Ops.Any(op => op.Op == Ops.Store && kernel.Program.IsStreamed(op[0], op[1].DType)))
        {
            kernel.Line("fence seq_cst");
        }
    }

    private static string Element(LlvmKernel kernel, string type, string array, long index) =>
        kernel.Emit(string.Create(CultureInfo.InvariantCulture, $"getelementptr {type}, ptr {array}, i64 {index}"));
}
