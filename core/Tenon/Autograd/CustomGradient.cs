using Tenon.Core;

namespace Tenon;

/// <summary>
/// A gradient that somebody has written: the argument of a <see cref="Ops.Detach"/>, whose sources are the value, then what the
/// gradient flows to. It must find all it needs in the node, whose sources may have been replaced since it was made.
/// </summary>
/// <param name="rule">From the node and its gradient to the gradients of what it flows to, in order; null where none does.</param>
internal sealed class CustomGradient(Func<UOp, UOp, UOp?[]> rule)
{
    /// <summary>The same value, with this gradient.</summary>
    public UOp Attach(UOp value, ReadOnlySpan<UOp> flowsTo) => UOp.New(Ops.Detach, value.DType, [value, .. flowsTo], this);

    /// <summary>The gradients of what a node's gradient flows to.</summary>
    public UOp?[] Apply(UOp node, UOp gradient) => rule(node, gradient);
}
