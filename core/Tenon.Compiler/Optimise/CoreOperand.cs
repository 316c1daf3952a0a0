using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>What a tensor core reads of a factor that is multiplied in the dtype of the sum.</summary>
internal static class CoreOperand
{
    /// <summary>The factor in the dtype in which the core reads it; null if it isn't of that.</summary>
    public static UOp? Of(UOp factor, TensorCore core) =>
        factor.DType == core.Input ? factor
        : factor.Op == Ops.Cast && factor[0].DType == core.Input ? factor[0]
        : core.Input.Format is { } format && core.Input.Stored != core.Input ? Codes(factor, format, core.Input.Stored)
        : null;

    // Narrow floats are bytes whose numbers are computed: the bytes are what they are computed from.
    private static UOp? Codes(UOp factor, FloatFormat format, DType stored) =>
        factor.TopologicalOrder().Find(u => u.Op == Ops.Load && u.DType == stored && u.Ranges.SequenceEqual(factor.Ranges) && Simplifier.Simplify(FloatCodes.Decode(format, u)) == factor);
}
