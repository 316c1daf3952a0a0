using static Tenon.Core.WideMath;

namespace Tenon.Core;

/// <summary>
/// What a condition says of the indices in it, as bounds of linear forms, and the interval of an index where the condition
/// holds.
/// </summary>
public sealed partial class Facts
{
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

    private sealed record Fact((UOp Term, long Factor)[] Terms, Int128 Min, Int128 Max);
}
