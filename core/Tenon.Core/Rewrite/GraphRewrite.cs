namespace Tenon.Core;

/// <summary>Rewrites whole graphs by rules, from the sources up, until no rule applies.</summary>
public static class GraphRewrite
{
    private const long FreeSteps = 100_000;
    private const long StepsPerNode = 100;

    private enum Stage : byte
    {
        Enter,
        Rebuild,
        Adopt,
    }

    /// <summary>
    /// The graph in which no rule applies to any node. Each node is visited after its sources; what a rule returns is
    /// rewritten in turn.
    /// </summary>
    /// <param name="root">The graph.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="context">What rules made by <c>Rule.With</c> receive.</param>
    /// <exception cref="TenonException">The rules don't come to rest; the message names those that fired last.</exception>
    public static UOp Apply(UOp root, PatternMatcher rules, object? context = null)
    {
        var done = new Dictionary<UOp, UOp>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(UOp Node, UOp Other, Stage Stage)>();
        var recent = new Queue<string>();
        long steps = 0;
        stack.Push((root, root, Stage.Enter));
        while (stack.TryPop(out var top))
        {
            var (node, other, stage) = top;
            switch (stage)
            {
                case Stage.Enter:
                    if (!done.ContainsKey(node))
                    {
                        stack.Push((node, node, Stage.Rebuild));
                        for (var i = node.Src.Length - 1; i >= 0; i--)
                        {
                            if (!done.ContainsKey(node[i]))
                            {
                                stack.Push((node[i], node[i], Stage.Enter));
                            }
                        }
                    }

                    break;

                case Stage.Rebuild:
                    var rebuilt = node.MapSources(done);
                    if (rebuilt != node && done.TryGetValue(rebuilt, out var known))
                    {
                        done[node] = known;
                    }
                    else if (rules.Rewrite(rebuilt, context, out var fired) is { } rewritten)
                    {
                        // A chain of rules that never ends finishes no nodes.
                        var limit = FreeSteps + StepsPerNode * done.Count;
                        if (++steps > limit - 20)
                        {
                            recent.Enqueue(fired!.Location);
                        }

                        if (steps > limit)
                        {
                            throw new TenonException("TEN1001", $"A rewrite did not come to rest. The rules that fire in turn: {string.Join(", ", recent.Distinct())}. Last node: {rebuilt}");
                        }

                        stack.Push((node, rewritten, Stage.Adopt));
                        stack.Push((rewritten, rewritten, Stage.Enter));
                    }
                    else
                    {
                        done[node] = rebuilt;
                        done[rebuilt] = rebuilt;
                    }

                    break;

                default:
                    done[node] = done[other];
                    break;
            }
        }

        return done[root];
    }
}
