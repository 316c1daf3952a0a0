using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>The ops that are an operator in every language of the C family.</summary>
public static class CStyleOperators
{
    /// <summary>Their expressions. Integers narrower than <c>int</c> are computed in it and narrowed again.</summary>
    public static IReadOnlyDictionary<Ops, CStyleExpression> Table { get; } = new Dictionary<Ops, CStyleExpression>
    {
        [Ops.Index] = Binary("+"),
        [Ops.Add] = Arithmetic("+"),
        [Ops.Sub] = Arithmetic("-"),
        [Ops.Mul] = Arithmetic("*"),
        [Ops.Div] = Binary("/"),
        [Ops.IntDiv] = Arithmetic("/"),
        [Ops.IntMod] = Arithmetic("%"),
        [Ops.And] = Binary("&"),
        [Ops.Or] = Binary("|"),
        [Ops.Xor] = Binary("^"),
        [Ops.Shl] = Arithmetic("<<"),
        [Ops.Shr] = Arithmetic(">>"),
        [Ops.Neg] = (kernel, op, x) => Narrow(kernel, op.DType, $"(-{x[0]})"),
    };

    /// <summary>The expression converted to <paramref name="dtype"/> if C computes it in a wider type.</summary>
    public static string Narrow(CStyleKernel kernel, DType dtype, string expression) =>
        dtype is { IsInteger: true, IsVector: false, Bits: < 32 } ? $"(({kernel.TypeOf(dtype)}){expression})" : expression;

    private static CStyleExpression Binary(string symbol) => (_, _, x) => $"({x[0]} {symbol} {x[1]})";

    private static CStyleExpression Arithmetic(string symbol) => (kernel, op, x) => Narrow(kernel, op.DType, $"({x[0]} {symbol} {x[1]})");
}
