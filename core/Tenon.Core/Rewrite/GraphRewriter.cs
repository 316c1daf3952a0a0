namespace Tenon.Core;

/// <summary>Rewrites graphs by rules and remembers what became of each node: for graphs that share parts.</summary>
/// <param name="rules">The rules.</param>
/// <param name="context">What rules made by <c>Rule.With</c> receive.</param>
/// <param name="stage">What tools call this step.</param>
public sealed class GraphRewriter(PatternMatcher rules, object? context = null, string? stage = null)
{
    private readonly PatternMatcher _rules = Tracing.Observe(rules);
    private readonly NodeMap<UOp> _done = new();
    private RewriteProgress _progress = new(stage);
    private Step[] _stack = new Step[32];
    private int _depth;

    private enum Stage : byte
    {
        Enter,
        Rebuild,
        Adopt,
    }

    /// <summary>The graph in which no rule applies to any node; see <see cref="GraphRewrite.Apply"/>.</summary>
    /// <exception cref="TenonException">The rules don't come to rest; the message names those that fire in turn.</exception>
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
                    _progress.Adopted();
                    _done[node] = Known(other)!;
                    break;
            }
        }

        return Known(root)!;
    }

    // What a node has become; null if it is not rewritten yet.
    private UOp? Known(UOp node) => _rules.Knows(node) ? node : _done.TryGetValue(node, out var known) ? known : null;

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
        else if (_rules.Rewrite(rebuilt, context, out var fired) is { } rewritten)
        {
            _progress.Fired(fired!, rebuilt, rewritten, _done.Count);
            Push(node, rewritten, Stage.Adopt);
            Push(rewritten, rewritten, Stage.Enter);
        }
        else
        {
            rebuilt.MarkNormal(_rules.Marks);
            if (rebuilt != node || _rules.Mark == 0)
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
