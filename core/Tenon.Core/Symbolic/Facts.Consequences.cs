using static Tenon.Core.WideMath;

namespace Tenon.Core;

// What follows from bounds of a form for others.
public sealed partial class Facts
{
    // A remainder says something of a quotient, that of a remainder again.
    private const int MostConsequences = 4;

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
        AddLesser(form, min, max, depth + 1);
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

    // rest + max(a, b) ≤ max says that of a and of b; and min ≤ rest - max(a, b) says so too.
    private void AddLesser(LinearForm form, Int128 min, Int128 max, int depth)
    {
        foreach (var (term, factor) in form.Terms)
        {
            if (term.Op == Ops.Max && (factor > 0 ? max < long.MaxValue : min > long.MinValue))
            {
                for (var i = 0; i < 2; i++)
                {
                    AddForm(With(form.Terms, term, term[i]), factor > 0 ? long.MinValue : min, factor > 0 ? max : long.MaxValue, depth);
                }

                return;
            }
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
}
