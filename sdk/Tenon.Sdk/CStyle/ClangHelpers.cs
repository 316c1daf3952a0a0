using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>The functions for what C has no operator for. Each method adds the one it names to the kernel and returns a call or a name.</summary>
internal static class ClangHelpers
{
    /// <summary>Begins a helper function.</summary>
    public const string Inline = "static inline __attribute__((always_inline))";

    /// <summary>The values of all lanes, lane by lane: LLVM makes vector instructions of it.</summary>
    public static string Lanes(CStyleKernel kernel, DType dtype, Func<int, string> lane) =>
        $"({ClangTypes.Value(kernel, dtype)}){{{string.Join(", ", Enumerable.Range(0, dtype.Lanes).Select(lane))}}}";

    /// <summary>A vector with a scalar in each lane; the scalar of a mask is 0 or -1.</summary>
    public static string Splat(CStyleKernel kernel, DType dtype)
    {
        var element = dtype.IsBool ? DType.Int32 : dtype.Scalar;
        var vector = element.Vec(dtype.Lanes);
        return kernel.Define($"splat_{CStyleTypes.ShortName(vector)}", () =>
            $"{Inline} {ClangTypes.Value(kernel, vector)} splat_{CStyleTypes.ShortName(vector)}({ClangTypes.Value(kernel, element)} x) {{ return {Lanes(kernel, vector, _ => "x")}; }}");
    }

    /// <summary>A mask from a comparison of vectors of <paramref name="operand"/>, whose lanes are as wide as the operand's.</summary>
    public static string MaskOf(CStyleKernel kernel, DType operand, string comparison)
    {
        var mask = ClangTypes.Value(kernel, ClangTypes.Mask(operand.Lanes));
        return operand.IsBool || operand.Bits == 32 ? $"(({mask}){comparison})" : $"__builtin_convertvector({CStyleKernel.Bare(comparison)}, {mask})";
    }

    /// <summary>Lane by lane, one of two vectors.</summary>
    public static string Select(CStyleKernel kernel, DType dtype)
    {
        var value = dtype.IsBool ? ClangTypes.Mask(dtype.Lanes) : dtype;
        var name = $"select_{CStyleTypes.ShortName(value)}";
        return kernel.Define(name, () =>
        {
            var (type, mask, wide) = (ClangTypes.Value(kernel, value), ClangTypes.Value(kernel, ClangTypes.Mask(value.Lanes)), ClangTypes.Value(kernel, CStyleTypes.SignedOf(value)));
            var widened = value.Bits == 32 ? "c" : $"__builtin_convertvector(c, {wide})";
            return $"{Inline} {type} {name}({mask} c, {type} x, {type} y) {{ {wide} m = {widened}; return ({type})((m & ({wide})x) | (~m & ({wide})y)); }}";
        });
    }

    /// <summary>Lane by lane the greater; NaN if either is NaN.</summary>
    public static string Max(CStyleKernel kernel, DType dtype)
    {
        var name = $"max_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var type = ClangTypes.Value(kernel, dtype);
            var greater = $"{Select(kernel, dtype)}({MaskOf(kernel, dtype, "(x > y)")}, x, y)";
            var body = dtype.IsFloat ? $"{type} m = {greater}; return {Select(kernel, dtype)}({MaskOf(kernel, dtype, "(x != x)")}, x, m);" : $"return {greater};";
            return $"{Inline} {type} {name}({type} x, {type} y) {{ {body} }}";
        });
    }

    /// <summary>A store past the caches, if the address is that of a line.</summary>
    public static string Stream(CStyleKernel kernel, DType dtype)
    {
        var name = $"stream_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var (type, unaligned) = (ClangTypes.Value(kernel, dtype), ClangTypes.Unaligned(kernel, dtype));
            return $"{Inline} void {name}(void* p, {type} x) {{ if (((__UINTPTR_TYPE__)p & {dtype.Bytes - 1}) == 0) __builtin_nontemporal_store(x, ({type}*)p); else *({unaligned}*)p = x; }}";
        });
    }

    /// <summary>The square root.</summary>
    public static string Sqrt(CStyleKernel kernel, DType dtype) =>
        MapLanes(kernel, "sqrt", dtype, dtype.Bits == 32 ? "__builtin_sqrtf" : "__builtin_sqrt");

    /// <summary>Rounding towards zero. Without SSE 4.1 the builtin would call the C library.</summary>
    public static string Trunc(CStyleKernel kernel, DType dtype)
    {
        var scalar = kernel.Define($"trunc_f{dtype.Bits}", () =>
        {
            var (suffix, type, integer, limit) = dtype.Bits == 32 ? ("f", "float", "int32_t", "0x1p23f") : ("", "double", "int64_t", "0x1p52");
            return $$"""
                {{Inline}} {{type}} trunc_f{{dtype.Bits}}({{type}} x)
                {
                #if defined(__SSE4_1__) || !(defined(__x86_64__) || defined(__i386__))
                    return __builtin_trunc{{suffix}}(x);
                #else
                    return __builtin_fabs{{suffix}}(x) < {{limit}} ? __builtin_copysign{{suffix}}(({{type}})({{integer}})x, x) : x;
                #endif
                }
                """;
        });
        return dtype.IsVector ? MapLanes(kernel, "trunc", dtype, scalar) : scalar;
    }

    /// <summary>x·y + z, rounded once, of floats.</summary>
    public static string MulAcc(CStyleKernel kernel, DType dtype)
    {
        var scalar = dtype.Bits == 32 ? "__builtin_fmaf" : "__builtin_fma";
        if (!dtype.IsVector)
        {
            return scalar;
        }

        var name = $"mulacc_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var type = ClangTypes.Value(kernel, dtype);

            // Lane by lane, LLVM would have to find out that this is one instruction.
            return $$"""
                {{Inline}} {{type}} {{name}}({{type}} x, {{type}} y, {{type}} z)
                {
                #if __has_builtin(__builtin_elementwise_fma)
                    return __builtin_elementwise_fma(x, y, z);
                #else
                    #pragma clang fp contract(on)
                    return x * y + z;
                #endif
                }
                """;
        });
    }

    /// <summary>z plus four products of bytes, unsigned by signed. For a target that lists it.</summary>
    public static string Dot4(CStyleKernel kernel, DType dtype)
    {
        var name = $"dot4_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var (type, bytes) = (ClangTypes.Value(kernel, dtype), ClangTypes.Value(kernel, DType.UInt32.WithLanesOf(dtype)));
            var condition = dtype.Lanes switch { 16 => "defined(__AVX512VNNI__)", 4 or 8 => "defined(__AVX512VNNI__) && defined(__AVX512VL__)", _ => "0" };
            var vex = dtype.Lanes is 4 or 8 ? "defined(__AVXVNNI__)" : "0";
            var arm = dtype.Lanes == 4 ? "defined(__aarch64__) && defined(__ARM_FEATURE_MATMUL_INT8)" : "0";
            return $$"""
                {{Inline}} {{type}} {{name}}({{bytes}} x, {{type}} y, {{type}} z)
                {
                #if {{condition}}
                    __asm__("vpdpbusd %2, %1, %0" : "+v"(z) : "v"(x), "v"(y));
                    return z;
                #elif {{vex}}
                    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(z) : "x"(x), "x"(y));
                    return z;
                #elif {{arm}}
                    __asm__("usdot %0.4s, %1.16b, %2.16b" : "+w"(z) : "w"(x), "w"(y));
                    return z;
                #else
                    return z + ({{type}})(x & 255) * (y << 24 >> 24) + ({{type}})(x >> 8 & 255) * (y << 16 >> 24) + ({{type}})(x >> 16 & 255) * (y << 8 >> 24) + ({{type}})(x >> 24) * (y >> 24);
                #endif
                }
                """;
        });
    }

    /// <summary>The bits of a scalar as another type.</summary>
    public static string Bits(CStyleKernel kernel, DType from, DType to)
    {
        var name = $"bits_{CStyleTypes.ShortName(from)}_{CStyleTypes.ShortName(to)}";
        var (source, target) = (ClangTypes.Storage(from), ClangTypes.Storage(to));
        return kernel.Define(name, () => $"{Inline} {target} {name}({source} x) {{ union {{ {source} from; {target} to; }} u = {{x}}; return u.to; }}");
    }

    /// <summary>Loads a mask from bytes.</summary>
    public static string LoadMask(CStyleKernel kernel, int lanes)
    {
        var name = $"load_b8x{lanes}";
        return kernel.Define(name, () =>
        {
            var (mask, bytes) = (ClangTypes.Value(kernel, ClangTypes.Mask(lanes)), ClangTypes.Unaligned(kernel, DType.UInt8.Vec(lanes)));
            return $"{Inline} {mask} {name}(const uint8_t* p) {{ return ({mask})(__builtin_convertvector(*(const {bytes}*)p, {mask}) != 0); }}";
        });
    }

    /// <summary>Stores a mask as bytes.</summary>
    public static string StoreMask(CStyleKernel kernel, int lanes)
    {
        var name = $"store_b8x{lanes}";
        return kernel.Define(name, () =>
        {
            var (mask, bytes) = (ClangTypes.Value(kernel, ClangTypes.Mask(lanes)), ClangTypes.Unaligned(kernel, DType.UInt8.Vec(lanes)));
            return $"{Inline} void {name}(uint8_t* p, {mask} x) {{ *({bytes}*)p = __builtin_convertvector(x & 1, {bytes}); }}";
        });
    }

    private static string MapLanes(CStyleKernel kernel, string function, DType dtype, string scalar)
    {
        if (!dtype.IsVector)
        {
            return scalar;
        }

        var name = $"{function}_{CStyleTypes.ShortName(dtype)}";
        return kernel.Define(name, () =>
        {
            var type = ClangTypes.Value(kernel, dtype);
            return $"{Inline} {type} {name}({type} x) {{ return {Lanes(kernel, dtype, i => $"{scalar}(x[{i}])")}; }}";
        });
    }
}
