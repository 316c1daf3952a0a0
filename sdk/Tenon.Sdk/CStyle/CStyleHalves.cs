using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Conversions of 16-bit floats that are kept as their bits, in integer arithmetic.</summary>
internal static class CStyleHalves
{
    /// <summary>The function from the bits of <paramref name="half"/> to float.</summary>
    public static string ToSingle(CStyleKernel kernel, DType half)
    {
        var name = $"cast_{CStyleTypes.ShortName(half)}_f32";
        return kernel.Define(name, () => $"{kernel.Inline} float {name}({kernel.TypeOf(DType.UInt16)} x) {{ {(half == DType.BFloat16 ? WidenBrain(kernel) : Widen(kernel))} }}");
    }

    /// <summary>The function from float to the bits of <paramref name="half"/>, to nearest even.</summary>
    public static string FromSingle(CStyleKernel kernel, DType half)
    {
        var name = $"cast_f32_{CStyleTypes.ShortName(half)}";
        return kernel.Define(name, () => $"{kernel.Inline} {kernel.TypeOf(DType.UInt16)} {name}(float x) {{ {(half == DType.BFloat16 ? NarrowBrain(kernel) : Narrow(kernel))} }}");
    }

    /// <summary>
    /// The function from double to the float whose last bit says that it is inexact: rounded to fewer bits, that is the double rounded once.
    /// </summary>
    public static string ToOdd(CStyleKernel kernel) => kernel.Define("cast_f64_f32_odd", () => $$"""
        {{kernel.Inline}} float cast_f64_f32_odd(double x)
        {
            float nearest = (float)x;
            {{kernel.TypeOf(DType.UInt32)}} bits = {{kernel.Bits(DType.Float32, DType.UInt32, "nearest")}};
            int isBeyond = x < 0 ? (double)nearest < x : (double)nearest > x;
            if (x == x && (double)nearest != x && !(bits & 1)) bits += isBeyond ? -1 : 1;
            return {{kernel.Bits(DType.UInt32, DType.Float32, "bits")}};
        }
        """);

    /// <summary>Statements from the bits <c>x</c> of a float16 to its value. The product corrects the bias and makes subnormal numbers normal.</summary>
    public static string Widen(CStyleKernel kernel)
    {
        var u32 = kernel.TypeOf(DType.UInt32);
        return $$"""
            {{u32}} sign = ({{u32}})(x & 0x8000) << 16, rest = ({{u32}})(x & 0x7fff) << 13;
                {{u32}} value = rest >= 0x0f800000 ? rest | 0x7f800000 : {{kernel.Bits(DType.Float32, DType.UInt32, $"{kernel.Bits(DType.UInt32, DType.Float32, "rest")} * 0x1p112f")}};
                return {{kernel.Bits(DType.UInt32, DType.Float32, "sign | value")}};
            """;
    }

    /// <summary>Statements from a float <c>x</c> to the bits of a float16.</summary>
    public static string Narrow(CStyleKernel kernel)
    {
        var (u16, u32) = (kernel.TypeOf(DType.UInt16), kernel.TypeOf(DType.UInt32));
        return $$"""
            {{u32}} bits = {{kernel.Bits(DType.Float32, DType.UInt32, "x")}}, sign = bits >> 16 & 0x8000;
                bits &= 0x7fffffff;
                if (bits > 0x7f800000) return ({{u16}})(sign | 0x7e00 | (bits >> 13 & 0x1ff)); // NaN
                if (bits >= 0x477ff000) return ({{u16}})(sign | 0x7c00); // rounds to infinity
                if (bits < 0x38800000) // subnormal: one half has its last place where the result has it
                    return ({{u16}})(sign | ({{kernel.Bits(DType.Float32, DType.UInt32, $"{kernel.Bits(DType.UInt32, DType.Float32, "bits")} + 0.5f")}} - 0x3f000000));
                return ({{u16}})(sign | ((bits + 0xfff + (bits >> 13 & 1) - 0x38000000) >> 13));
            """;
    }

    private static string WidenBrain(CStyleKernel kernel) =>
        $"return {kernel.Bits(DType.UInt32, DType.Float32, $"({kernel.TypeOf(DType.UInt32)})x << 16")};";

    private static string NarrowBrain(CStyleKernel kernel)
    {
        var (u16, u32) = (kernel.TypeOf(DType.UInt16), kernel.TypeOf(DType.UInt32));
        return $"{u32} bits = {kernel.Bits(DType.Float32, DType.UInt32, "x")}; return x != x ? ({u16})0xffc0 : ({u16})((bits + 0x7fff + (bits >> 16 & 1)) >> 16);";
    }
}
