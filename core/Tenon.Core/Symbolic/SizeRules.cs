namespace Tenon.Core;

/// <summary>
/// Rules for index arithmetic with sizes that are not literals: products in one normal form, and division, remainder and
/// comparison decided by where loops end.
/// </summary>
internal static class SizeRules
{
    private static readonly Pat X = Pat.Any(0).If(static u => u.DType == DType.Index);
    private static readonly Pat Y = Pat.Any(1).If(static u => u.Op != Ops.Const && u.DType == DType.Index);

    public static PatternMatcher Rules { get; } = new(
        // (a + b)·(c + d) → a·c + a·d + b·c + b·d, the factors of each term in structural order
        Rule.Of(Pat.Op(Ops.Mul, X.If(static u => u.Op != Ops.Const), Y), Product),
        // (q·d + r) / d → q and (q·d + r) mod d → r where 0 ≤ r < d
        Rule.Of(Pat.Op(Ops.FloorDiv, X, Y), static (x, d) => Split(x, d)?.Quotient),
        Rule.Of(Pat.Op(Ops.FloorMod, X, Y), static (x, d) => Split(x, d)?.Remainder));

    /// <summary>Whether a sum is below a bound wherever its loops are; null if that can't be seen.</summary>
    public static bool? IsBelow(LinearForm sum, long bound) =>
        !HasSymbolicLoop(sum) ? null
        : End(sum, 1).Max < bound ? true
        : End(sum, -1).Min >= bound ? false
        : null;

    private static UOp? Product(UOp x, UOp y)
    {
        var (a, b) = (LinearForm.Of(x), LinearForm.Of(y));
        var form = new LinearForm { Constant = checked(a.Constant * b.Constant) };
        foreach (var (s, f) in a.Terms)
        {
            form.AddScaled(s, checked(f * b.Constant));
            foreach (var (t, g) in b.Terms)
            {
                form.AddTerm(Monomial(s, t), checked(f * g));
            }
        }

        foreach (var (t, g) in b.Terms)
        {
            form.AddScaled(t, checked(g * a.Constant));
        }

        var product = form.ToUOp();
        return product.Op == Ops.Mul && product[0] == x && product[1] == y ? null : product;
    }

    private static UOp Monomial(UOp x, UOp y)
    {
        var factors = new List<UOp>();
        AddFactors(x, factors);
        AddFactors(y, factors);
        return Monomial(factors);
    }

    private static UOp Monomial(List<UOp> factors)
    {
        factors.Sort(StructuralOrder.Instance);
        var product = factors[0];
        for (var i = 1; i < factors.Count; i++)
        {
            product = UOp.Alu(Ops.Mul, product, factors[i]);
        }

        return product;
    }

    private static void AddFactors(UOp product, List<UOp> factors)
    {
        for (; product.Op == Ops.Mul; product = product[0])
        {
            factors.Add(product[1]);
        }

        factors.Add(product);
    }

    // x = quotient·d + remainder with 0 ≤ remainder < d. Where a loop of length d shows that, d is positive: the loop runs.
    private static (UOp Quotient, UOp Remainder)? Split(UOp x, UOp d)
    {
        var (form, quotient) = (LinearForm.Of(x), new LinearForm());
        if (LinearForm.Of(d).Terms is not [var (unit, scale), ..])
        {
            return null;
        }

        foreach (var (term, factor) in form.Terms)
        {
            if (factor % scale == 0 && Over(term, unit) is { } multiple)
            {
                quotient.AddScaled(multiple, factor / scale);
            }
        }

        var whole = quotient.ToUOp();
        form.AddScaled(IndexMath.Mul(whole, d), -1);
        var remainder = form.ToUOp();
        form.AddScaled(d, -1);
        return End(LinearForm.Of(remainder), -1).Min >= 0 && End(form, 1).Max < 0 ? (whole, remainder) : null;
    }

    // The product without a factor (which may be a product itself); null if it doesn't have it.
    private static UOp? Over(UOp term, UOp unit)
    {
        List<UOp> factors = [], without = [];
        AddFactors(term, factors);
        AddFactors(unit, without);
        return !without.TrueForAll(factors.Remove) ? null : factors.Count == 0 ? UOp.Index(1) : Monomial(factors);
    }

    private static bool HasSymbolicLoop(LinearForm sum)
    {
        foreach (var (term, _) in sum.Terms)
        {
            var ranges = term.Ranges;
            for (var i = 0; i < ranges.Length; i++)
            {
                if (ranges[i][0].Op != Ops.Const)
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The sum at the ends of its loops: where it is greatest (direction 1) or least (-1).
    private static UOp End(LinearForm sum, int direction)
    {
        var end = new LinearForm { Constant = sum.Constant };
        foreach (var (term, factor) in sum.Terms)
        {
            end.AddScaled(AtEnd(term, Math.Sign(factor) == direction), factor);
        }

        return end.ToUOp();
    }

    // A product that grows with its loops, at their last turn or at their first.
    private static UOp AtEnd(UOp term, bool last)
    {
        var factors = new List<UOp>();
        AddFactors(term, factors);
        if (!factors.Exists(f => f.Op == Ops.Range) || factors.Exists(f => f.Min < 0))
        {
            return term;
        }

        var product = UOp.Index(1);
        foreach (var f in factors)
        {
            product = IndexMath.Mul(product, f.Op != Ops.Range ? f : last ? IndexMath.Sub(f[0], UOp.Index(1)) : UOp.Index(0));
        }

        return product;
    }
}
