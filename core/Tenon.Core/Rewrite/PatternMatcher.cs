namespace Tenon.Core;

/// <summary>
/// An ordered list of rules: the first that applies wins. Rules are found by the op of the node, and matching allocates
/// nothing when nothing matches.
/// </summary>
public sealed class PatternMatcher
{
    private static readonly int OpCount = Enum.GetValues<Ops>().Length;
    private readonly Rule[] _rules;
    private readonly Rule[][] _byOp = new Rule[OpCount][];

    /// <summary>A matcher of these rules, in this order.</summary>
    public PatternMatcher(params Rule[] rules)
    {
        _rules = rules;
        for (var op = 0; op < OpCount; op++)
        {
            _byOp[op] = Array.FindAll(rules, r => r.Pattern.Ops.Contains((Ops)op));
        }
    }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>The rules of both, the first's before the second's.</summary>
    public static PatternMatcher operator +(PatternMatcher a, PatternMatcher b) => new([.. a._rules, .. b._rules]);

    /// <summary>What the first rule that applies makes of the node, and that rule; null if none applies.</summary>
    public UOp? Rewrite(UOp node, object? context, out Rule? fired)
    {
        foreach (var rule in _byOp[(int)node.Op])
        {
            if (rule.Apply(node, context) is { } result)
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
}
