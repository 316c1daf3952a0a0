using Tenon.Core;

namespace Tenon.Sdk.CStyle;

/// <summary>What every dialect needs to know of types.</summary>
internal static class CStyleTypes
{
    /// <summary>Whether it is a floating-point type of 16 bits: dialects compute with few of them.</summary>
    public static bool IsHalf(DType dtype) => dtype is { IsFloat: true, Bits: 16 };

    /// <summary>The unsigned integer type with as many bits.</summary>
    public static DType UnsignedOf(DType dtype) => (dtype.Bits switch { 8 => DType.UInt8, 16 => DType.UInt16, 32 => DType.UInt32, _ => DType.UInt64 }).WithLanesOf(dtype);

    /// <summary>The signed integer type with as many bits.</summary>
    public static DType SignedOf(DType dtype) => (dtype.Bits switch { 8 => DType.Int8, 16 => DType.Int16, 32 => DType.Int32, _ => DType.Int64 }).WithLanesOf(dtype);

    /// <summary>A short name for the parts of identifiers: <c>f32x8</c>.</summary>
    public static string ShortName(DType dtype)
    {
        var kind = dtype.Kind switch { DTypeKind.Float => dtype.Scalar == DType.BFloat16 ? "bf" : "f", DTypeKind.Int => "i", DTypeKind.UInt => "u", _ => "b" };
        return $"{kind}{dtype.Bits}{(dtype.IsVector ? $"x{dtype.Lanes}" : "")}";
    }
}
