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
        : Most(sum) < bound ? true
        : Least(sum) >= bound ? false
        : null;

    /// <summary>Whether a loop of a sum has a symbolic length.</summary>
    public static bool HasSymbolicLoop(LinearForm sum)
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

    /// <summary>
    /// What a sum is at the ends of its loops where it is greatest (direction 1) or least (-1): each is a bound of it.
    /// </summary>
    /// <param name="sum">The sum.</param>
    /// <param name="direction">1 or -1.</param>
    /// <param name="ofLiteralLength">Whether loops of literal length are taken at their ends too.</param>
    /// <param name="kept">Of which no loop is taken at its end.</param>
    public static IEnumerable<UOp> Ends(LinearForm sum, int direction, bool ofLiteralLength, UOp? kept = null)
    {
        var ends = AtEndsOfQuotient(sum, direction, ofLiteralLength, kept)
            ?? (NextLoop(sum, ofLiteralLength, kept) is { } loop ? Limits(loop[0]).Select(limit => AtEndOf(loop, IndexMath.Sub(limit, UOp.Index(1)), sum, direction)) : null);
        return ends is null ? [sum.ToUOp()] : ends.SelectMany(e => Ends(e, direction, ofLiteralLength, kept));
    }

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

    // Where a loop of length d shows that the remainder is below d, d is positive: the loop runs.
    private static (UOp Quotient, UOp Remainder)? Split(UOp x, UOp d)
    {
        if (Divide(x, d) is not var (whole, remainder))
        {
            return null;
        }

        if (Least(LinearForm.Of(remainder)) < 0)
        {
            (whole, remainder) = (IndexMath.Sub(whole, UOp.Index(1)), IndexMath.Add(remainder, d));
        }

        var beyond = LinearForm.Of(remainder);
        beyond.AddScaled(d, -1);
        return Least(LinearForm.Of(remainder)) >= 0 && Most(beyond) < 0 ? (whole, remainder) : null;
    }

    // x = quotient·d + remainder, where no term of the remainder is a multiple of the first of d.
    private static (UOp Quotient, UOp Remainder)? Divide(UOp x, UOp d)
    {
        if (LinearForm.Of(d).Terms is not [var (unit, scale), ..])
        {
            return null;
        }

        var (form, quotient) = (LinearForm.Of(x), new LinearForm());
        foreach (var (term, factor) in form.Terms)
        {
            if (factor % scale == 0 && Over(term, unit) is { } multiple)
            {
                quotient.AddScaled(multiple, factor / scale);
            }
        }

        var whole = quotient.ToUOp();
        form.AddScaled(IndexMath.Mul(whole, d), -1);
        return (whole, form.ToUOp());
    }

    // A number that x / d is not above (direction 1) or below (-1), for a positive d.
    private static UOp? QuotientBound(UOp x, UOp d, int direction) =>
        Divide(x, d) is var (whole, remainder) && (direction > 0 ? remainder.Max : remainder.Min) is var rest and not (long.MinValue or long.MaxValue)
            ? IndexMath.Add(whole, UOp.Index(Math.Sign(rest) == direction ? IntegerMath.FloorDiv(rest, Math.Max(1, d.Min)) : direction > 0 && rest < 0 ? -1 : 0))
            : null;

    // The product without a factor (which may be a product itself); null if it doesn't have it.
    private static UOp? Over(UOp term, UOp unit)
    {
        List<UOp> factors = [], without = [];
        AddFactors(term, factors);
        AddFactors(unit, without);
        return !without.TrueForAll(factors.Remove) ? null : factors.Count == 0 ? UOp.Index(1) : Monomial(factors);
    }

    private static long Most(LinearForm sum)
    {
        var most = long.MaxValue;
        foreach (var end in Ends(sum, 1, ofLiteralLength: true))
        {
            most = Math.Min(most, end.Max);
        }

        return most;
    }

    private static long Least(LinearForm sum)
    {
        var least = long.MinValue;
        foreach (var end in Ends(sum, -1, ofLiteralLength: true))
        {
            least = Math.Max(least, end.Min);
        }

        return least;
    }

    // A quotient is at its ends where what is divided is.
    private static List<LinearForm>? AtEndsOfQuotient(LinearForm sum, int direction, bool ofLiteralLength, UOp? kept)
    {
        foreach (var (term, factor) in sum.Terms)
        {
            if (term.Op == Ops.FloorDiv && term[1].Min > 0 && (term[1].Op != Ops.Const || HasSymbolicLoop(LinearForm.Of(term[0]))))
            {
                var ends = new List<LinearForm>();
                var side = Math.Sign(factor) * direction;
                foreach (var x in Ends(LinearForm.Of(term[0]), side, ofLiteralLength || term[1].Op != Ops.Const, kept))
                {
                    if ((term[1].Op == Ops.Const ? IndexMath.FloorDiv(x, term[1]) : QuotientBound(x, term[1], side)) is { } end && end != term)
                    {
                        var replaced = LinearForm.Of(sum.ToUOp());
                        replaced.AddTerm(term, -factor);
                        replaced.AddScaled(end, factor);
                        ends.Add(replaced);
                    }
                }

                if (ends.Count > 0)
                {
                    return ends;
                }
            }
        }

        return null;
    }

    private static LinearForm AtEndOf(UOp loop, UOp last, LinearForm sum, int direction)
    {
        var end = new LinearForm { Constant = sum.Constant };
        foreach (var (term, factor) in sum.Terms)
        {
            end.AddScaled(Grows(term, loop) ? At(term, loop, Math.Sign(factor) == direction ? last : UOp.Index(0)) : term, factor);
        }

        return end;
    }

    // Loops whose lengths depend on others go first, so that what their lengths bring in meets those.
    private static UOp? NextLoop(LinearForm sum, bool ofLiteralLength, UOp? kept)
    {
        UOp? next = null;
        foreach (var (term, _) in sum.Terms)
        {
            foreach (var r in term.Ranges)
            {
                if (Grows(term, r) && kept?.DependsOn(r) != true && (ofLiteralLength || r[0].Op != Ops.Const) && (next is null || Rank(r) > Rank(next)))
                {
                    next = r;
                }
            }
        }

        return next;

        static int Rank(UOp r) => r[0].Op == Ops.Const ? 0 : r[0].Ranges.Length == 0 ? 1 : 2;
    }

    // Whether it is a product of a loop and what is not negative.
    private static bool Grows(UOp term, UOp loop)
    {
        var isFactor = false;
        for (; term.Op == Ops.Mul; term = term[0])
        {
            isFactor |= term[1] == loop;
            if (term[1].Min < 0)
            {
                return false;
            }
        }

        return (isFactor || term == loop) && term.Min >= 0;
    }

    private static UOp At(UOp product, UOp loop, UOp value)
    {
        var factors = new List<UOp>();
        AddFactors(product, factors);
        factors.Remove(loop);
        return factors.Count == 0 ? value : IndexMath.Mul(Monomial(factors), value);
    }

    // What the length of a loop is not above where the loop runs. max(n, 0) → n; min(a, b), which is -max(-a, -b) → a and b.
    private static IEnumerable<UOp> Limits(UOp size) => size switch
    {
        { Op: Ops.Max } when size[1].Max <= 0 => Limits(size[0]),
        { Op: Ops.Mul } when size[0].Op == Ops.Max && size[1].IsInteger(-1) => Limits(IndexMath.Mul(size[0][0], size[1])).Concat(Limits(IndexMath.Mul(size[0][1], size[1]))),
        _ => [size],
    };
}
