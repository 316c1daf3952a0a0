using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>Conversions of 16-bit floats, which are kept as their bits: by instruction where there is one.</summary>
internal static class ClangHalves
{
    private const string Inline = ClangHelpers.Inline;

    /// <summary>The function from the bits of a vector of float16 to floats, for targets that have the instruction.</summary>
    public static string ToFloats(CStyleKernel kernel, DType half)
    {
        var (bits, floats) = (kernel.TypeOf(half), kernel.TypeOf(DType.Float32.WithLanesOf(half)));
        return ByInstruction(
            kernel,
            $"cast_{ClangTypes.ShortName(half)}_f32",
            (bits, floats),
            half.Lanes switch
            {
                16 => $"__builtin_ia32_vcvtph2ps512_mask((short __attribute__((vector_size(32))))x, ({floats}){{0}}, -1, 4)",
                8 => "__builtin_ia32_vcvtph2ps256((short __attribute__((vector_size(16))))x)",
                _ => null,
            },
            ClangHelpers.Lanes(kernel, DType.Float32.WithLanesOf(half), i => $"{ToFloat(kernel, half.Scalar)}(x[{i}])"));
    }

    /// <summary>The function from floats to the bits of a vector of float16, to nearest even, for targets that have the instruction.</summary>
    public static string FromFloats(CStyleKernel kernel, DType half)
    {
        var (bits, floats) = (kernel.TypeOf(half), kernel.TypeOf(DType.Float32.WithLanesOf(half)));
        return ByInstruction(
            kernel,
            $"cast_f32_{ClangTypes.ShortName(half)}",
            (floats, bits),
            half.Lanes switch
            {
                16 => "__builtin_ia32_vcvtps2ph512_mask(x, 0, (short __attribute__((vector_size(32)))){0}, -1)",
                8 => "__builtin_ia32_vcvtps2ph256(x, 0)",
                _ => null,
            },
            ClangHelpers.Lanes(kernel, half, i => $"{FromFloat(kernel, half.Scalar)}(x[{i}])"));
    }

    /// <summary>The function from the bits of <paramref name="half"/> to float.</summary>
    public static string ToFloat(CStyleKernel kernel, DType half)
    {
        var toFloat = ClangHelpers.Bits(kernel, DType.UInt32, DType.Float32);
        return half == DType.BFloat16
            ? kernel.Define("cast_bf16_f32", () => $"{Inline} float cast_bf16_f32(uint16_t x) {{ return {toFloat}((uint32_t)x << 16); }}")
            : kernel.Define("cast_f16_f32", () => $$"""
                {{Inline}} float cast_f16_f32(uint16_t x)
                {
                #if defined(__F16C__) || defined(__aarch64__)
                    union { uint16_t bits; __fp16 value; } u = {x};
                    return (float)u.value;
                #else
                    // Exponent and fraction in their places; the product corrects the bias and makes subnormal numbers normal.
                    uint32_t sign = (uint32_t)(x & 0x8000) << 16, rest = (uint32_t)(x & 0x7fff) << 13;
                    uint32_t value = rest >= 0x0f800000 ? rest | 0x7f800000 : {{ClangHelpers.Bits(kernel, DType.Float32, DType.UInt32)}}({{toFloat}}(rest) * 0x1p112f);
                    return {{toFloat}}(sign | value);
                #endif
                }
                """);
    }

    /// <summary>The function from float to the bits of <paramref name="half"/>, to nearest even.</summary>
    public static string FromFloat(CStyleKernel kernel, DType half)
    {
        var toBits = ClangHelpers.Bits(kernel, DType.Float32, DType.UInt32);
        return half == DType.BFloat16
            ? kernel.Define("cast_f32_bf16", () => $$"""
                {{Inline}} uint16_t cast_f32_bf16(float x)
                {
                    uint32_t bits = {{toBits}}(x);
                    return x != x ? 0xffc0 : (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
                }
                """)
            : kernel.Define("cast_f32_f16", () => $$"""
                {{Inline}} uint16_t cast_f32_f16(float x)
                {
                #if defined(__F16C__) || defined(__aarch64__)
                    union { __fp16 value; uint16_t bits; } u = {(__fp16)x};
                    return u.bits;
                #else
                    uint32_t bits = {{toBits}}(x), sign = bits >> 16 & 0x8000;
                    bits &= 0x7fffffff;
                    if (bits > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (bits >> 13 & 0x1ff)); // NaN
                    if (bits >= 0x477ff000) return (uint16_t)(sign | 0x7c00); // rounds to infinity
                    if (bits < 0x38800000) // subnormal: one half has its last place where the result has it
                        return (uint16_t)(sign | ({{toBits}}({{ClangHelpers.Bits(kernel, DType.UInt32, DType.Float32)}}(bits) + 0.5f) - 0x3f000000));
                    return (uint16_t)(sign | ((bits + 0xfff + (bits >> 13 & 1) - 0x38000000) >> 13));
                #endif
                }
                """);
    }

    // Clang before 15 takes vectors of halves apart, so x64 needs its builtins.
    private static string ByInstruction(CStyleKernel kernel, string name, (string From, string To) type, string? x64, string byLane) => kernel.Define(name, () => $$"""
        {{Inline}} {{type.To}} {{name}}({{type.From}} x)
        {
        #if {{(x64 is null ? "0" : x64.Contains("512", StringComparison.Ordinal) ? "defined(__AVX512F__)" : "defined(__F16C__)")}}
            return ({{type.To}}){{x64}};
        #else
            return {{byLane}};
        #endif
        }
        """);

    /// <summary>The function from double to the bits of float16, rounded once: by way of the float whose last bit says that it is inexact.</summary>
    public static string FromDouble(CStyleKernel kernel)
    {
        var half = FromFloat(kernel, DType.Float16);
        var (toBits, toFloat) = (ClangHelpers.Bits(kernel, DType.Float32, DType.UInt32), ClangHelpers.Bits(kernel, DType.UInt32, DType.Float32));
        return kernel.Define("cast_f64_f16", () => $$"""
            {{Inline}} uint16_t cast_f64_f16(double x)
            {
                float nearest = (float)x;
                uint32_t bits = {{toBits}}(nearest);
                if (x == x && (double)nearest != x && !(bits & 1)) bits += __builtin_fabs((double)nearest) > __builtin_fabs(x) ? -1 : 1;
                return {{half}}({{toFloat}}(bits));
            }
            """);
    }
}
