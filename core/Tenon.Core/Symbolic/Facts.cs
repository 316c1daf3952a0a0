namespace Tenon.Core;

/// <summary>
/// What a condition says of the indices in it, as bounds of linear forms, and the interval of an index where the condition
/// holds.
/// </summary>
public sealed class Facts
{
    // A remainder says something of a quotient, that of a remainder again.
    private const int MostConsequences = 4;
    private readonly List<Fact> _facts = [];
    private readonly NodeMap<(Int128 Min, Int128 Max)> _bounds = new();
    private readonly bool _isBranch;
    private bool _isImpossible;

    /// <summary>What follows from a truth value being true; nothing if there is none.</summary>
    public Facts(UOp? condition)
    {
        if (condition is not null)
        {
            Add(condition, holds: true);
        }
    }

    private Facts(Facts others, UOp condition, bool holds)
    {
        _facts.AddRange(others._facts);
        (_isBranch, _isImpossible) = (true, others._isImpossible);
        Add(condition, holds);
    }

    /// <summary>The least and greatest value of an index where the condition holds; the least is greater if it never does.</summary>
    public (Int128 Min, Int128 Max) Bounds(UOp u)
    {
        if (_isImpossible)
        {
            return (long.MaxValue, long.MinValue);
        }

        if (_facts.Count == 0 && u.Op is not (Ops.Where or Ops.Add))
        {
            return (u.Min, u.Max);
        }

        if (!_bounds.TryGetValue(u, out var bounds))
        {
            // Until it is known, as for a form that contains itself: what is said of it alone.
            _bounds[u] = bounds = Alone(u);
            var form = LinearForm.Of(u);
            bounds = form.Terms.Length == 1 && form.Terms[0] is var (term, factor) && term == u && factor == 1
                ? Narrowed(Intersect(bounds, OfTerm(u)), u)
                : Intersect(bounds, OfForm(form.Terms.ToArray(), form.Constant, 0));
            _bounds[u] = bounds;
        }

        return bounds;
    }

    private void Add(UOp condition, bool holds)
    {
        switch (condition.Op)
        {
            case Ops.Const:
                _isImpossible |= condition.IsInteger(holds ? 0 : 1);
                break;
            case Ops.And when holds:
            case Ops.Or when !holds:
                Add(condition[0], holds);
                Add(condition[1], holds);
                break;
            case Ops.Xor when condition[1].IsInteger(1):
                Add(condition[0], !holds);
                break;
            case Ops.CmpLt when condition[0].DType == DType.Index:
                var difference = Difference(condition);
                AddForm(difference, holds ? long.MinValue : 0, holds ? -1 : long.MaxValue);
                break;
            case Ops.CmpEq when holds && condition[0].DType == DType.Index:
            case Ops.CmpNe when !holds && condition[0].DType == DType.Index:
                AddForm(Difference(condition), 0, 0);
                break;
        }
    }

    private static LinearForm Difference(UOp comparison)
    {
        var form = LinearForm.Of(comparison[0]);
        form.AddScaled(comparison[1], -1);
        return form;
    }

    // min ≤ form ≤ max
    private void AddForm(LinearForm form, Int128 min, Int128 max, int depth = 0)
    {
        (min, max) = (min <= long.MinValue ? min : min - form.Constant, max >= long.MaxValue ? max : max - form.Constant);
        if (form.Terms.Length == 0 || depth > MostConsequences)
        {
            return;
        }

        // Of one form a bound below and one above are one fact.
        var known = _facts.FindIndex(f => f.Terms.AsSpan().SequenceEqual(form.Terms));
        if (known >= 0)
        {
            (min, max) = Intersect((min, max), (_facts[known].Min, _facts[known].Max));
            _facts[known] = _facts[known] with { Min = min, Max = max };
        }
        else
        {
            _facts.Add(new Fact([.. form.Terms], min, max));
        }

        AddMultiples(form, min, max, depth + 1);
        foreach (var (term, factor) in form.Terms)
        {
            if (term.Op == Ops.FloorDiv && term[1].IsConst(out var d) && d.AsLong > 0)
            {
                AddMultiplied(form, term, factor, d.AsLong, min, max, depth + 1);
                return;
            }
        }

        if (form.Terms.Length == 1 && form.Terms[0].Term is { Op: Ops.FloorMod } mod && mod[1].IsConst(out var m) && m.AsLong > 0)
        {
            AddRemainder(mod[0], m.AsLong, Intersect(Divided(min, max, form.Terms[0].Factor), (0, m.AsLong - 1)), depth + 1);
        }
    }

    // min ≤ d·form + rest ≤ max bounds the form, for the least factor d above 1: of 4a + 2b + c < 21 with c ≥ 0 that 2a + b ≤ 10.
    private void AddMultiples(LinearForm form, Int128 min, Int128 max, int depth)
    {
        var d = long.MaxValue;
        foreach (var (_, factor) in form.Terms)
        {
            d = factor is > 1 or < -1 ? Math.Min(d, Math.Abs(factor)) : d;
        }

        var (part, low, high) = (new LinearForm(), (Int128)0, (Int128)0);
        foreach (var (term, factor) in form.Terms)
        {
            if (factor % d == 0)
            {
                part.AddTerm(term, factor / d);
                continue;
            }

            var (least, greatest) = Times((term.Min, term.Max), factor);
            (low, high) = (Sum(low, least), Sum(high, greatest));
        }

        if (part.Terms.Length > 1 && part.Terms.Length < form.Terms.Length)
        {
            var (from, to) = Divided(Sum(min, -high), Sum(max, -low), d);
            AddForm(part, from, to, depth);
        }
    }

    // min ≤ f·(x / d) + rest ≤ max says of d times that, f·x + d·rest, the same bounds but for f·(x mod d).
    private void AddMultiplied(LinearForm form, UOp quotient, long factor, long d, Int128 min, Int128 max, int depth)
    {
        if (Int128.Abs(factor) * d > int.MaxValue)
        {
            AddUndivided(form, min, max);
            return;
        }

        var multiplied = new LinearForm();
        foreach (var (term, f) in form.Terms)
        {
            multiplied.AddScaled(term == quotient ? quotient[0] : term, term == quotient ? f : checked(f * d));
        }

        var remainder = factor * (d - 1);
        AddForm(
            multiplied,
            min <= long.MinValue ? min : min * d + Math.Min(0, remainder),
            max >= long.MaxValue ? max : max * d + Math.Max(0, remainder),
            depth);
    }

    // low ≤ x mod m ≤ high: the least and the greatest x of its interval with such a remainder; and of a quotient x = y / d,
    // that d·low ≤ y mod d·m ≤ d·high + d - 1.
    private void AddRemainder(UOp x, long m, (Int128 Low, Int128 High) remainder, int depth)
    {
        var (low, high) = remainder;
        if (x.Min > long.MinValue && x.Max < long.MaxValue && low <= high)
        {
            var (first, last) = (IntegerMath.FloorMod(x.Min, m), IntegerMath.FloorMod(x.Max, m));
            AddForm(
                LinearForm.Of(x),
                x.Min + (first < low ? low - first : first > high ? m - first + low : 0),
                x.Max - (last > high ? last - high : last < low ? m - high + last : 0),
                depth);
        }

        if (x.Op == Ops.FloorDiv && x[1].IsConst(out var c) && c.AsLong is var d and > 0 && d <= int.MaxValue / m)
        {
            AddForm(LinearForm.Of(IndexMath.FloorMod(x[0], UOp.Index(d * m))), low * d, high * d + d - 1, depth);
        }
    }

    // low ≤ y + x / d ≤ high says d·low ≤ d·y + x ≤ d·high + d - 1
    private void AddUndivided(LinearForm form, Int128 min, Int128 max)
    {
        foreach (var (quotient, factor) in form.Terms)
        {
            if (quotient.Op == Ops.FloorDiv && quotient[1].IsConst(out var divisor) && divisor.AsLong is > 0 and var d && factor is 1 or -1)
            {
                var whole = Undivided(form.Terms, quotient, d);

                // With x / d taken away what is left over of x counts the other way.
                var (below, above) = factor > 0 ? (0L, d - 1) : (d - 1, 0L);
                AddForm(whole, min <= long.MinValue ? min : min * d - below, max >= long.MaxValue ? max : max * d + above);
                return;
            }
        }
    }

    // The sum times d, with d·(x / d) taken for x.
    private static LinearForm Undivided(ReadOnlySpan<(UOp Term, long Factor)> terms, UOp quotient, long d)
    {
        var whole = new LinearForm();
        foreach (var (term, factor) in terms)
        {
            whole.AddScaled(term == quotient ? term[0] : term, term == quotient ? factor : checked(factor * d));
        }

        return whole;
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

    // The x for which min ≤ factor·x ≤ max.
    private static (Int128 Min, Int128 Max) Divided(Int128 min, Int128 max, long factor) => factor > 0
        ? (min <= long.MinValue ? long.MinValue : -FloorDiv(-min, factor), max >= long.MaxValue ? long.MaxValue : FloorDiv(max, factor))
        : Divided(max >= long.MaxValue ? long.MinValue : -max, min <= long.MinValue ? long.MaxValue : -min, -factor);

    private static (Int128 Min, Int128 Max) Intersect((Int128 Min, Int128 Max) a, (Int128 Min, Int128 Max) b) => (Int128.Max(a.Min, b.Min), Int128.Min(a.Max, b.Max));

    private static (Int128 Min, Int128 Max) Times((Int128 Min, Int128 Max) x, long factor) =>
        factor >= 0 ? (Product(x.Min, factor), Product(x.Max, factor)) : (Product(x.Max, factor), Product(x.Min, factor));

    // What reaches the bounds of 64 bits stands for anything beyond.
    private static Int128 Product(Int128 x, long factor) =>
        factor == 0 ? 0 : x <= long.MinValue || x >= long.MaxValue ? ((x < 0) == (factor < 0) ? long.MaxValue : long.MinValue) : Clamp(x * factor);

    private static Int128 Sum(Int128 x, Int128 y) =>
        x <= long.MinValue || y <= long.MinValue ? long.MinValue : x >= long.MaxValue || y >= long.MaxValue ? long.MaxValue : Clamp(x + y);

    private static Int128 Clamp(Int128 x) => Int128.Clamp(x, long.MinValue, long.MaxValue);

    private static Int128 FloorDiv(Int128 x, long d) =>
        x <= long.MinValue || x >= long.MaxValue ? x : x >= 0 ? x / d : -((-x + d - 1) / d);

    private sealed record Fact((UOp Term, long Factor)[] Terms, Int128 Min, Int128 Max);
}
