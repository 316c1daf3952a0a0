using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Kernels with simple indices, few conditions and no loop that does nothing.</summary>
internal static class KernelSimplifier
{
    private static readonly Pat X = Pat.Any(0), Y = Pat.Any(1);

    private static PatternMatcher Rules { get; } = (Simplifier.Rules + ReduceCollapse.Rules + new PatternMatcher(
        // load(a, true, _) → load(a)
        Rule.Of(Pat.Op(Ops.Load, X, Pat.Integer(1), Pat.Any()).As(1), static (a, load) => UOp.New(Ops.Load, load.DType, [a])),
        // load(a, false, y) → y
        Rule.Of(Pat.Op(Ops.Load, Pat.Any(), Pat.Integer(0), Y.As(0)), static y => y),
        // where(c, load(a, c & …, 0), 0) → load(a, c & …, 0)
        Rule.Of(Pat.Op(Ops.Where, X, Pat.Op(Ops.Load, Pat.Any(), Pat.Any(2), Pat.Const(3)).As(1), Pat.Const(3)), static (c, load, gate, _) => Implies(gate, c) ? load : null),
        // a reduction over no range
        Rule.Of(Pat.Op(new OpSet(Ops.Reduce), 0).If(static u => u.Src.Length == 1), static u => u[0]))).Remembering();

    /// <summary>The kernel, simplified; reductions with the same loops share them.</summary>
    public static UOp Simplify(UOp kernel)
    {
        using var stage = Tracing.Begin("schedule/simplify kernel", kernel);
        kernel = MergeReduceLoops(GraphRewrite.Apply(kernel, Rules));
        stage?.Result = kernel;
        return kernel;
    }

    private static bool Implies(UOp gate, UOp condition) =>
        gate == condition || (gate.Op == Ops.And && gate.DType.IsBool && (Implies(gate[0], condition) || Implies(gate[1], condition)))
        || (condition.Op == Ops.And && condition.DType.IsBool && Implies(gate, condition[0]) && Implies(gate, condition[1]));

    // Two reductions over loops of the same sizes, in the same place, neither of which needs the other, become one loop.
    private static UOp MergeReduceLoops(UOp kernel)
    {
        // What is simpler then may be equal, so that more of it merges.
        while (true)
        {
            var merged = kernel;
            while (FindMergeable(merged.TopologicalOrder().FindAll(u => u.Op == Ops.Reduce)) is { } replaced)
            {
                merged = merged.Substitute(replaced);
            }

            if (merged == kernel)
            {
                return kernel;
            }

            kernel = GraphRewrite.Apply(merged, Rules);
        }
    }

    private static NodeMap<UOp>? FindMergeable(List<UOp> reduces)
    {
        var needs = new NodeMap<NodeSet>();
        for (var i = 0; i < reduces.Count; i++)
        {
            for (var j = i + 1; j < reduces.Count; j++)
            {
                var (a, b) = (reduces[i], reduces[j]);
                if (a.Src.Length == b.Src.Length && !a.Src[1..].SequenceEqual(b.Src[1..]) && a.Ranges.SequenceEqual(b.Ranges)
                    && LoopMap(a, b) is { } map && !Needs(b, a) && !SharesLoop(a, b))
                {
                    return map;
                }
            }
        }

        return null;

        // Others that already run in the loop of one of the two must not need the other one either.
        bool SharesLoop(UOp a, UOp b) =>
            reduces.Exists(r => (r != a && r[1] == a[1] && (Needs(b, r) || Needs(r, b))) || (r != b && r[1] == b[1] && (Needs(r, a) || Needs(a, r))));

        bool Needs(UOp reduce, UOp other)
        {
            if (!needs.TryGetValue(reduce, out var below))
            {
                needs[reduce] = below = new NodeSet();
                reduce.TopologicalOrder().ForEach(u => below.Add(u));
            }

            return reduce != other && below.Contains(other);
        }
    }

    // The loops of the first in the place of those of the second; null if their sizes differ.
    private static NodeMap<UOp>? LoopMap(UOp a, UOp b)
    {
        var map = new NodeMap<UOp>();
        for (var k = 1; k < a.Src.Length; k++)
        {
            if (a[k][0] == b[k][0])
            {
                map[b[k]] = a[k];
            }
        }

        return map.Count == a.Src.Length - 1 ? map : null;
    }
}
