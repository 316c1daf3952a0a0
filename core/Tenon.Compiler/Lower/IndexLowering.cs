using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Weak integers as machine integers: 32 bits if every one of them fits, else 64.</summary>
internal static class IndexLowering
{
    private static readonly Pat X = Pat.Any(0), C = Pat.Const(1);

    public static PatternMatcher PowersOfTwo { get; } = new(
        // x / 2ⁿ → x >> n; x mod 2ⁿ → x & (2ⁿ - 1), where x is not negative
        Rule.Of(Pat.Op(Ops.IntDiv, X, C), static (x, c) => Exponent(x, c) is { } n ? UOp.Alu(Ops.Shr, x, c.ConstLike(n)) : null),
        Rule.Of(Pat.Op(Ops.IntMod, X, C), static (x, c) => Exponent(x, c) is { } n ? UOp.Alu(Ops.And, x, c.ConstLike((1L << n) - 1)) : null));

    /// <summary>The kernel over machine integers, with the rules for them applied.</summary>
    public static UOp Apply(UOp graph, PatternMatcher rules)
    {
        using var stage = Tracing.Begin("lower/indices", graph);
        var order = graph.TopologicalOrder();
        var integer = TypeFor(order);
        var rewriter = new GraphRewriter(rules, stage: "lower/indices");
        var done = new NodeMap<UOp>();
        foreach (var u in order)
        {
            var weak = u.DType.Kind == DTypeKind.Index;
            var arg = weak && u.Op == Ops.Const ? ((Scalar)u.Arg!).To(integer) : u.Arg;
            done[u] = rewriter.Rewrite(u.MapSources(done, weak ? integer.Vec(u.DType.Lanes) : u.DType, arg));
        }

        stage?.Result = done[graph];
        return done[graph];
    }

    /// <summary>The smallest machine integer that holds every index of a graph.</summary>
    public static DType TypeFor(IEnumerable<UOp> order) =>
        order.All(u => u.DType.Kind != DTypeKind.Index || (u.Min >= int.MinValue && u.Max <= int.MaxValue)) ? DType.Int32 : DType.Int64;

    private static int? Exponent(UOp x, UOp c) =>
        x.Min >= 0 && ((Scalar)c.Arg!).AsLong is var value && value > 0 && long.IsPow2(value) ? (int)long.Log2(value) : null;
}
