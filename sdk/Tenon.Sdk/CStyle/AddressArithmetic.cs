using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// Finds the integers from which only addresses are computed. They never overflow where the address is used, so they may be written as
/// signed arithmetic, whose overflow is undefined in most dialects; and compilers make better addresses of it.
/// </summary>
internal static class AddressArithmetic
{
    private static readonly OpSet Arithmetic = new(Ops.Add, Ops.Sub, Ops.Mul, Ops.Neg, Ops.Shl, Ops.Cast);

    /// <summary>The nodes of a program all of whose users are addresses, by way of other such nodes or not.</summary>
    public static HashSet<UOp> Find(IReadOnlyList<UOp> ops)
    {
        var found = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        var others = new HashSet<UOp>(ReferenceEqualityComparer.Instance);

        // Users come after their sources.
        for (var i = ops.Count - 1; i >= 0; i--)
        {
            var op = ops[i];
            var isAddress = Arithmetic.Contains(op.Op) && op.DType is { IsInteger: true, IsVector: false } && !others.Contains(op);
            if (isAddress)
            {
                found.Add(op);
            }

            for (var s = 0; s < op.Src.Length; s++)
            {
                if (!isAddress && (op.Op != Ops.Index || s == 0))
                {
                    others.Add(op[s]);
                }
            }
        }

        return found;
    }
}
