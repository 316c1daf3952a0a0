namespace Tenon.Core;

/// <summary>
/// An ordered list of rules: the first that applies wins. Rules are found by the op of the node, and matching allocates
/// nothing when nothing matches.
/// </summary>
public sealed class PatternMatcher
{
    private static readonly int OpCount = Enum.GetValues<Ops>().Length;
    private static int s_marks;
    private readonly Rule[] _rules;
    private readonly Rule[][] _byOp = new Rule[OpCount][];
    private PatternMatcher? _observed;

    /// <summary>A matcher of these rules, in this order.</summary>
    public PatternMatcher(params Rule[] rules)
        : this(rules, 0, 0)
    {
    }

    private PatternMatcher(Rule[] rules, int mark, int marks)
    {
        (_rules, Mark, Marks) = (rules, mark, marks);
        for (var op = 0; op < OpCount; op++)
        {
            _byOp[op] = Array.FindAll(rules, r => r.Pattern.Ops.Contains((Ops)op));
        }
    }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>The same rules, each attempt of which the listener of <see cref="Tracing"/> is told.</summary>
    internal PatternMatcher Observed => _observed ??= new PatternMatcher(Array.ConvertAll(_rules, r => r.Observed), Mark, Marks);

    /// <summary>The bit of nodes to which these rules are known not to apply, nor to what they are made from; 0: not remembered.</summary>
    internal int Mark { get; }

    /// <summary>The bits of all parts: where no rule of a sum applies, none of a part does.</summary>
    internal int Marks { get; }

    /// <summary>The rules of both, the first's before the second's.</summary>
    public static PatternMatcher operator +(PatternMatcher a, PatternMatcher b) => new([.. a._rules, .. b._rules], 0, a.Marks | b.Marks);

    /// <summary>
    /// The same rules for use again and again on graphs that share parts: nodes to which none applies are marked, and not
    /// visited again. For a few matchers that live as long as the process, of rules that use no context.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are too many of them.</exception>
    public PatternMatcher Remembering()
    {
        var number = Interlocked.Increment(ref s_marks);
        return number <= 30
            ? new PatternMatcher(_rules, 1 << number, Marks | 1 << number)
            : throw new InvalidOperationException("At most 30 matchers of a process can remember; keep them in static fields.");
    }

    /// <summary>What the first rule that applies makes of the node, and that rule; null if none applies.</summary>
    public UOp? Rewrite(UOp node, object? context, out Rule? fired)
    {
        foreach (var rule in _byOp[(int)node.Op])
        {
            if (rule.Pattern.MayMatch(node) && rule.Apply(node, context) is { } result)
            {
                fired = rule;
                return result;
            }
        }

        fired = null;
        return null;
    }

    /// <summary>What the first rule that applies makes of the node; null if none applies.</summary>
    public UOp? Rewrite(UOp node, object? context = null) => Rewrite(node, context, out _);

    /// <summary>Whether it is plain that nothing in the graph of a node changes.</summary>
    internal bool Knows(UOp node) => node.IsNormalUnder(Mark) || (node.Src.Length == 0 && _byOp[(int)node.Op].Length == 0);
}
