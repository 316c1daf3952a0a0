namespace Tenon.Core;

/// <summary>The simplifier. Every rule keeps the value for every input, bit by bit: NaN, ±0 and overflow included.</summary>
public static class Simplifier
{
    private static readonly Pat X = Pat.Any(0), Y = Pat.Any(1), Z = Pat.Any(2), C1 = Pat.Const(1), C2 = Pat.Const(2);

    /// <summary>Literals are computed, and stand on the right.</summary>
    public static PatternMatcher Constants { get; } = new(
        Rule.Of(Pat.Op(OpSet.Elementwise, 0), Fold),
        Rule.Of(Pat.Op(OpSet.Elementwise | new OpSet(Ops.Range, Ops.Special), 0).If(static u => !u.DType.IsFloat && u.Min == u.Max && u.Min != long.MinValue), static u => UOp.Const(u.DType, u.Min)),
        Rule.Of(Pat.Op(OpSet.Commutative, 0), static u => u[0].Op == Ops.Const && u[1].Op != Ops.Const ? u.WithSources([u[1], u[0]]) : null));

    /// <summary>Neutral and absorbing elements, for all types where they are exact.</summary>
    public static PatternMatcher Identities { get; } = new(
        // x + 0 → x (floats: x + -0, since -0 + 0 is 0)
        Rule.Of(Pat.Op(Ops.Add, X, C1), static (x, c) => IsNeutralOfAdd(c) ? x : null),
        // x - 0 → x
        Rule.Of(Pat.Op(Ops.Sub, X, C1), static (x, c) => IsZero(c) && !(c.DType.IsFloat && IsNeutralOfAdd(c)) ? x : null),
        // x · 1 → x
        Rule.Of(Pat.Op(Ops.Mul, X, C1), static (x, c) => IsOne(c) ? x : null),
        // x · 0 → 0 (integers: NaN and inf have another product)
        Rule.Of(Pat.Op(Ops.Mul, X, C1).Integers(), static (x, c) => IsZero(c) ? c : null),
        // x / 1 → x
        Rule.Of(Pat.Op(Ops.Div, X, C1), static (x, c) => IsOne(c) ? x : null),
        Rule.Of(Pat.Op(Ops.IntDiv, X, C1), static (x, c) => IsOne(c) ? x : null),
        Rule.Of(Pat.Op(Ops.FloorDiv, X, C1), static (x, c) => IsOne(c) ? x : null),
        // x / 2ⁿ → x · 2⁻ⁿ (exact)
        Rule.Of(Pat.Op(Ops.Div, X, C1), static (x, c) => IsPowerOfTwo(c, out var inverse) ? UOp.Alu(Ops.Mul, x, c.ConstLike(inverse)) : null),
        // x ^ 0, x | 0, x << 0, x >> 0 → x; x & 0 → 0
        Rule.Of(X ^ C1, static (x, c) => IsZero(c) ? x : null),
        Rule.Of(X | C1, static (x, c) => IsZero(c) ? x : null),
        Rule.Of(X & C1, static (x, c) => IsZero(c) ? c : null),
        Rule.Of(Pat.Op(Ops.Shl, X, C1), static (x, c) => IsZero(c) ? x : null),
        Rule.Of(Pat.Op(Ops.Shr, X, C1), static (x, c) => IsZero(c) ? x : null),
        // x - x, x ^ x → 0 (integers)
        Rule.Of(Pat.Op(Ops.Sub, X, X).Integers(), static x => x.ConstLike(0)),
        Rule.Of(X ^ X, static x => x.ConstLike(0)),
        // x & x, x | x, max(x, x) → x
        Rule.Of(X & X, static x => x),
        Rule.Of(X | X, static x => x),
        Rule.Of(Pat.Op(Ops.Max, X, X), static x => x),
        // max(x, y) where the intervals do not overlap
        Rule.Of(Pat.Op(Ops.Max, X, Y).Integers(), static (x, y) => x.Min >= y.Max ? x : y.Min >= x.Max ? y : null),
        // max(max(x, c1), c2) → max(x, max(c1, c2))
        Rule.Of(Pat.Op(Ops.Max, Pat.Op(Ops.Max, X, C1), C2).Integers(), static (x, c1, c2) => UOp.Alu(Ops.Max, x, Evaluate(Ops.Max, c1, c2))),
        // -(-x) → x
        Rule.Of(Pat.Op(Ops.Neg, Pat.Op(Ops.Neg, X)), static x => x),
        // (x + c1) + c2 → x + (c1 + c2); (x · c1) · c2 → x · (c1 · c2) (integers wrap)
        Rule.Of((X + C1).Integers() + C2, static (x, c1, c2) => UOp.Alu(Ops.Add, x, Evaluate(Ops.Add, c1, c2))),
        Rule.Of((X * C1).Integers() * C2, static (x, c1, c2) => UOp.Alu(Ops.Mul, x, Evaluate(Ops.Mul, c1, c2))),
        // a cast there and back through a type that holds every value
        Rule.Of(Pat.Op(Ops.Cast, Pat.Op(Ops.Cast, X)).As(1), static (x, cast) => CastOfCast(x, cast)),
        Rule.Of(Pat.Op(Ops.Bitcast, Pat.Op(Ops.Bitcast, X)).As(1), static (x, cast) => x.Bitcast(cast.DType.Scalar)),
        Rule.Of(Pat.Op(Ops.Cast, X).As(1), static (x, cast) => x.DType == cast.DType ? x : null));

    /// <summary>Truth values and choices.</summary>
    public static PatternMatcher Booleans { get; } = new(
        // x & true → x; x | true → true
        Rule.Of((X & C1).If(IsTruth), static (x, c) => c.IsInteger(1) ? x : null),
        Rule.Of((X | C1).If(IsTruth), static (x, c) => c.IsInteger(1) ? c : null),
        // not not x → x
        Rule.Of(((X ^ C1) ^ C2).If(IsTruth), static (x, c1, c2) => c1.IsInteger(1) && c2.IsInteger(1) ? x : null),
        // x & not x → false; x | not x → true
        Rule.Of((X & (X ^ Pat.Integer(1))).If(IsTruth), static x => x.ConstLike(false)),
        Rule.Of((X | (X ^ Pat.Integer(1))).If(IsTruth), static x => x.ConstLike(true)),
        // (x & y) & x → x & y
        Rule.Of(((X & Y) & X).If(IsTruth), static (x, y) => UOp.Alu(Ops.And, x, y)),
        // b == true, b != false → b; b != true, b == false → not b
        Rule.Of(Pat.Op(Ops.CmpNe, X, C1), static (x, c) => !x.DType.IsBool ? null : c.IsInteger(0) ? x : UOp.Alu(Ops.Xor, x, x.ConstLike(true))),
        Rule.Of(Pat.Op(Ops.CmpEq, X, C1), static (x, c) => !x.DType.IsBool ? null : c.IsInteger(1) ? x : UOp.Alu(Ops.Xor, x, x.ConstLike(true))),
        // cast(b) != 0 → b
        Rule.Of(Pat.Op(Ops.CmpNe, Pat.Op(Ops.Cast, X), C1), static (x, c) => x.DType.IsBool && IsZero(c) ? x : null),
        // where(true, x, y) → x; where(c, x, x) → x; where(c, true, false) → c; where(not c, x, y) → where(c, y, x)
        Rule.Of(Pat.Op(Ops.Where, Pat.Const(0), Y, Z), static (c, x, y) => c.IsInteger(1) ? x : y),
        Rule.Of(Pat.Op(Ops.Where, Y, X, X), static (x, _) => x),
        Rule.Of(Pat.Op(Ops.Where, X, Pat.Integer(1), Pat.Integer(0)).If(IsTruth), static x => x),
        Rule.Of(Pat.Op(Ops.Where, Pat.Any(0) ^ Pat.Integer(1), Y, Z), static (c, x, y) => UOp.Where(c, y, x)),
        // where(c, where(c, x, _), y) → where(c, x, y), and the like in the other branch
        Rule.Of(Pat.Op(Ops.Where, X, Pat.Op(Ops.Where, X, Y, Pat.Any()), Z), static (c, x, y) => UOp.Where(c, x, y)),
        Rule.Of(Pat.Op(Ops.Where, X, Y, Pat.Op(Ops.Where, X, Pat.Any(), Z)), static (c, x, y) => UOp.Where(c, x, y)));

    /// <summary>All of them.</summary>
    public static PatternMatcher Rules { get; } = (Constants + Identities + Booleans + IndexRules.Rules + SizeRules.Rules).Remembering();

    /// <summary>A whole graph, simplified.</summary>
    public static UOp Simplify(UOp root) => GraphRewrite.Apply(root, Rules);

    /// <summary>Rewrites one node whose sources are simplified, until no rule applies.</summary>
    public static UOp SimplifyNode(UOp node)
    {
        var rules = Tracing.Observe(Rules);
        while (!rules.Knows(node))
        {
            if (rules.Rewrite(node) is not { } next)
            {
                return node;
            }

            node = next;
        }

        return node;
    }

    private static UOp? Fold(UOp u)
    {
        foreach (var s in u.Src)
        {
            if (s.Op != Ops.Const)
            {
                return null;
            }
        }

        Span<Scalar> values = stackalloc Scalar[u.Src.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (Scalar)u[i].Arg!;
        }

        return UOp.New(Ops.Const, u.DType, [], ScalarMath.Evaluate(u.Op, u.DType.Scalar, u[u.Src.Length - 1].DType.Scalar, values, u.Arg));
    }

    private static UOp Evaluate(Ops op, UOp c1, UOp c2) => c1.ConstLike(ScalarMath.Evaluate(op, c1.DType.Scalar, c1.DType.Scalar, [(Scalar)c1.Arg!, (Scalar)c2.Arg!]));

    private static bool IsTruth(UOp u) => u.DType.IsBool;

    private static bool IsZero(UOp c) => !((Scalar)c.Arg!).AsBool && !double.IsNaN(((Scalar)c.Arg!).AsDouble);

    private static bool IsOne(UOp c) => ((Scalar)c.Arg!).AsDouble == 1;

    private static bool IsNeutralOfAdd(UOp c) => IsZero(c) && (!c.DType.IsFloat || double.IsNegative(((Scalar)c.Arg!).AsDouble));

    private static bool IsPowerOfTwo(UOp c, out Scalar inverse)
    {
        var value = ((Scalar)c.Arg!).AsDouble;
        inverse = 1 / value;
        return double.IsPow2(Math.Abs(value)) && Math.Abs(Math.Log2(Math.Abs(value))) < 14;
    }

    private static UOp? CastOfCast(UOp x, UOp cast)
    {
        var (from, through, to) = (x.DType.Scalar, cast[0].DType.Scalar, cast.DType.Scalar);

        // A float saturates where an integer wraps: integers go through one only to floats, or unharmed to what holds them.
        return Holds(through, from) && to != DType.Bool && (!through.IsFloat || from.IsFloat || to.IsFloat || Holds(to, from)) ? x.Cast(to) : null;
    }

    private static bool Holds(DType wide, DType narrow) => wide == narrow || (wide.IsNative && narrow.IsNative && (wide.Kind, narrow.Kind) switch
    {
        (DTypeKind.Float, DTypeKind.Bool) => true,
        (DTypeKind.Float, DTypeKind.Float) => wide.Bits > narrow.Bits,
        (DTypeKind.Float, DTypeKind.Int or DTypeKind.UInt) => narrow.Bits <= wide.Bits / 2 && wide != DType.BFloat16 && wide != DType.Float16,
        (DTypeKind.Int or DTypeKind.UInt, DTypeKind.Bool) => true,
        (DTypeKind.Int, DTypeKind.Int) or (DTypeKind.UInt, DTypeKind.UInt) => wide.Bits >= narrow.Bits,
        (DTypeKind.Int, DTypeKind.UInt) => wide.Bits > narrow.Bits,
        (DTypeKind.Index, DTypeKind.Bool or DTypeKind.Int) => true,
        _ => false,
    });
}
