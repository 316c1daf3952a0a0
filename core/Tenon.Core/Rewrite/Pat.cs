namespace Tenon.Core;

/// <summary>
/// A pattern that a node may match. Patterns are built once, in static tables: captures are numbered slots, which a rule's
/// lambda receives as parameters in that order. A slot that occurs twice must match the same node both times.
/// </summary>
/// <example><code>
/// static readonly Pat X = Pat.Any(0), C1 = Pat.Const(1), C2 = Pat.Const(2);
/// // (x + c1) + c2 → x + (c1 + c2)
/// Rule.Of((X + C1) + C2, static (x, c1, c2) => x + (c1 + c2))
/// </code></example>
public sealed class Pat
{
    internal const int MaxCaptures = 8;
    private readonly OpSet _ops;
    private readonly Pat[]? _src;
    private readonly bool _prefix;
    private readonly bool _commutative;
    private readonly int _slot = -1;
    private readonly Func<UOp, bool>? _where;

    private Pat(OpSet ops, Pat[]? src = null, bool prefix = false, int slot = -1, Func<UOp, bool>? where = null, bool commutative = false)
    {
        if (slot >= MaxCaptures)
        {
            throw new ArgumentOutOfRangeException(nameof(slot), slot, $"A pattern has at most {MaxCaptures} captures.");
        }

        (_ops, _src, _prefix, _slot, _where, _commutative) = (ops, src, prefix, slot, where, commutative);
    }

    internal OpSet Ops => _ops;

    internal int MaxSlot => Math.Max(_slot, _src is { Length: > 0 } ? _src.Max(s => s.MaxSlot) : -1);

    /// <summary>x + y, in either order.</summary>
    public static Pat operator +(Pat x, Pat y) => Op(Core.Ops.Add, x, y);

    /// <summary>x · y, in either order.</summary>
    public static Pat operator *(Pat x, Pat y) => Op(Core.Ops.Mul, x, y);

    /// <summary>x &amp; y, in either order.</summary>
    public static Pat operator &(Pat x, Pat y) => Op(Core.Ops.And, x, y);

    /// <summary>x | y, in either order.</summary>
    public static Pat operator |(Pat x, Pat y) => Op(Core.Ops.Or, x, y);

    /// <summary>x ^ y, in either order.</summary>
    public static Pat operator ^(Pat x, Pat y) => Op(Core.Ops.Xor, x, y);

    /// <summary>Any node.</summary>
    public static Pat Any(int slot = -1) => new(OpSet.Every, slot: slot);

    /// <summary>Any literal.</summary>
    public static Pat Const(int slot = -1) => new(new OpSet(Core.Ops.Const), slot: slot);

    /// <summary>A literal integer or truth value.</summary>
    public static Pat Integer(long value) => new(new OpSet(Core.Ops.Const), where: u => u.IsInteger(value));

    /// <summary>An op with exactly these sources; commutative ops match in either order.</summary>
    public static Pat Op(Ops op, params Pat[] src) => new(new OpSet(op), src, commutative: src.Length == 2 && OpSet.Commutative.Contains(op));

    /// <summary>An op whatever its sources.</summary>
    public static Pat Op(OpSet ops, int slot = -1) => new(ops, slot: slot);

    /// <summary>An op whose first sources are these; more may follow.</summary>
    public static Pat Prefix(OpSet ops, params Pat[] src) => new(ops, src, prefix: true);

    /// <summary>This pattern, captured.</summary>
    public Pat As(int slot) => new(_ops, _src, _prefix, slot, _where, _commutative);

    /// <summary>This pattern for nodes that fulfil a condition.</summary>
    public Pat If(Func<UOp, bool> condition) => new(_ops, _src, _prefix, _slot, _where is null ? condition : u => _where(u) && condition(u), _commutative);

    /// <summary>This pattern for nodes of integer type.</summary>
    public Pat Integers() => If(static u => u.DType.IsInteger);

    /// <summary>Whether the ops of the sources allow a match: a look that costs little and nearly always says no.</summary>
    internal bool MayMatch(UOp node) => _src is null || (HasArity(node) && (FitsInOrder(node.Src) || FitsSwapped(node.Src)));

    internal bool Match(UOp node, ref Captures captures)
    {
        if (!_ops.Contains(node.Op)
            || (_slot >= 0 && captures[_slot] is { } bound && bound != node)
            || (_where is not null && !_where(node))
            || (_src is not null && !(HasArity(node) && MatchSources(node.Src, ref captures))))
        {
            return false;
        }

        if (_slot >= 0)
        {
            captures.Bind(_slot, node);
        }

        return true;
    }

    private bool MatchSources(ReadOnlySpan<UOp> src, ref Captures captures)
    {
        var before = captures.Bound;
        if (FitsInOrder(src))
        {
            var matched = true;
            for (var i = 0; i < _src!.Length && matched; i++)
            {
                matched = _src[i].Match(src[i], ref captures);
            }

            if (matched)
            {
                return true;
            }

            captures.Bound = before;
        }

        if (FitsSwapped(src) && _src![0].Match(src[1], ref captures) && _src[1].Match(src[0], ref captures))
        {
            return true;
        }

        captures.Bound = before;
        return false;
    }

    private bool HasArity(UOp node) => _prefix ? node.Src.Length >= _src!.Length : node.Src.Length == _src!.Length;

    private bool FitsInOrder(ReadOnlySpan<UOp> src)
    {
        for (var i = 0; i < _src!.Length; i++)
        {
            if (!_src[i]._ops.Contains(src[i].Op))
            {
                return false;
            }
        }

        return true;
    }

    private bool FitsSwapped(ReadOnlySpan<UOp> src) => _commutative && _src![0]._ops.Contains(src[1].Op) && _src[1]._ops.Contains(src[0].Op);
}
