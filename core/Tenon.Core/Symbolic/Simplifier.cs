namespace Tenon.Core;

/// <summary>The simplifier of integer and truth-value arithmetic; every rule keeps the value for every input.</summary>
public static class Simplifier
{
    /// <summary>The rules.</summary>
    public static PatternMatcher Rules { get; } = new();

    /// <summary>Rewrites one node whose sources are simplified, until no rule applies.</summary>
    public static UOp SimplifyNode(UOp node)
    {
        while (Rules.Rewrite(node) is { } next)
        {
            node = next;
        }

        return node;
    }
}
