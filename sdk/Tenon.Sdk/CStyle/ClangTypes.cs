using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>
/// How values look in Clang's C. A vector of truth values is a mask: one <c>int32_t</c> lane for each, 0 or -1. Half-precision
/// numbers are only stored and converted, so they are kept as their bits.
/// </summary>
internal static class ClangTypes
{
    /// <summary>The integer type whose lanes masks have.</summary>
    public static DType Mask(int lanes) => DType.Int32.Vec(lanes);

    /// <summary>The type of a value.</summary>
    public static string Value(CStyleKernel kernel, DType dtype) => dtype switch
    {
        { IsVector: true, IsBool: true } => Vector(kernel, Mask(dtype.Lanes)),
        { IsVector: true } => Vector(kernel, dtype),
        { IsBool: true } => "_Bool",
        _ => Storage(dtype),
    };

    /// <summary>The type of a scalar in memory.</summary>
    public static string Storage(DType dtype) => dtype.Scalar.Kind switch
    {
        DTypeKind.Bool => "uint8_t",
        DTypeKind.Float => dtype.Bits switch { 64 => "double", 32 => "float", _ => "uint16_t" },
        DTypeKind.UInt => $"uint{dtype.Bits}_t",
        _ => $"int{dtype.Bits}_t",
    };

    /// <summary>The vector type for loads and stores, which are aligned to an element only.</summary>
    public static string Unaligned(CStyleKernel kernel, DType dtype)
    {
        var name = $"{CStyleTypes.ShortName(dtype)}_u";
        return kernel.Define(name, () => $"typedef {Storage(dtype)} {name} __attribute__((vector_size({dtype.Bytes}), aligned({dtype.Bits / 8}), may_alias));");
    }

    private static string Vector(CStyleKernel kernel, DType dtype)
    {
        var name = CStyleTypes.ShortName(dtype);
        return kernel.Define(name, () => $"typedef {Storage(dtype)} {name} __attribute__((vector_size({dtype.Bytes})));");
    }
}
