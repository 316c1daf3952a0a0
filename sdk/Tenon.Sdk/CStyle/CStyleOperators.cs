using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>How ops on scalars are written in every language of the C family.</summary>
public static class CStyleOperators
{
    /// <summary>Their expressions. Integers narrower than <c>int</c> are computed in it and narrowed again.</summary>
    public static IReadOnlyDictionary<Ops, CStyleExpression> Table { get; } = new Dictionary<Ops, CStyleExpression>
    {
        [Ops.Index] = Binary("+"),
        [Ops.Load] = (k, op, x) => op.Src.Length == 1 ? Load(k, op) : $"({x[1]} ? {Load(k, op)} : {x[2]})",
        [Ops.Add] = Wrapping("+"),
        [Ops.Sub] = Wrapping("-"),
        [Ops.Mul] = Wrapping("*"),
        [Ops.Div] = Binary("/"),
        [Ops.IntDiv] = Arithmetic("/"),
        [Ops.IntMod] = Arithmetic("%"),
        [Ops.And] = Binary("&"),
        [Ops.Or] = Binary("|"),
        [Ops.Xor] = Binary("^"),
        [Ops.Shl] = Wrapping("<<"),
        [Ops.Shr] = Arithmetic(">>"),
        [Ops.Neg] = (k, op, x) => Wrap(k, op, x, x => $"(-{x[0]})"),
        [Ops.CmpLt] = Binary("<"),
        [Ops.CmpEq] = Binary("=="),
        [Ops.CmpNe] = Binary("!="),
        [Ops.Where] = (_, _, x) => $"({x[0]} ? {x[1]} : {x[2]})",
        [Ops.Max] = (k, op, x) => CStyleKernel.Call(Max(k, op.DType), x),
        [Ops.Cast] = (k, op, x) => CStyleCasts.Cast(k, op[0].DType, op.DType, x[0]),
        [Ops.Bitcast] = (k, op, x) => k.Bits(op[0].DType, op.DType, x[0]),
    };

    /// <summary>The expression converted to <paramref name="dtype"/> if C computes it in a wider type.</summary>
    public static string Narrow(CStyleKernel kernel, DType dtype, string expression) =>
        dtype is { IsInteger: true, IsVector: false, Bits: < 32 } ? $"(({kernel.TypeOf(dtype)}){expression})" : expression;

    /// <summary>Loads a scalar.</summary>
    public static string Load(CStyleKernel kernel, UOp load) => load.DType.IsBool ? $"({kernel.Element(load[0])} != 0)" : kernel.Element(load[0]);

    // The greater; NaN if either is NaN.
    private static string Max(CStyleKernel kernel, DType dtype)
    {
        var name = $"max_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var type = kernel.TypeOf(dtype);
            var greater = "x > y ? x : y";
            return $"{kernel.Inline} {type} {name}({type} x, {type} y) {{ {(dtype.IsFloat ? $"{type} m = {greater}; return x != x ? x : m;" : $"return {greater};")} }}";
        });
    }

    private static CStyleExpression Binary(string symbol) => (_, _, x) => $"({x[0]} {symbol} {x[1]})";

    private static CStyleExpression Arithmetic(string symbol) => (kernel, op, x) => Narrow(kernel, op.DType, $"({x[0]} {symbol} {x[1]})");

    private static CStyleExpression Wrapping(string symbol) => (kernel, op, x) => Wrap(kernel, op, x, x => $"({x[0]} {symbol} {x[1]})");

    // Where signed overflow is undefined, integers are computed unsigned; those narrower than int are promoted to it, signed.
    private static string Wrap(CStyleKernel kernel, UOp op, string[] x, Func<string[], string> expression)
    {
        if (!op.DType.IsInteger || op.DType.IsVector || op.DType is { Kind: DTypeKind.UInt, Bits: >= 32 } || kernel.CanNotOverflow(op))
        {
            return Narrow(kernel, op.DType, expression(x));
        }

        var unsigned = kernel.TypeOf(op.DType.Bits == 64 ? DType.UInt64 : DType.UInt32);
        return $"(({kernel.TypeOf(op.DType)}){expression([.. x.Select(source => $"({unsigned}){source}")])})";
    }
}
