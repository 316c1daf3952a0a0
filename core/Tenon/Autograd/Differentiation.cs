using Tenon.Core;

namespace Tenon;

/// <summary>Reverse-mode differentiation of a graph: from the root back, each node's gradient before its sources'.</summary>
internal static class Differentiation
{
    /// <summary>The gradients of the targets that the root depends on.</summary>
    /// <param name="order">The nodes of the root's graph, sources first; the root is last.</param>
    /// <param name="seed">The gradient of the root.</param>
    /// <param name="isTarget">Which nodes are asked for.</param>
    public static Dictionary<UOp, UOp> Of(List<UOp> order, UOp seed, Func<UOp, bool> isTarget)
    {
        var needed = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (isTarget(node) || AnyNeeded(node))
            {
                needed.Add(node);
            }
        }

        var gradients = new Dictionary<UOp, UOp>(ReferenceEqualityComparer.Instance) { [order[^1]] = seed };
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (!gradients.TryGetValue(node, out var gradient) || !AnyNeeded(node))
            {
                continue;
            }

            var flows = GradientRules.Apply(node, gradient);
            var sources = GradientRules.Sources(node);
            for (var j = 0; j < flows.Length; j++)
            {
                if (flows[j] is { } flow && needed.Contains(sources[j]))
                {
                    gradients[sources[j]] = gradients.TryGetValue(sources[j], out var other) ? other + flow : flow;
                }
            }
        }

        return gradients;

        bool AnyNeeded(UOp node)
        {
            foreach (var source in GradientRules.Sources(node))
            {
                if (needed.Contains(source))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Whether a value depends on another one other than through <see cref="Ops.Detach"/>: if no gradient flows it is zero then, as
    /// of rounding and comparisons.
    /// </summary>
    public static bool DependsOn(UOp value, UOp other)
    {
        var seen = new NodeSet();
        seen.Add(value);
        for (var i = 0; i < seen.Count; i++)
        {
            var node = seen[i];
            if (node == other || Leaves.Storage(node) == other)
            {
                return true;
            }

            foreach (var source in node.Op != Ops.Detach || node.Arg is int ? node.Src : node.Src[1..])
            {
                seen.Add(source);
            }
        }

        return false;
    }
}
