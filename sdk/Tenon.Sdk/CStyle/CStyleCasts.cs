using System.Globalization;
using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Conversions of scalars, with the results that <see cref="Scalar.To"/> and .NET give.</summary>
internal static class CStyleCasts
{
    /// <summary><paramref name="x"/> converted. Floats of 16 bits are converted from and to float32, and by way of it to the others.</summary>
    public static string Cast(CStyleKernel kernel, DType from, DType to, string x) =>
        from == to ? x
        : CStyleTypes.IsHalf(from) ? Cast(kernel, DType.Float32, to, kernel.Renderer.ToSingle(kernel, from, x))
        : CStyleTypes.IsHalf(to) ? kernel.Renderer.FromSingle(kernel, to, ToSingle(kernel, from, to, x))
        : to.IsBool ? $"({x} != 0)"
        : from.IsFloat && to.IsInteger ? FloatToInteger(kernel, from, to, x)
        : $"(({kernel.TypeOf(to)}){x})";

    /// <summary>The function that converts a float to an integer of at least 32 bits: NaN to 0, what is beyond its numbers to the nearest.</summary>
    public static string Saturating(CStyleKernel kernel, DType from, DType to)
    {
        var name = $"cast_{CStyleTypes.ShortName(from)}_{CStyleTypes.ShortName(to)}";
        return kernel.Define(name, () =>
        {
            var (low, high, min, max) = Bounds(kernel, from, to);
            var (source, target) = (kernel.TypeOf(from), kernel.TypeOf(to));
            return $"{kernel.Inline} {target} {name}({source} x) {{ return x >= {high} ? {max} : x <= {low} ? {min} : x == x ? ({target})x : 0; }}";
        });
    }

    /// <summary>The floats from which on an integer type has no numbers, and the integers that they become.</summary>
    public static (string Low, string High, string Min, string Max) Bounds(CStyleKernel kernel, DType from, DType to)
    {
        var suffix = from.Bits == 32 ? "f" : "";
        var power = (to.IsSigned ? to.Bits - 1 : to.Bits).ToString(CultureInfo.InvariantCulture);
        return (
            to.IsSigned ? $"-0x1p{power}{suffix}" : $"0.0{suffix}",
            $"0x1p{power}{suffix}",
            kernel.Renderer.Literal(kernel, to.Scalar, ((Scalar)to.MinInteger).To(to.Scalar)),
            kernel.Renderer.Literal(kernel, to.Scalar, (to is { Kind: DTypeKind.UInt, Bits: 64 } ? ulong.MaxValue : (Scalar)to.MaxInteger).To(to.Scalar)));
    }

    // Integers that float32 rounds are beyond float16; to bfloat16 all go by way of float32.
    private static string ToSingle(CStyleKernel kernel, DType from, DType to, string x) =>
        from == DType.Float64 && to == DType.Float16 ? CStyleKernel.Call(CStyleHalves.ToOdd(kernel), x) : Cast(kernel, from, DType.Float32, x);

    // Narrow integers wrap from int32, as in .NET; the others saturate.
    private static string FloatToInteger(CStyleKernel kernel, DType from, DType to, string x) => to.Bits >= 32
        ? CStyleKernel.Call(Saturating(kernel, from, to), x)
        : Cast(kernel, DType.Int32, to, CStyleKernel.Call(Saturating(kernel, from, DType.Int32), x));
}
