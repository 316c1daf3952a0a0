using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// How OpenCL C writes ops on whole vectors. Comparisons of vectors give integers as wide as what is compared, and so takes the choice
/// between two; vectors of truth values are kept as bytes, 0 or 1.
/// </summary>
internal static class OpenCLVectors
{
    // Lanes are not promoted to int, and the operators of vectors wrap.
    private static readonly OpSet Operators = new(Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.And, Ops.Or, Ops.Xor, Ops.Shl, Ops.Shr);

    /// <summary>The expression of an op; null if lanes are computed one by one.</summary>
    public static CStyleExpression? ExpressionOf(OpenCLRenderer renderer, UOp op) => op.Op switch
    {
        // Some are computed in wider types, of which there are no whole vectors.
        _ when CStyleTypes.IsHalf(op.DType) && op.Op is Ops.Div or Ops.Sqrt or Ops.Trunc => null,
        Ops.Neg => (_, _, x) => $"(-{x[0]})",
        Ops.Sqrt => (_, _, x) => CStyleKernel.Call("sqrt", x),
        Ops.Trunc => (_, _, x) => CStyleKernel.Call("trunc", x),
        Ops.MulAcc => (_, _, x) => CStyleKernel.Call("fma", x),
        Ops.CmpLt => Compare(renderer, op, "<"),
        Ops.CmpEq => Compare(renderer, op, "=="),
        Ops.CmpNe => Compare(renderer, op, "!="),
        Ops.Where => (k, o, x) => CStyleKernel.Call(Select(renderer, k, o.DType), x),
        Ops.Max when !CStyleTypes.IsHalf(op.DType) || renderer.Computes(op.DType.Scalar) => (k, o, x) => CStyleKernel.Call(Max(k, o.DType), x),
        Ops.Cast => Cast(op[0].DType, op.DType),
        Ops.Bitcast when !op.DType.IsBool && !op[0].DType.IsBool && op[0].DType.Bits == op.DType.Bits => (k, o, x) => CStyleKernel.Call($"as_{k.TypeOf(o.DType)}", x),
        var plain => Operators.Contains(plain) ? CStyleOperators.Table[plain] : null,
    };

    /// <summary>The function that picks lanes of two vectors.</summary>
    public static string Shuffle(CStyleKernel kernel, DType dtype, Axes lanes)
    {
        var order = lanes.Span.ToArray();
        var (name, type) = ($"shuffle_{CStyleTypes.ShortName(dtype)}_{string.Join('_', order)}", kernel.TypeOf(dtype));
        var picked = order.Select(i => i < dtype.Lanes ? $"x.s{i:x}" : $"y.s{i - dtype.Lanes:x}");
        return kernel.Define(name, () => $"{kernel.Inline} {type} {name}({type} x, {type} y) {{ return ({type})({string.Join(", ", picked)}); }}");
    }

    private static CStyleExpression? Compare(OpenCLRenderer renderer, UOp op, string symbol)
    {
        var operand = op[0].DType;
        return CStyleTypes.IsHalf(operand) && !renderer.Computes(operand.Scalar) ? null
            : (k, o, x) => $"(convert_{k.TypeOf(o.DType)}({x[0]} {symbol} {x[1]}) & ({k.TypeOf(o.DType)})1)";
    }

    private static string Select(OpenCLRenderer renderer, CStyleKernel kernel, DType dtype)
    {
        var (name, type) = ($"select_{CStyleTypes.ShortName(dtype)}", kernel.TypeOf(dtype));
        var condition = Integer(kernel, dtype);
        return kernel.Define(name, () => $"{renderer.Inline} {type} {name}({kernel.TypeOf(DType.Bool.Vec(dtype.Lanes))} c, {type} x, {type} y) {{ return convert_{condition}(c) != ({condition})0 ? x : y; }}");
    }

    // The greater; NaN if either is NaN.
    private static string Max(CStyleKernel kernel, DType dtype)
    {
        var (name, type) = ($"max_{CStyleTypes.ShortName(dtype)}", kernel.TypeOf(dtype));
        return kernel.Define(name, () => $"{kernel.Inline} {type} {name}({type} x, {type} y) {{ {type} m = x > y ? x : y; return {(dtype.IsFloat ? "x != x ? x : m" : "m")}; }}");
    }

    private static CStyleExpression? Cast(DType from, DType to) =>
        CStyleTypes.IsHalf(from) || CStyleTypes.IsHalf(to) ? null
        : to.IsBool ? from.IsBool ? null : (k, _, x) => $"(convert_{k.TypeOf(to)}({x[0]} != ({k.TypeOf(from)})0) & ({k.TypeOf(to)})1)"
        : !from.IsFloat || to.IsFloat ? (k, _, x) => CStyleKernel.Call($"convert_{k.TypeOf(to)}", x[0])
        : to.Bits >= 32 ? (k, _, x) => CStyleKernel.Call(Saturating(k, from, to), x[0])

        // Narrow integers wrap from int32, as in .NET; the others saturate.
        : (k, _, x) => CStyleKernel.Call($"convert_{k.TypeOf(to)}", CStyleKernel.Call(Saturating(k, from, DType.Int32.WithLanesOf(to)), x[0]));

    // What is out of range is zero while it is converted. Comparisons have the width of what is compared: of another, the result's are made of it.
    private static string Saturating(CStyleKernel kernel, DType from, DType to)
    {
        var name = $"cast_{CStyleTypes.ShortName(from)}_{CStyleTypes.ShortName(to)}";
        return kernel.Define(name, () =>
        {
            var (low, high, min, max) = CStyleCasts.Bounds(kernel, from.Scalar, to.Scalar);
            var (source, target) = (kernel.TypeOf(from), kernel.TypeOf(to));
            var (wide, lanes) = (Integer(kernel, from), Integer(kernel, to));
            return $$"""
                {{kernel.Inline}} {{target}} {{name}}({{source}} x)
                {
                    {{wide}} above = x >= ({{source}}){{high}}, below = x <= ({{source}}){{low}};
                    {{target}} value = convert_{{target}}((above | below | (x != x)) != ({{wide}})0 ? ({{source}})0 : x);
                    return convert_{{lanes}}(above) != ({{lanes}})0 ? ({{target}}){{max}} : convert_{{lanes}}(below) != ({{lanes}})0 ? ({{target}}){{min}} : value;
                }
                """;
        });
    }

    // The integers that a comparison of such vectors gives.
    private static string Integer(CStyleKernel kernel, DType dtype) => kernel.TypeOf(dtype.IsBool ? DType.Int8.Vec(dtype.Lanes) : CStyleTypes.SignedOf(dtype));
}
