using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Conversions between vectors, with the results that <see cref="Scalar.To"/> and .NET give.</summary>
internal static class ClangCasts
{
    /// <summary><paramref name="x"/> converted.</summary>
    public static string Cast(CStyleKernel kernel, DType from, DType to, string x) =>
        from == to ? x : from.IsVector ? CastVector(kernel, from, to, x) : CStyleCasts.Cast(kernel, from, to, x);

    private static string CastVector(CStyleKernel kernel, DType from, DType to, string x)
    {
        var type = kernel.TypeOf(to);
        var single = DType.Float32.WithLanesOf(from);
        if (CStyleTypes.IsHalf(from))
        {
            var wide = from.Scalar == DType.Float16 ? CStyleKernel.Call(ClangHalves.ToFloats(kernel, from), x) : ByLane(DType.Float32);
            return Cast(kernel, single, to, wide);
        }

        if (CStyleTypes.IsHalf(to))
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
            var (name, result) = ($"cast_{CStyleTypes.ShortName(from)}_{CStyleTypes.ShortName(lane)}", lane.WithLanesOf(from));
            return CStyleKernel.Call(
                kernel.Define(name, () => $"{ClangHelpers.Inline} {kernel.TypeOf(result)} {name}({kernel.TypeOf(from)} x) {{ return {ClangHelpers.Lanes(kernel, result, i => Cast(kernel, from.Scalar, lane, $"x[{i}]"))}; }}"),
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

    // What is out of range is zero while it is converted, and then replaced by the bound.
    private static string Saturating(CStyleKernel kernel, DType from, DType to)
    {
        var name = $"cast_{CStyleTypes.ShortName(from)}_{CStyleTypes.ShortName(to)}";
        return kernel.Define(name, () =>
        {
            var (low, high, min, max) = CStyleCasts.Bounds(kernel, from.Scalar, to.Scalar);
            var (source, target) = (kernel.TypeOf(from), kernel.TypeOf(to));
            var (bits, lanes) = (kernel.TypeOf(CStyleTypes.SignedOf(from)), kernel.TypeOf(CStyleTypes.SignedOf(to)));
            return $$"""
                {{ClangHelpers.Inline}} {{target}} {{name}}({{source}} x)
                {
                    {{bits}} above = ({{bits}})(x >= {{high}}), below = ({{bits}})(x <= {{low}}), inside = ({{bits}})(x == x) & ~(above | below);
                    {{target}} value = __builtin_convertvector(({{source}})(inside & ({{bits}})x), {{target}});
                    return value | (({{target}})__builtin_convertvector(above, {{lanes}}) & {{max}}) | (({{target}})__builtin_convertvector(below, {{lanes}}) & {{min}});
                }
                """;
        });
    }
}
