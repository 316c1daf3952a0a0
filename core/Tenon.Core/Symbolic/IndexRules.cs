namespace Tenon.Core;

/// <summary>
/// Rules for the weak integers of indices: sums in one normal form, and division, remainder and comparison that use it.
/// All divisors here are positive literals.
/// </summary>
internal static class IndexRules
{
    private static readonly Pat X = Pat.Any(0).If(static u => u.DType == DType.Index);
    private static readonly Pat Y = Pat.Any(1).If(static u => u.DType == DType.Index);
    private static readonly Pat D = Pat.Const(1).If(static u => u.DType == DType.Index && ((Scalar)u.Arg!).AsLong > 0);

    public static PatternMatcher Rules { get; } = new(
        // Σ in normal form
        Rule.Of(Pat.Op(new OpSet(Ops.Add), 0).If(static u => u.DType == DType.Index), Sum),
        // (a + b)·c → a·c + b·c
        Rule.Of(Pat.Op(Ops.Mul, X, Pat.Const(1)), static (x, c) => x.Op is Ops.Add or Ops.Mul ? Sum(UOp.Alu(Ops.Mul, x, c)) : null),
        Rule.Of(Pat.Op(Ops.FloorDiv, X, D), static (x, d) => Divide(x, Literal(d))),
        Rule.Of(Pat.Op(Ops.FloorMod, X, D), static (x, d) => Remainder(x, Literal(d))),
        Rule.Of(Pat.Op(Ops.CmpLt, X, Y), Compare),
        // x == y → x - y == 0, decided by the interval of the difference
        Rule.Of(Pat.Op(Ops.CmpEq, X, Y), static (x, y) => IndexMath.Sub(x, y) is var d && (d.Min > 0 || d.Max < 0) ? UOp.Const(false) : d.IsInteger(0) ? UOp.Const(true) : null),
        Rule.Of(Pat.Op(Ops.CmpNe, X, Y), static (x, y) => IndexMath.Sub(x, y) is var d && (d.Min > 0 || d.Max < 0) ? UOp.Const(true) : d.IsInteger(0) ? UOp.Const(false) : null));

    private static long Literal(UOp u) => ((Scalar)u.Arg!).AsLong;

    private static UOp? Sum(UOp u)
    {
        if (LinearForm.IsInOrder(u))
        {
            return null;
        }

        var form = LinearForm.Of(u);
        form.MergeQuotients();
        return form.ToUOp() is var sum && sum != u ? sum : null;
    }

    private static UOp? Divide(UOp x, long d)
    {
        if (d == 1)
        {
            return x;
        }

        if (IntegerMath.FloorDiv(x.Min, d) is var low && low == IntegerMath.FloorDiv(x.Max, d))
        {
            return UOp.Index(low);
        }

        // (x / a) / b → x / (a·b)
        if (x.Op == Ops.FloorDiv && x[1].IsConst(out var inner) && inner.AsLong > 0 && inner.AsLong <= long.MaxValue / d)
        {
            return IndexMath.FloorDiv(x[0], UOp.Index(inner.AsLong * d));
        }

        // (x mod (a·b)) / a → (x / a) mod b
        if (x.Op == Ops.FloorMod && x[1].IsConst(out var m) && m.AsLong > 0 && m.AsLong % d == 0)
        {
            return IndexMath.FloorMod(IndexMath.FloorDiv(x[0], UOp.Index(d)), UOp.Index(m.AsLong / d));
        }

        // ((q·d + r)·x + …) / d → q·x + (r·x + …) / d
        var (whole, rest) = SplitFactors(LinearForm.Of(x), d);
        if (!whole.IsInteger(0))
        {
            return IndexMath.Add(whole, IndexMath.FloorDiv(rest, UOp.Index(d)));
        }

        return Factor(x, d) is var (factor, multiple, _) ? IndexMath.FloorDiv(multiple, UOp.Index(d / factor)) : null;
    }

    private static UOp? Remainder(UOp x, long d)
    {
        if (d == 1)
        {
            return UOp.Index(0);
        }

        if (IntegerMath.FloorDiv(x.Min, d) is var low && low == IntegerMath.FloorDiv(x.Max, d) && Math.Abs(low) < long.MaxValue / d)
        {
            return IndexMath.Sub(x, UOp.Index(low * d));
        }

        // (x mod (a·d) + …) mod d → (x + …) mod d
        var form = LinearForm.Of(x);
        foreach (var (term, factor) in form.Terms)
        {
            if (term.Op == Ops.FloorMod && term[1].IsConst(out var m) && m.AsLong > 0 && (Int128)m.AsLong * factor % d == 0)
            {
                var without = new LinearForm { Constant = form.Constant };
                foreach (var (t, f) in form.Terms)
                {
                    without.AddScaled(t == term ? term[0] : t, f);
                }

                return IndexMath.FloorMod(Simplifier.SimplifyNode(without.ToUOp()), UOp.Index(d));
            }
        }

        // ((q·d + r)·x + …) mod d → (r·x + …) mod d
        var (whole, rest) = SplitFactors(form, d);
        if (!whole.IsInteger(0))
        {
            return IndexMath.FloorMod(rest, UOp.Index(d));
        }

        return Factor(x, d) is var (g, multiple, remainder)
            ? IndexMath.Add(IndexMath.Mul(IndexMath.FloorMod(multiple, UOp.Index(d / g)), UOp.Index(g)), remainder)
            : null;
    }

    // Each factor as q·d + r: a window over an image is written as (k·(w + 1) + x) mod w, which is k + x where that is below w.
    private static (UOp Whole, UOp Remainder) SplitFactors(LinearForm form, long d)
    {
        var (whole, rest) = SplitConstant(form, d);
        foreach (var (term, factor) in form.Terms)
        {
            whole.AddTerm(term, factor / d);
            rest.AddTerm(term, factor % d);
        }

        return (whole.ToUOp(), rest.ToUOp());
    }

    // Terms that d divides (divided by it), and the rest with factors as they are.
    private static (UOp Whole, UOp Remainder) SplitMultiples(LinearForm form, long d)
    {
        var (whole, rest) = SplitConstant(form, d);
        foreach (var (term, factor) in form.Terms)
        {
            (factor % d == 0 ? whole : rest).AddTerm(term, factor % d == 0 ? factor / d : factor);
        }

        return (whole.ToUOp(), rest.ToUOp());
    }

    private static (LinearForm Whole, LinearForm Remainder) SplitConstant(LinearForm form, long d) =>
        (new LinearForm { Constant = IntegerMath.FloorDiv(form.Constant, d) }, new LinearForm { Constant = IntegerMath.FloorMod(form.Constant, d) });

    // x = g·multiple + remainder with 0 ≤ remainder < g, where g divides d.
    private static (long G, UOp Multiple, UOp Remainder)? Factor(UOp x, long d)
    {
        var form = LinearForm.Of(x);
        for (var g = NextBelow(form, long.MaxValue, d); g > 1; g = NextBelow(form, g, d))
        {
            var (multiple, remainder) = SplitMultiples(form, g);
            if (remainder.Min >= 0 && remainder.Max < g && multiple.Op != Ops.Const)
            {
                return (g, multiple, remainder);
            }
        }

        return null;
    }

    // The greatest, of the common divisors of each factor and d, that is below a limit.
    private static long NextBelow(LinearForm form, long limit, long d)
    {
        var next = 0L;
        foreach (var (_, factor) in form.Terms)
        {
            var divisor = IntegerMath.Gcd(factor, d);
            next = divisor < limit ? Math.Max(next, divisor) : next;
        }

        return next;
    }

    private static bool AllNegative(LinearForm form)
    {
        foreach (var (_, factor) in form.Terms)
        {
            if (factor >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static UOp? Compare(UOp x, UOp y)
    {
        // x < y → x - y < 0, with the constant on the right
        var form = LinearForm.Of(x);
        form.AddScaled(y, -1);
        form.MergeQuotients();
        var bound = -form.Constant;
        form.Constant = 0;
        if (form.Terms.Length == 0)
        {
            return UOp.Const(0 < bound);
        }

        if (SizeRules.IsBelow(form, bound) is { } isBelow)
        {
            return UOp.Const(isBelow);
        }

        // -x < c → not (x < 1 - c)
        if (AllNegative(form))
        {
            var negated = new LinearForm();
            foreach (var (term, factor) in form.Terms)
            {
                negated.AddTerm(term, -factor);
            }

            return IndexMath.Not(IndexMath.Less(negated.ToUOp(), UOp.Index(1 - bound)));
        }

        // g·x + r < c → x < ⌈c / g⌉ where 0 ≤ r < g and (r is 0 or g divides c)
        for (var g = NextBelow(form, long.MaxValue, 0); g > 1; g = NextBelow(form, g, 0))
        {
            var (multiple, rest) = SplitMultiples(form, g);
            if (multiple.Op != Ops.Const && rest.Min >= 0 && rest.Max < g && (rest.IsInteger(0) || bound % g == 0))
            {
                return IndexMath.Less(multiple, UOp.Index(-IntegerMath.FloorDiv(-bound, g)));
            }
        }

        var (left, right) = (form.ToUOp(), UOp.Index(bound));
        return left == x && right == y ? null : IndexMath.Less(left, right);
    }
}
