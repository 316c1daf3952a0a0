namespace Tenon.Core;

/// <summary>
/// The bounds of an index where a condition holds, by trying every value of its loops: where their factors and remainders are too
/// entangled for arithmetic on intervals.
/// </summary>
internal static class IndexEnumeration
{
    private const long MostPoints = 1 << 14;

    /// <summary>The bounds; the least is greater if the condition never holds. Null if there are too many values, or values of memory.</summary>
    public static (Int128 Min, Int128 Max)? Bounds(UOp index, UOp condition)
    {
        // A term that shares no loop with anything else has all its values wherever the condition holds.
        var form = LinearForm.Of(index);
        var (entangled, least, greatest) = (new LinearForm { Constant = form.Constant }, (Int128)0, (Int128)0);
        foreach (var (term, factor) in form.Terms)
        {
            if (IsAlone(term, form, condition))
            {
                var (a, b) = ((Int128)term.Min * factor, (Int128)term.Max * factor);
                (least, greatest) = (least + Int128.Min(a, b), greatest + Int128.Max(a, b));
            }
            else
            {
                entangled.AddTerm(term, factor);
            }
        }

        return Tried(entangled.ToUOp(), condition) is not var (min, max) ? null : min > max ? (min, max) : (min + least, max + greatest);
    }

    private static bool IsAlone(UOp term, LinearForm form, UOp condition)
    {
        var own = Unknowns(term);
        if (own.Overlaps(Unknowns(condition)))
        {
            return false;
        }

        foreach (var (other, _) in form.Terms)
        {
            if (other != term && own.Overlaps(Unknowns(other)))
            {
                return false;
            }
        }

        return true;
    }

    // The loops, variables and values of memory that it is made of.
    private static HashSet<UOp> Unknowns(UOp u) => [.. u.TopologicalOrder().Where(static v => v.Op != Ops.Const && !OpSet.Elementwise.Contains(v.Op))];

    private static (long Min, long Max)? Tried(UOp index, UOp condition)
    {
        var order = UOp.Sink([index, condition]).TopologicalOrder();
        order.RemoveAt(order.Count - 1);
        var places = new NodeMap<int>();
        var loops = new List<(int Place, long Size)>();
        long points = 1;
        for (var i = 0; i < order.Count; i++)
        {
            places[order[i]] = i;
            if (order[i].Op is Ops.Range or Ops.Special)
            {
                loops.Add((i, order[i].Max + 1));
                points = order[i].Max >= MostPoints / points ? MostPoints + 1 : points * (order[i].Max + 1);
            }
            else if (order[i].Op != Ops.Const && (!OpSet.Elementwise.Contains(order[i].Op) || order[i].DType.IsVector || order[i].DType.IsFloat))
            {
                return null;
            }

            if (points > MostPoints)
            {
                return null;
            }
        }

        var values = new Scalar[order.Count];
        var (min, max) = (long.MaxValue, long.MinValue);
        for (long point = 0; point < points; point++)
        {
            var rest = point;
            foreach (var (place, size) in loops)
            {
                (values[place], rest) = (rest % size, rest / size);
            }

            for (var i = 0; i < order.Count; i++)
            {
                values[i] = order[i].Op switch
                {
                    Ops.Const => (Scalar)order[i].Arg!,
                    Ops.Range or Ops.Special => values[i],
                    _ => Evaluate(order[i], values, places),
                };
            }

            if (values[places[condition]].AsBool)
            {
                var at = values[places[index]].AsLong;
                (min, max) = (Math.Min(min, at), Math.Max(max, at));
            }
        }

        return (min, max);
    }

    private static Scalar Evaluate(UOp u, Scalar[] values, NodeMap<int> places)
    {
        Span<Scalar> sources = stackalloc Scalar[3];
        for (var i = 0; i < u.Src.Length; i++)
        {
            sources[i] = values[places[u[i]]];
        }

        return ScalarMath.Evaluate(u.Op, u.DType, u.Src[^1].DType, sources[..u.Src.Length]);
    }
}
