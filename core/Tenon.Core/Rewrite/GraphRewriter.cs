namespace Tenon.Core;

/// <summary>Rewrites graphs by rules and remembers what became of each node: for graphs that share parts.</summary>
/// <param name="rules">The rules.</param>
/// <param name="context">What rules made by <c>Rule.With</c> receive.</param>
public sealed class GraphRewriter(PatternMatcher rules, object? context = null)
{
    private const long FreeSteps = 100_000;
    private const long StepsPerNode = 100;
    private const int Reported = 20;
    private readonly NodeMap<UOp> _done = new();
    private readonly List<string> _recent = [];
    private Step[] _stack = new Step[32];
    private int _depth;
    private long _steps;

    private enum Stage : byte
    {
        Enter,
        Rebuild,
        Adopt,
    }

    /// <summary>The graph in which no rule applies to any node; see <see cref="GraphRewrite.Apply"/>.</summary>
    /// <exception cref="TenonException">The rules don't come to rest; the message names those that fired last.</exception>
    public UOp Rewrite(UOp root)
    {
        Push(root, root, Stage.Enter);
        while (_depth > 0)
        {
            var (node, other, stage) = _stack[--_depth];
            switch (stage)
            {
                case Stage.Enter:
                    Enter(node);
                    break;
                case Stage.Rebuild:
                    Rebuild(node);
                    break;
                default:
                    _done[node] = Known(other)!;
                    break;
            }
        }

        return Known(root)!;
    }

    // What a node has become; null if it is not rewritten yet.
    private UOp? Known(UOp node) => rules.Knows(node) ? node : _done.TryGetValue(node, out var known) ? known : null;

    private void Enter(UOp node)
    {
        if (Known(node) is not null)
        {
            return;
        }

        Push(node, node, Stage.Rebuild);
        var src = node.Src;
        for (var i = src.Length - 1; i >= 0; i--)
        {
            if (Known(src[i]) is null)
            {
                Push(src[i], src[i], Stage.Enter);
            }
        }
    }

    private void Rebuild(UOp node)
    {
        var rebuilt = WithKnownSources(node);
        if (rebuilt != node && Known(rebuilt) is { } known)
        {
            _done[node] = known;
        }
        else if (rules.Rewrite(rebuilt, context, out var fired) is { } rewritten)
        {
            CountStep(fired!, rebuilt);
            Push(node, rewritten, Stage.Adopt);
            Push(rewritten, rewritten, Stage.Enter);
        }
        else
        {
            rebuilt.MarkNormal(rules.Marks);
            if (rebuilt != node || rules.Mark == 0)
            {
                _done[node] = rebuilt;
                _done[rebuilt] = rebuilt;
            }
        }
    }

    private UOp WithKnownSources(UOp node)
    {
        var src = node.Src;
        for (var i = 0; i < src.Length; i++)
        {
            if (Known(src[i]) != src[i])
            {
                var changed = src.ToArray();
                for (; i < changed.Length; i++)
                {
                    changed[i] = Known(changed[i])!;
                }

                return UOp.New(node.Op, node.DType, changed, node.Arg);
            }
        }

        return node;
    }

    // A chain of rules that never ends finishes no nodes.
    private void CountStep(Rule fired, UOp node)
    {
        var limit = FreeSteps + StepsPerNode * _done.Count;
        if (++_steps > limit - Reported)
        {
            _recent.Add(fired.Location);
        }

        if (_steps > limit)
        {
            throw new TenonException("TEN1001", $"A rewrite did not come to rest. The rules that fire in turn: {string.Join(", ", _recent.Distinct())}. Last node: {node}");
        }
    }

    private void Push(UOp node, UOp other, Stage stage)
    {
        if (_depth == _stack.Length)
        {
            Array.Resize(ref _stack, 2 * _depth);
        }

        _stack[_depth++] = new Step(node, other, stage);
    }

    private readonly record struct Step(UOp Node, UOp Other, Stage Stage);
}
