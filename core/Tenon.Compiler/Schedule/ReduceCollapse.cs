using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// Sums that keep one term: Σᵣ where(r == t, f(r), 0) → where(0 ≤ t &lt; n, f(t), 0). So gathers, embeddings and one-hot
/// products read what they pick instead of everything.
/// </summary>
internal static class ReduceCollapse
{
    public static PatternMatcher Rules { get; } = new(Rule.Of(Pat.Op(new OpSet(Ops.Reduce), 0), Collapse));

    private static UOp? Collapse(UOp reduce)
    {
        if (reduce.ArgAs<ReduceArg>().Op != Ops.Add || reduce[0] is not { Op: Ops.Where } body || !(body[2].IsConst(out var zero) && !zero.AsBool))
        {
            return null;
        }

        var conditions = new List<UOp>();
        AddConjuncts(body[0], conditions);
        foreach (var condition in conditions)
        {
            if (condition.Op == Ops.CmpEq && (Picked(reduce, condition[0], condition[1]) ?? Picked(reduce, condition[1], condition[0])) is var (range, at))
            {
                return Pick(reduce, range, at.Cast(DType.Index), conditions.Where(c => c != condition));
            }
        }

        return null;
    }

    private static void AddConjuncts(UOp condition, List<UOp> all)
    {
        if (condition.Op == Ops.And)
        {
            AddConjuncts(condition[0], all);
            AddConjuncts(condition[1], all);
        }
        else
        {
            all.Add(condition);
        }
    }

    // The range that one side is, if the other side doesn't change with it and the comparison is of whole numbers that all of it fits.
    private static (UOp Range, UOp At)? Picked(UOp reduce, UOp side, UOp other)
    {
        var (range, most) = (side, long.MaxValue);
        for (; range.Op == Ops.Cast && range.DType.IsInteger; range = range[0])
        {
            most = Math.Min(most, range.DType.MaxInteger);
        }

        return range.Op == Ops.Range && reduce.Src[1..].Contains(range) && !other.DependsOn(range) && side.DType.IsInteger && range.Max <= most ? (range, other) : null;
    }

    private static UOp Pick(UOp reduce, UOp range, UOp at, IEnumerable<UOp> conditions)
    {
        var inside = IndexMath.And(IndexMath.GreaterOrEqual(at, UOp.Index(0)), IndexMath.Less(at, range[0]));
        var body = reduce[0];

        // A position that is itself picked or reduced may be lowered differently here and in the gate, and one that is divided is hard
        // to follow: held within the range it needs no gate to lie inside.
        if (at.TopologicalOrder().Exists(static u => u.Op == Ops.Reduce || (u.Op == Ops.Load && u.Src.Length == 3))
            || body.TopologicalOrder().Exists(u => u.Op is Ops.FloorDiv or Ops.FloorMod && u.DependsOn(range)))
        {
            at = IndexMath.Min(IndexMath.Max(at, UOp.Index(0)), IndexMath.Sub(range[0], UOp.Index(1)));
        }

        var picked = At(conditions.Aggregate(inside, IndexMath.And), range, at, inside);
        var value = UOp.Where(picked, At(body[1], range, at, inside), body[2]);
        UOp[] rest = [.. reduce.Src[1..].ToArray().Where(r => r != range)];
        return rest.Length == 0 ? value : UOp.New(Ops.Reduce, reduce.DType, [value, .. rest], reduce.Arg);
    }

    // The graph with the range replaced; what is loaded by it is loaded only where it lies inside.
    private static UOp At(UOp root, UOp range, UOp at, UOp inside)
    {
        var done = new NodeMap<UOp> { [range] = at };
        foreach (var u in root.TopologicalOrder(u => u != range).Where(u => u != range))
        {
            var moved = u.MapSources(done);
            done[u] = u.Op != Ops.Load || !u[0].DependsOn(range) ? moved
                : moved.Src.Length == 3 ? moved.WithSources([moved[0], IndexMath.And(moved[1], inside), moved[2]])
                : moved.WithSources([moved[0], inside, UOp.Const(moved.DType, 0)]);
        }

        return done[root];
    }
}
