using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// The places that an access touches: constant + Σ factorᵢ·termᵢ over all values that the terms have, each on its own. That is
/// all places, or more.
/// </summary>
internal sealed class Region
{
    private readonly List<(long Factor, UOp Term, long Min, long Max)> _terms = [];

    public Region(UOp offset)
    {
        Offset = offset;
        var form = LinearForm.Of(offset);
        (Min, Max, Constant) = (form.Constant, form.Constant, form.Constant);
        foreach (var (term, factor) in form.Terms)
        {
            Add(Math.Abs(factor), factor < 0 ? IndexMath.Mul(term, UOp.Index(-1)) : term);
        }

        _terms.Sort(static (a, b) => b.Factor.CompareTo(a.Factor));
        foreach (var (factor, _, min, max) in _terms)
        {
            (Min, Max) = (Saturated((Int128)Min + (Int128)factor * min), Saturated((Int128)Max + (Int128)factor * max));
        }
    }

    /// <summary>The place as the access computes it.</summary>
    public UOp Offset { get; }

    /// <summary>No place is before.</summary>
    public long Min { get; }

    /// <summary>No place is behind.</summary>
    public long Max { get; }

    /// <summary>What is added to the terms.</summary>
    public long Constant { get; }

    /// <summary>Terms with positive factors, each once, the greatest first; and the values that a term may have.</summary>
    public IReadOnlyList<(long Factor, UOp Term, long Min, long Max)> Terms => _terms;

    /// <summary>Whether no place of one can be one of the other.</summary>
    public static bool AreDisjoint(Region a, Region b)
    {
        if (a.Max < b.Min || b.Max < a.Min)
        {
            return true;
        }

        // What is a multiple of g in both vanishes modulo g. What remains must reach a multiple of g for two places to be one.
        return a._terms.Exists(t => DifferModulo(t.Factor, a, b)) || b._terms.Exists(t => DifferModulo(t.Factor, a, b));
    }

    private static bool DifferModulo(long g, Region a, Region b)
    {
        Int128 min = (Int128)a.Constant - b.Constant, max = min;
        foreach (var (factor, _, least, greatest) in a._terms)
        {
            (min, max) = factor % g == 0 ? (min, max) : (min + (Int128)factor * least, max + (Int128)factor * greatest);
        }

        foreach (var (factor, _, least, greatest) in b._terms)
        {
            (min, max) = factor % g == 0 ? (min, max) : (min - (Int128)factor * greatest, max - (Int128)factor * least);
        }

        var remainder = ((min % g) + g) % g;
        return remainder != 0 && min + (g - remainder) > max;
    }

    private void Add(long factor, UOp term)
    {
        var i = _terms.FindIndex(t => t.Factor == factor);
        if (i < 0)
        {
            _terms.Add((factor, term, term.Min, term.Max));
            return;
        }

        // The sum's interval, if it is known to be smaller than that of its parts.
        var sum = IndexMath.Add(_terms[i].Term, term);
        _terms[i] = (factor, sum, sum.Min, sum.Max);
    }

    private static long Saturated(Int128 x) => x < long.MinValue ? long.MinValue : x > long.MaxValue ? long.MaxValue : (long)x;
}
