using System.Globalization;
using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Conversions between types, with the results that <see cref="Scalar.To"/> and .NET give.</summary>
internal static class ClangCasts
{
    /// <summary><paramref name="x"/> converted.</summary>
    public static string Cast(CStyleKernel kernel, DType from, DType to, string x)
    {
        if (from == to)
        {
            return x;
        }

        if (from.IsVector)
        {
            return CastVector(kernel, from, to, x);
        }

        if (ClangTypes.IsHalf(from))
        {
            return Cast(kernel, DType.Float32, to, CStyleKernel.Call(ClangHalves.ToFloat(kernel, from), x));
        }

        if (to == DType.Float16)
        {
            return CStyleKernel.Call(from == DType.Float32 ? ClangHalves.FromFloat(kernel, to) : ClangHalves.FromDouble(kernel), x);
        }

        if (to == DType.BFloat16)
        {
            return $"{ClangHalves.FromFloat(kernel, to)}((float){x})";
        }

        if (to.IsBool)
        {
            return $"({x} != 0)";
        }

        return from.IsFloat && to.IsInteger ? FloatToInteger(kernel, from, to, x) : $"(({kernel.TypeOf(to)}){x})";
    }

    private static string CastVector(CStyleKernel kernel, DType from, DType to, string x)
    {
        var type = kernel.TypeOf(to);
        var single = DType.Float32.WithLanesOf(from);
        if (ClangTypes.IsHalf(from))
        {
            var wide = from.Scalar == DType.Float16 ? CStyleKernel.Call(ClangHalves.ToFloats(kernel, from), x) : ByLane(DType.Float32);
            return Cast(kernel, single, to, wide);
        }

        if (ClangTypes.IsHalf(to))
        {
            if (from.IsBool)
            {
                return Cast(kernel, single, to, Cast(kernel, from, single, x));
            }

            return from == single && to.Scalar == DType.Float16 ? CStyleKernel.Call(ClangHalves.FromFloats(kernel, to), x) : ByLane(to.Scalar);
        }

        if (from.IsBool)
        {
            return $"__builtin_convertvector({x} & 1, {type})";
        }

        if (to.IsBool)
        {
            return ClangHelpers.MaskOf(kernel, from, $"({x} != 0)");
        }

        return from.IsFloat && to.IsInteger ? FloatToInteger(kernel, from, to, x) : $"__builtin_convertvector({CStyleKernel.Bare(x)}, {type})";

        string ByLane(DType lane)
        {
            var (name, result) = ($"cast_{ClangTypes.ShortName(from)}_{ClangTypes.ShortName(lane)}", lane.WithLanesOf(from));
            var scalar = Cast(kernel, from.Scalar, lane, "LANE");
            return CStyleKernel.Call(
                kernel.Define(name, () => $"{ClangHelpers.Inline} {kernel.TypeOf(result)} {name}({kernel.TypeOf(from)} x) {{ return {ClangHelpers.Lanes(kernel, result, i => scalar.Replace("LANE", $"x[{i}]", StringComparison.Ordinal))}; }}"),
                x);
        }
    }

    // Narrow integers wrap from int32, as in .NET; the others saturate.
    private static string FloatToInteger(CStyleKernel kernel, DType from, DType to, string x)
    {
        if (to.Bits >= 32)
        {
            return CStyleKernel.Call(Saturating(kernel, from, to), x);
        }

        var wide = DType.Int32.Vec(to.Lanes);
        return Cast(kernel, wide, to, CStyleKernel.Call(Saturating(kernel, from, wide), x));
    }

    private static string Saturating(CStyleKernel kernel, DType from, DType to)
    {
        var name = $"cast_{ClangTypes.ShortName(from)}_{ClangTypes.ShortName(to)}";
        return kernel.Define(name, () =>
        {
            var (source, target) = (kernel.TypeOf(from), kernel.TypeOf(to));
            var suffix = from.Bits == 32 ? "f" : "";
            var power = (to.IsSigned ? to.Bits - 1 : to.Bits).ToString(CultureInfo.InvariantCulture);
            var (low, high) = (to.IsSigned ? $"-0x1p{power}{suffix}" : $"0.0{suffix}", $"0x1p{power}{suffix}");
            var (min, max) = (
                CStyleLiterals.Integer(to.Scalar, ((Scalar)to.MinInteger).To(to.Scalar)),
                CStyleLiterals.Integer(to.Scalar, (to is { Kind: DTypeKind.UInt, Bits: 64 } ? ulong.MaxValue : (Scalar)to.MaxInteger).To(to.Scalar)));
            var head = $"{ClangHelpers.Inline} {target} {name}({source} x)";
            if (!to.IsVector)
            {
                return $"{head} {{ return x >= {high} ? {max} : x <= {low} ? {min} : x == x ? ({target})x : 0; }}";
            }

            // What is out of range is zero while it is converted, and then replaced by the bound.
            var (bits, lanes) = (kernel.TypeOf(ClangTypes.SignedOf(from)), kernel.TypeOf(ClangTypes.SignedOf(to)));
            return $$"""
                {{head}}
                {
                    {{bits}} above = ({{bits}})(x >= {{high}}), below = ({{bits}})(x <= {{low}}), inside = ({{bits}})(x == x) & ~(above | below);
                    {{target}} value = __builtin_convertvector(({{source}})(inside & ({{bits}})x), {{target}});
                    return value | (({{target}})__builtin_convertvector(above, {{lanes}}) & {{max}}) | (({{target}})__builtin_convertvector(below, {{lanes}}) & {{min}});
                }
                """;
        });
    }
}
