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
            return WgslKernel.Call(ToInteger(kernel, to), from == DType.Float32 ? x : $"f32({WgslKernel.Bare(x)})");
        }

        return WgslKernel.Call(kernel.TypeOf(to), x);
    }

    /// <summary>Whether floats differ: NaN does from everything, which comparisons of a shader may not see.</summary>
    public static string Differ(WgslKernel kernel, DType dtype, string x, string y)
    {
        var differ = kernel.Define("differ", """
            fn differ(x: f32, y: f32) -> bool {
                let size = max(bitcast<u32>(x) & 0x7fffffffu, bitcast<u32>(y) & 0x7fffffffu);
                return x != y || size > 0x7f800000u;
            }
            """);
        return dtype == DType.Float32 ? WgslKernel.Call(differ, x, y) : WgslKernel.Call(differ, $"f32({WgslKernel.Bare(x)})", $"f32({WgslKernel.Bare(y)})");
    }

    // What doesn't fit becomes the least or greatest, NaN becomes 0: conversions of either are not defined everywhere.
    private static string ToInteger(WgslKernel kernel, DType to) => to.IsSigned
        ? kernel.Define("to_i32", """
            fn to_i32(x: f32) -> i32 {
                let whole = i32(clamp(x, -2147483648.0f, 2147483520.0f));
                let size = bitcast<u32>(x) & 0x7fffffffu;
                return select(select(whole, 2147483647i, x >= 2147483648.0f), 0i, size > 0x7f800000u);
            }
            """)
        : kernel.Define("to_u32", """
            fn to_u32(x: f32) -> u32 {
                let whole = u32(clamp(x, 0.0f, 4294967040.0f));
                let size = bitcast<u32>(x) & 0x7fffffffu;
                return select(select(whole, 4294967295u, x >= 4294967296.0f), 0u, size > 0x7f800000u);
            }
            """);
}
