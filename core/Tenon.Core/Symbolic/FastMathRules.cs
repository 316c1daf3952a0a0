namespace Tenon.Core;

/// <summary>
/// Rules of real numbers that floating point breaks: they take values for finite and not NaN, zeros for alike, and rounding for
/// free. Used only where a program asks for fast maths.
/// </summary>
public static class FastMathRules
{
    private static readonly Pat X = Pat.Any(0).If(static u => u.DType.IsFloat), Y = Pat.Any(1), C1 = Pat.Const(1), C2 = Pat.Const(2);

    /// <summary>With the rules that hold always.</summary>
    public static PatternMatcher Rules { get; } = (Simplifier.Rules + new PatternMatcher(
        // x · 0 → 0; x + 0, x - 0 → x; 0 / y → 0
        Rule.Of(Pat.Op(Ops.Mul, X, C1), static (x, c) => Is(c, 0) ? c : null),
        Rule.Of(Pat.Op(Ops.Add, X, C1), static (x, c) => Is(c, 0) ? x : null),
        Rule.Of(Pat.Op(Ops.Sub, X, C1), static (x, c) => Is(c, 0) ? x : null),
        Rule.Of(Pat.Op(Ops.Div, Pat.Const(0), Y), static (c, _) => Is(c, 0) ? c : null),
        // x - x → 0; x / x → 1
        Rule.Of(Pat.Op(Ops.Sub, X, X), static x => x.ConstLike(0)),
        Rule.Of(Pat.Op(Ops.Div, X, X), static x => x.ConstLike(1)),
        // x / c → x · (1 / c), x - c → x + -c
        Rule.Of(Pat.Op(Ops.Div, X, C1), static (x, c) => Finite(x, 1 / Value(c)) is { } inverse ? UOp.Alu(Ops.Mul, x, inverse) : null),
        Rule.Of(Pat.Op(Ops.Sub, X, C1), static (x, c) => UOp.Alu(Ops.Add, x, x.ConstLike(-Value(c)))),
        // (x + c1) + c2 → x + (c1 + c2); (x · c1) · c2 → x · (c1 · c2)
        Rule.Of((X + C1) + C2, static (x, a, b) => Finite(x, Value(a) + Value(b)) is { } sum ? UOp.Alu(Ops.Add, x, sum) : null),
        Rule.Of((X * C1) * C2, static (x, a, b) => Finite(x, Value(a) * Value(b)) is { } product && !Is(product, 0) ? UOp.Alu(Ops.Mul, x, product) : null),
        // x · c1 + x · c2 → x · (c1 + c2); x · c1 + x → x · (c1 + 1)
        Rule.Of((X * C1) + (Pat.Any(0) * C2), static (x, a, b) => Finite(x, Value(a) + Value(b)) is { } sum ? UOp.Alu(Ops.Mul, x, sum) : null),
        Rule.Of((X * C1) + Pat.Any(0), static (x, a) => Finite(x, Value(a) + 1) is { } sum ? UOp.Alu(Ops.Mul, x, sum) : null),
        // -(x · c) → x · -c; -(x - y) → y - x
        Rule.Of(Pat.Op(Ops.Neg, X * C1), static (x, c) => UOp.Alu(Ops.Mul, x, x.ConstLike(-Value(c)))),
        Rule.Of(Pat.Op(Ops.Neg, Pat.Op(Ops.Sub, X, Y)), static (x, y) => UOp.Alu(Ops.Sub, y, x)),
        // 2^(log₂ x) → x; log₂(2^x) → x; 2^x · 2^y → 2^(x + y)
        Rule.Of(Pat.Op(Ops.Exp2, Pat.Op(Ops.Log2, X)), static x => x),
        Rule.Of(Pat.Op(Ops.Log2, Pat.Op(Ops.Exp2, X)), static x => x),
        Rule.Of(Pat.Op(Ops.Exp2, X) * Pat.Op(Ops.Exp2, Y), static (x, y) => UOp.Alu(Ops.Exp2, UOp.Alu(Ops.Add, x, y))),
        // e^(ln x) → x; ln(e^x) → x; e^x · e^y → e^(x + y)
        Rule.Of(Function(MathFunction.Exp, Function(MathFunction.Log, X)), static x => x),
        Rule.Of(Function(MathFunction.Log, Function(MathFunction.Exp, X)), static x => x),
        Rule.Of(Function(MathFunction.Exp, X) * Function(MathFunction.Exp, Y), static (x, y) => UOp.Function(MathFunction.Exp, UOp.Alu(Ops.Add, x, y))),
        // √x · √x → x
        Rule.Of(Pat.Op(Ops.Sqrt, X) * Pat.Op(Ops.Sqrt, Pat.Any(0)), static x => x))).Remembering();

    /// <summary>x · y + z → multiply-add, rounded once; for targets that have it.</summary>
    public static PatternMatcher Contraction { get; } = new PatternMatcher(
        Rule.Of((X * Y) + Pat.Any(2), static (x, y, z) => UOp.New(Ops.MulAcc, x.DType, [x, y, z]))).Remembering();

    private static Pat Function(MathFunction function, Pat x) => Pat.Op(Ops.Math, x).If(u => u.ArgAs<MathFunction>() == function);

    private static double Value(UOp c) => ((Scalar)c.Arg!).AsDouble;

    private static bool Is(UOp c, double value) => c.DType.IsFloat && Value(c) == value;

    // A literal that its dtype can hold.
    private static UOp? Finite(UOp like, double value) => like.ConstLike(value) is var c && double.IsFinite(Value(c)) ? c : null;
}
