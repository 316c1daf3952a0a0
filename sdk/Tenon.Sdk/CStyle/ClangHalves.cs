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
            $"cast_{CStyleTypes.ShortName(half)}_f32",
            (bits, floats),
            half.Lanes switch
            {
                16 => $"__builtin_ia32_vcvtph2ps512_mask((short __attribute__((vector_size(32))))x, ({floats}){{0}}, -1, 4)",
                8 => "__builtin_ia32_vcvtph2ps256((short __attribute__((vector_size(16))))x)",
                _ => null,
            },
            ClangHelpers.Lanes(kernel, DType.Float32.WithLanesOf(half), i => $"{ToSingle(kernel)}(x[{i}])"));
    }

    /// <summary>The function from floats to the bits of a vector of float16, to nearest even, for targets that have the instruction.</summary>
    public static string FromFloats(CStyleKernel kernel, DType half)
    {
        var (bits, floats) = (kernel.TypeOf(half), kernel.TypeOf(DType.Float32.WithLanesOf(half)));
        return ByInstruction(
            kernel,
            $"cast_f32_{CStyleTypes.ShortName(half)}",
            (floats, bits),
            half.Lanes switch
            {
                16 => "__builtin_ia32_vcvtps2ph512_mask(x, 0, (short __attribute__((vector_size(32)))){0}, -1)",
                8 => "__builtin_ia32_vcvtps2ph256(x, 0)",
                _ => null,
            },
            ClangHelpers.Lanes(kernel, half, i => $"{FromSingle(kernel)}(x[{i}])"));
    }

    /// <summary>The function from the bits of a float16 to float.</summary>
    public static string ToSingle(CStyleKernel kernel) => kernel.Define("cast_f16_f32", () => $$"""
        {{Inline}} float cast_f16_f32(uint16_t x)
        {
        #if defined(__F16C__) || defined(__aarch64__)
            union { uint16_t bits; __fp16 value; } u = {x};
            return (float)u.value;
        #else
            {{CStyleHalves.Widen(kernel)}}
        #endif
        }
        """);

    /// <summary>The function from float to the bits of a float16, to nearest even.</summary>
    public static string FromSingle(CStyleKernel kernel) => kernel.Define("cast_f32_f16", () => $$"""
        {{Inline}} uint16_t cast_f32_f16(float x)
        {
        #if defined(__F16C__) || defined(__aarch64__)
            union { __fp16 value; uint16_t bits; } u = {(__fp16)x};
            return u.bits;
        #else
            {{CStyleHalves.Narrow(kernel)}}
        #endif
        }
        """);

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
}
