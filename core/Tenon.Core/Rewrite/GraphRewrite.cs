namespace Tenon.Core;

/// <summary>Rewrites whole graphs by rules, from the sources up, until no rule applies.</summary>
public static class GraphRewrite
{
    /// <summary>
    /// The graph in which no rule applies to any node. Each node is visited after its sources; what a rule returns is
    /// rewritten in turn.
    /// </summary>
    /// <param name="root">The graph.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="context">What rules made by <c>Rule.With</c> receive.</param>
    /// <exception cref="TenonException">The rules don't come to rest; the message names those that fired last.</exception>
    public static UOp Apply(UOp root, PatternMatcher rules, object? context = null) =>
        root.IsNormalUnder(rules.Mark) ? root : new GraphRewriter(rules, context).Rewrite(root);
}
