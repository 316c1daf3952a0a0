using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Takes from a sum under a division what its factors hold of the divisor: windows over an image are written as
/// (k·(w + 1) + x) mod w, which is k + x where that is below w.
/// </summary>
internal static class FactorSplitting
{
    private static readonly Pat X = Pat.Any(0).If(static u => u.DType == DType.Index);
    private static readonly Pat D = Pat.Const(1).If(static u => u.DType == DType.Index && ((Scalar)u.Arg!).AsLong > 1);

    private static PatternMatcher Rules { get; } = (Simplifier.Rules + new PatternMatcher(
        // ((q·d + r)·x + …) mod d → (r·x + …) mod d
        Rule.Of(Pat.Op(Ops.FloorMod, X, D), static (x, d) => Split(x, d) is var (_, rest) ? IndexMath.FloorMod(rest, d) : null),
        // ((q·d + r)·x + …) / d → q·x + (r·x + …) / d
        Rule.Of(Pat.Op(Ops.FloorDiv, X, D), static (x, d) => Split(x, d) is var (whole, rest) ? IndexMath.Add(whole, IndexMath.FloorDiv(rest, d)) : null))).Remembering();

    public static UOp Apply(UOp kernel) => GraphRewrite.Apply(kernel, Rules);

    private static (UOp Whole, UOp Remainder)? Split(UOp x, UOp divisor)
    {
        var d = ((Scalar)divisor.Arg!).AsLong;
        var form = LinearForm.Of(x);
        if (form.Terms.All(t => Math.Abs(t.Factor) < d))
        {
            return null;
        }

        var (whole, rest) = (new LinearForm(), new LinearForm { Constant = form.Constant });
        foreach (var (term, factor) in form.Terms)
        {
            whole.AddTerm(term, factor / d);
            rest.AddTerm(term, factor % d);
        }

        return (whole.ToUOp(), rest.ToUOp());
    }
}
