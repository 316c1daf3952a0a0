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
    /// <param name="stage">What tools call this step, such as <c>lower/decompose</c>; null for a part of the step that it is in.</param>
    /// <exception cref="TenonException">The rules don't come to rest; the message names those that fire in turn.</exception>
    public static UOp Apply(UOp root, PatternMatcher rules, object? context = null, string? stage = null)
    {
        if (stage is null || Tracing.Begin(stage, root) is not { } traced)
        {
            return root.IsNormalUnder(rules.Mark) ? root : new GraphRewriter(rules, context, stage).Rewrite(root);
        }

        using (traced)
        {
            return traced.Result = Apply(root, rules, context);
        }
    }
}
