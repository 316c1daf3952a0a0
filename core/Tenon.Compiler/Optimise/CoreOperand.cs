using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>What a tensor core reads of a factor that is multiplied in the dtype of the sum.</summary>
internal static class CoreOperand
{
    /// <summary>The factor in the dtype in which the core reads it; null if it isn't of that.</summary>
    public static UOp? Of(UOp factor, TensorCore core) => factor.Op switch
    {
        _ when factor.DType == core.Input => factor,
        Ops.Cast when factor[0].DType == core.Input => factor[0],
        Ops.Const => Literal(factor.ArgAs<Scalar>(), core.Input),

        // What is zero beyond the edges of a picture.
        Ops.Where when Of(factor[1], core) is { } x && Of(factor[2], core) is { } y => UOp.Where(factor[0], x, y),
        _ => core.Input.Format is { } format && !core.Input.IsNative ? Codes(factor, format, core.Input.Stored) : null,
    };

    private static UOp? Literal(Scalar value, DType input) =>
        input.IsNative ? value.To(input).AsDouble == value.AsDouble ? UOp.Const(input, value) : null
        : value.AsDouble == 0 ? UOp.Const(input.Stored, 0)
        : null;

    // Narrow floats are bytes whose numbers are computed: the bytes are what they are computed from.
    private static UOp? Codes(UOp factor, FloatFormat format, DType stored) =>
        factor.TopologicalOrder().Find(u => u.Op == Ops.Load && u.DType == stored && u.Ranges.SequenceEqual(factor.Ranges) && Simplifier.Simplify(FloatCodes.Decode(format, u)) == factor);
}
