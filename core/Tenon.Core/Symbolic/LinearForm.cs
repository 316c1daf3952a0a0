using System.Runtime.InteropServices;

namespace Tenon.Core;

/// <summary>
/// An index as a sum of terms with literal factors and a constant: Σ factorᵢ·termᵢ + constant. Index arithmetic is over
/// unbounded integers, so that the terms may be sorted and merged.
/// </summary>
public sealed class LinearForm
{
    private readonly List<(UOp Term, long Factor)> _terms = [];

    /// <summary>What is added to the terms.</summary>
    public long Constant { get; set; }

    /// <summary>The terms with their factors; valid until one is added.</summary>
    public ReadOnlySpan<(UOp Term, long Factor)> Terms => CollectionsMarshal.AsSpan(_terms);

    /// <summary>The sum that an index is.</summary>
    public static LinearForm Of(UOp u)
    {
        var form = new LinearForm();
        form.AddScaled(u, 1);
        return form;
    }

    /// <summary>Whether a sum is plainly what <see cref="ToUOp"/> would make of it.</summary>
    internal static bool IsInOrder(UOp sum)
    {
        var rest = sum;
        if (sum[1].IsConst(out var constant))
        {
            rest = sum[0];
            if (constant.AsLong == 0)
            {
                return false;
            }
        }

        UOp? next = null;
        while (true)
        {
            var scaled = rest.Op == Ops.Add ? rest[1] : rest;
            var isScaled = scaled.Op == Ops.Mul && scaled[1].Op == Ops.Const;
            var term = isScaled ? scaled[0] : scaled;
            if ((isScaled && (scaled[1].IsInteger(0) || scaled[1].IsInteger(1)))
                || term.Op is Ops.Add or Ops.Const or Ops.FloorMod
                || (term.Op == Ops.Mul && term[1].Op == Ops.Const)
                || (next is not null && StructuralOrder.Instance.Compare(term, next) >= 0))
            {
                return false;
            }

            if (rest.Op != Ops.Add)
            {
                return true;
            }

            (next, rest) = (term, rest[0]);
        }
    }

    /// <summary>Adds <paramref name="factor"/>·<paramref name="u"/>, taking sums and literal factors apart.</summary>
    public void AddScaled(UOp u, long factor)
    {
        while (true)
        {
            if (u.IsConst(out var c))
            {
                Constant = checked(Constant + factor * c.AsLong);
                return;
            }

            if (u.Op == Ops.Mul && u[1].IsConst(out var m))
            {
                (u, factor) = (u[0], checked(factor * m.AsLong));
            }
            else if (u.Op == Ops.Add)
            {
                AddScaled(u[1], factor);
                u = u[0];
            }
            else
            {
                AddTerm(u, factor);
                return;
            }
        }
    }

    /// <summary>Adds a term as it is.</summary>
    public void AddTerm(UOp term, long factor)
    {
        for (var i = 0; i < _terms.Count; i++)
        {
            if (_terms[i].Term == term)
            {
                factor = checked(factor + _terms[i].Factor);
                _terms.RemoveAt(i);
                break;
            }
        }

        if (factor != 0)
        {
            _terms.Add((term, factor));
        }
    }

    /// <summary>Merges (x / c)·(c·k) + (x mod c)·k into x·k, and the like one level deeper.</summary>
    public void MergeQuotients()
    {
        for (var again = true; again;)
        {
            again = false;
            for (var i = 0; i < _terms.Count && !again; i++)
            {
                var (mod, k) = _terms[i];
                if (mod.Op == Ops.FloorMod && mod[1].IsConst(out var divisor) && divisor.AsLong > 0)
                {
                    again = TryMerge(mod, k, divisor.AsLong);
                }
                else if (mod.Op == Ops.FloorMod && mod[1].Op != Ops.Const)
                {
                    again = TryMerge(mod, k);
                }
            }
        }
    }

    /// <summary>The sum as a node: terms in structural order, the constant last.</summary>
    public UOp ToUOp()
    {
        SortTerms();
        UOp? sum = null;
        foreach (var (term, factor) in _terms)
        {
            var scaled = factor == 1 ? term : UOp.Alu(Ops.Mul, term, UOp.Index(factor));
            sum = sum is null ? scaled : UOp.Alu(Ops.Add, sum, scaled);
        }

        return sum is null ? UOp.Index(Constant) : Constant == 0 ? sum : UOp.Alu(Ops.Add, sum, UOp.Index(Constant));
    }

    // There are few of them, mostly in order.
    private void SortTerms()
    {
        for (var i = 1; i < _terms.Count; i++)
        {
            var item = _terms[i];
            var j = i - 1;
            for (; j >= 0 && StructuralOrder.Instance.Compare(_terms[j].Term, item.Term) > 0; j--)
            {
                _terms[j + 1] = _terms[j];
            }

            _terms[j + 1] = item;
        }
    }

    private bool TryMerge(UOp mod, long k, long c)
    {
        var x = mod[0];
        for (var j = 0; j < _terms.Count; j++)
        {
            var (other, factor) = _terms[j];

            // (x / c)·(c·k) + (x mod c)·k → x·k
            if (factor == k * c && IsQuotient(other, x, c))
            {
                Replace(mod, other);
                AddScaled(x, k);
                return true;
            }

            // ((x / c) mod d)·(c·k) + (x mod c)·k → (x mod (c·d))·k
            if (factor == k * c && other.Op == Ops.FloorMod && other[1].IsConst(out var d) && d.AsLong > 0 && IsQuotient(other[0], x, c))
            {
                Replace(mod, other);
                AddScaled(IndexMath.FloorMod(x, UOp.Index(c * d.AsLong)), k);
                return true;
            }
        }

        return false;
    }

    // (x / d)·d·k + (x mod d)·k → x·k
    private bool TryMerge(UOp mod, long k)
    {
        var whole = IndexMath.Mul(IndexMath.FloorDiv(mod[0], mod[1]), mod[1]);
        if (!_terms.Contains((whole, k)))
        {
            return false;
        }

        Replace(mod, whole);
        AddScaled(mod[0], k);
        return true;
    }

    private static bool IsQuotient(UOp u, UOp x, long c) =>
        (u.Op == Ops.FloorDiv && u[0] == x && u[1].IsInteger(c))
        || u == IndexMath.FloorDiv(x, UOp.Index(c));

    private void Replace(UOp a, UOp b) => _terms.RemoveAll(t => t.Term == a || t.Term == b);
}
