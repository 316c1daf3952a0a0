using Tenon.Core;

namespace Tenon.Sdk.Wgsl;

/// <summary>Conversions between types, with the results that <see cref="Scalar.To"/> and .NET give.</summary>
internal static class WgslCasts
{
    /// <summary><paramref name="x"/> converted.</summary>
    public static string Cast(WgslKernel kernel, DType from, DType to, string x)
    {
        if (from == to)
        {
            return x;
        }

        if (to.IsBool && from.IsFloat)
        {
            return Differ(kernel, from, x, WgslLiterals.Of(kernel, from, ((Scalar)0).To(from)));
        }

        if (to.IsBool)
        {
            return $"({x} != {WgslLiterals.Of(kernel, from, ((Scalar)0).To(from))})";
        }

        if (from.IsFloat && to.IsInteger)
        {
            return WgslKernel.Call(ToInteger(kernel, to), InSingle(kernel, from, x));
        }

        return WgslKernel.Call(kernel.TypeOf(to), x);
    }

    /// <summary>Whether floats differ: NaN does from everything, which comparisons of a shader may not see.</summary>
    public static string Differ(WgslKernel kernel, DType dtype, string x, string y)
    {
        var (type, bits, bools) = Types(kernel, dtype.Lanes);
        var differ = kernel.Define($"differ{Suffix(dtype)}", $$"""
            fn differ{{Suffix(dtype)}}(x: {{type}}, y: {{type}}) -> {{bools}} {
                let size = max(bitcast<{{bits}}>(x) & {{bits}}(0x7fffffffu), bitcast<{{bits}}>(y) & {{bits}}(0x7fffffffu));
                return (x != y) | (size > {{bits}}(0x7f800000u));
            }
            """);
        return WgslKernel.Call(differ, InSingle(kernel, dtype, x), InSingle(kernel, dtype, y));
    }

    private static string InSingle(WgslKernel kernel, DType from, string x) =>
        from.Scalar == DType.Float32 ? x : WgslKernel.Call(kernel.TypeOf(DType.Float32.Vec(from.Lanes)), x);

    private static string Suffix(DType dtype) => dtype.IsVector ? $"_{dtype.Lanes}" : "";

    private static (string Float, string Bits, string Bool) Types(WgslKernel kernel, int lanes) =>
        (kernel.TypeOf(DType.Float32.Vec(lanes)), kernel.TypeOf(DType.UInt32.Vec(lanes)), kernel.TypeOf(DType.Bool.Vec(lanes)));

    // What doesn't fit becomes the least or greatest, NaN becomes 0: conversions of either are not defined everywhere.
    private static string ToInteger(WgslKernel kernel, DType to)
    {
        var (type, (single, bits, _)) = (kernel.TypeOf(to), Types(kernel, to.Lanes));
        var (least, most, limit, greatest) = to.Scalar.IsSigned
            ? ("-2147483648.0f", "2147483520.0f", "2147483648.0f", "2147483647i")
            : ("0.0f", "4294967040.0f", "4294967296.0f", "4294967295u");
        var name = $"to_{(to.Scalar.IsSigned ? "i32" : "u32")}{Suffix(to)}";
        return kernel.Define(name, $$"""
            fn {{name}}(x: {{single}}) -> {{type}} {
                let whole = {{type}}(clamp(x, {{single}}({{least}}), {{single}}({{most}})));
                let size = bitcast<{{bits}}>(x) & {{bits}}(0x7fffffffu);
                return select(select(whole, {{type}}({{greatest}}), x >= {{single}}({{limit}})), {{type}}(0), size > {{bits}}(0x7f800000u));
            }
            """);
    }
}
