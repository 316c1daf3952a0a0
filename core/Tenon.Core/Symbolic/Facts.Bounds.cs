using static Tenon.Core.WideMath;

namespace Tenon.Core;

// What the facts say of an index.
public sealed partial class Facts
{
    // Terms one by one, or several together where a fact says more of their sum.
    private (Int128 Min, Int128 Max) OfForm((UOp Term, long Factor)[] terms, Int128 constant, int firstFact)
    {
        var (min, max) = (constant, constant);
        foreach (var (term, factor) in terms)
        {
            var (low, high) = Times(Bounds(term), factor);
            (min, max) = (Sum(min, low), Sum(max, high));
        }

        // y + x / d is (d·y + x) / d, of which a fact may say more.
        foreach (var (term, factor) in firstFact == 0 && terms.Length > 1 && _facts.Count > 0 ? terms : [])
        {
            if (factor == 1 && term.Op == Ops.FloorDiv && term[1].IsConst(out var divisor) && divisor.AsLong is > 0 and var d)
            {
                var whole = Undivided(terms, term, d);
                var (low, high) = OfForm(whole.Terms.ToArray(), whole.Constant + constant * d, 0);
                (min, max) = Intersect((min, max), (FloorDiv(low, d), FloorDiv(high, d)));
                break;
            }
        }

        // rest + f·max(a, b) is the greater of rest + f·a and rest + f·b, or with f < 0 the lesser: what one term takes away, another may have.
        foreach (var (term, factor) in firstFact == 0 && terms.Length > 1 ? terms : [])
        {
            if (term.Op == Ops.Max)
            {
                var (left, right) = (With(terms, term, term[0]), With(terms, term, term[1]));
                var (a, b) = (OfForm(left.Terms.ToArray(), left.Constant + constant, 0), OfForm(right.Terms.ToArray(), right.Constant + constant, 0));
                (min, max) = Intersect((min, max), factor > 0 ? (Int128.Max(a.Min, b.Min), Int128.Max(a.Max, b.Max)) : (Int128.Min(a.Min, b.Min), Int128.Min(a.Max, b.Max)));
                break;
            }
        }

        for (var i = firstFact; i < _facts.Count; i++)
        {
            var fact = _facts[i];
            for (var k = 0; k < fact.Terms.Length && fact.Terms.Length > 1; k++)
            {
                if (TimesIn(terms, fact, k) is var times and not 0)
                {
                    var (low, high) = OfForm(Without(terms, fact, times), constant, i + 1);
                    var (factLow, factHigh) = Times((fact.Min, fact.Max), times);
                    (min, max) = Intersect((min, max), (Sum(low, factLow), Sum(high, factHigh)));
                }
            }
        }

        return (min, max);
    }

    // The sum with another value for one of its terms.
    private static LinearForm With(ReadOnlySpan<(UOp Term, long Factor)> terms, UOp replaced, UOp value)
    {
        var form = new LinearForm();
        foreach (var (term, factor) in terms)
        {
            form.AddScaled(term == replaced ? value : term, factor);
        }

        return form;
    }

    // How often a fact lies in a sum, going by its k-th term; 0 if an earlier term says the same.
    private static long TimesIn((UOp Term, long Factor)[] terms, Fact fact, int k)
    {
        var times = Ratio(k);
        for (var i = 0; i < k && times != 0; i++)
        {
            times = Ratio(i) == times ? 0 : times;
        }

        return times;

        long Ratio(int i)
        {
            foreach (var (term, factor) in terms)
            {
                if (term == fact.Terms[i].Term)
                {
                    return factor % fact.Terms[i].Factor == 0 ? factor / fact.Terms[i].Factor : 0;
                }
            }

            return 0;
        }
    }

    // The sum less a multiple of the form of a fact.
    private static (UOp Term, long Factor)[] Without((UOp Term, long Factor)[] terms, Fact fact, long times)
    {
        var rest = new LinearForm();
        foreach (var (term, factor) in terms)
        {
            rest.AddTerm(term, factor);
        }

        foreach (var (term, factor) in fact.Terms)
        {
            rest.AddTerm(term, -times * factor);
        }

        return rest.Terms.ToArray();
    }

    private (Int128 Min, Int128 Max) OfTerm(UOp u)
    {
        switch (u.Op)
        {
            case Ops.FloorDiv when u[1].IsConst(out var d) && d.AsLong > 0:
                var (low, high) = Bounds(u[0]);
                return (FloorDiv(low, d.AsLong), FloorDiv(high, d.AsLong));
            case Ops.FloorMod when u[1].IsConst(out var m) && m.AsLong > 0:
                var (least, greatest) = Bounds(u[0]);
                var quotient = FloorDiv(least, m.AsLong);
                if (quotient == FloorDiv(greatest, m.AsLong))
                {
                    return (least - quotient * m.AsLong, greatest - quotient * m.AsLong);
                }

                // x / a mod m is x mod (a·m) / a
                if (u[0].Op == Ops.FloorDiv && u[0][1].IsConst(out var a) && a.AsLong > 0)
                {
                    var (from, to) = Bounds(IndexMath.FloorMod(u[0][0], UOp.Index(checked(a.AsLong * m.AsLong))));
                    return (Int128.Max(0, FloorDiv(from, a.AsLong)), Int128.Min(m.AsLong - 1, FloorDiv(to, a.AsLong)));
                }

                return (0, m.AsLong - 1);
            case Ops.Max:
                var (left, right) = (Bounds(u[0]), Bounds(u[1]));
                return (Int128.Max(left.Min, right.Min), Int128.Max(left.Max, right.Max));
            case Ops.Where:
                var (ifTrue, ifFalse) = (new Facts(this, u[0], true).Bounds(u[1]), new Facts(this, u[0], false).Bounds(u[2]));
                return (Int128.Min(ifTrue.Min, ifFalse.Min), Int128.Max(ifTrue.Max, ifFalse.Max));
            default:
                return (u.Min, u.Max);
        }
    }

    // What each fact says of one of its terms, given what is known of the others.
    private (Int128 Min, Int128 Max) Narrowed((Int128 Min, Int128 Max) bounds, UOp u)
    {
        foreach (var fact in _facts)
        {
            var factor = FactorOf(u, fact);
            if (factor == 0 || fact.Terms.Length == 1)
            {
                continue;
            }

            var (min, max) = (fact.Min, fact.Max);
            foreach (var (term, f) in fact.Terms)
            {
                if (term != u)
                {
                    var (low, high) = Times(_isBranch ? (term.Min, term.Max) : Bounds(term), -f);
                    (min, max) = (Sum(min, low), Sum(max, high));
                }
            }

            bounds = Intersect(bounds, Divided(min, max, factor));
        }

        return bounds;
    }

    private (Int128 Min, Int128 Max) Alone(UOp u)
    {
        (Int128, Int128) bounds = (u.Min, u.Max);
        foreach (var fact in _facts)
        {
            if (fact.Terms.Length == 1 && fact.Terms[0].Term == u)
            {
                bounds = Intersect(bounds, Divided(fact.Min, fact.Max, fact.Terms[0].Factor));
            }
        }

        return bounds;
    }

    private static long FactorOf(UOp u, Fact fact)
    {
        foreach (var (term, factor) in fact.Terms)
        {
            if (term == u)
            {
                return factor;
            }
        }

        return 0;
    }
}
