namespace Tenon.Onnx;

/// <summary>ONNX's types of elements, by its numbers.</summary>
public enum OnnxElement
{
    /// <summary>No type was given.</summary>
    Undefined = 0,

    /// <summary>IEEE 754 binary32.</summary>
    Float = 1,

    /// <summary>8-bit unsigned integer.</summary>
    UInt8 = 2,

    /// <summary>8-bit signed integer.</summary>
    Int8 = 3,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16 = 4,

    /// <summary>16-bit signed integer.</summary>
    Int16 = 5,

    /// <summary>32-bit signed integer.</summary>
    Int32 = 6,

    /// <summary>64-bit signed integer.</summary>
    Int64 = 7,

    /// <summary>Text, as UTF-8.</summary>
    String = 8,

    /// <summary>Truth value, one byte.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 binary64.</summary>
    Double = 11,

    /// <summary>32-bit unsigned integer.</summary>
    UInt32 = 12,

    /// <summary>64-bit unsigned integer.</summary>
    UInt64 = 13,

    /// <summary>Two numbers of <see cref="Float"/>: real and imaginary part.</summary>
    Complex64 = 14,

    /// <summary>Two numbers of <see cref="Double"/>; Tenon has no such dtype.</summary>
    Complex128 = 15,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16 = 16,

    /// <summary>8 bits with 4 of exponent and 3 of mantissa; NaN, no infinities.</summary>
    Float8E4M3FN = 17,

    /// <summary>8 bits with 4 of exponent and 3 of mantissa; NaN in the place of -0, no infinities.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8 bits with 5 of exponent and 2 of mantissa; NaN and infinities.</summary>
    Float8E5M2 = 19,

    /// <summary>8 bits with 5 of exponent and 2 of mantissa; NaN in the place of -0, no infinities.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>4-bit unsigned integer, two in a byte, the first in the lower half.</summary>
    UInt4 = 21,

    /// <summary>4-bit signed integer, two in a byte, the first in the lower half.</summary>
    Int4 = 22,

    /// <summary>4 bits with 2 of exponent and 1 of mantissa, two in a byte; neither NaN nor infinities.</summary>
    Float4E2M1 = 23,

    /// <summary>A power of two of 8 bits; NaN, no sign and no zero.</summary>
    Float8E8M0 = 24,

    /// <summary>2-bit unsigned integer, four in a byte, the first in the lowest bits.</summary>
    UInt2 = 25,

    /// <summary>2-bit signed integer, four in a byte, the first in the lowest bits.</summary>
    Int2 = 26,
}

/// <summary>ONNX's types of elements and Tenon's.</summary>
public static class OnnxElements
{
    private static readonly Dictionary<OnnxElement, DType> DTypes = new()
    {
        [OnnxElement.Float] = DType.Float32,
        [OnnxElement.UInt8] = DType.UInt8,
        [OnnxElement.Int8] = DType.Int8,
        [OnnxElement.UInt16] = DType.UInt16,
        [OnnxElement.Int16] = DType.Int16,
        [OnnxElement.Int32] = DType.Int32,
        [OnnxElement.Int64] = DType.Int64,
        [OnnxElement.Bool] = DType.Bool,
        [OnnxElement.Float16] = DType.Float16,
        [OnnxElement.Double] = DType.Float64,
        [OnnxElement.UInt32] = DType.UInt32,
        [OnnxElement.UInt64] = DType.UInt64,
        [OnnxElement.BFloat16] = DType.BFloat16,
        [OnnxElement.Float8E4M3FN] = DType.Float8E4M3FN,
        [OnnxElement.Float8E4M3FNUZ] = DType.Float8E4M3FNUZ,
        [OnnxElement.Float8E5M2] = DType.Float8E5M2,
        [OnnxElement.Float8E5M2FNUZ] = DType.Float8E5M2FNUZ,
        [OnnxElement.Float8E8M0] = DType.Float8E8M0,
        [OnnxElement.Float4E2M1] = DType.Float4E2M1,
        [OnnxElement.Int4] = DType.Int4,
        [OnnxElement.UInt4] = DType.UInt4,
        [OnnxElement.Int2] = DType.Int2,
        [OnnxElement.UInt2] = DType.UInt2,
        [OnnxElement.Complex64] = DType.Complex64,
    };

    private static readonly Dictionary<DType, OnnxElement> Elements = DTypes.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>The dtype that stores the elements; null for strings and what Tenon doesn't have.</summary>
    public static DType? ToTenon(this OnnxElement element) => DTypes.GetValueOrDefault(element);

    /// <summary>The dtype that stores the elements.</summary>
    /// <exception cref="TenonException">There is none.</exception>
    internal static DType Required(this OnnxElement element, string what) =>
        element.ToTenon() ?? throw new TenonException("TEN5211", $"{what}: elements of type {element.Name()}. Expected one of {string.Join(", ", DTypes.Keys.Select(Name))}.");

    /// <summary>ONNX's type for a dtype.</summary>
    internal static OnnxElement ToOnnx(this DType dtype) => Elements[dtype];

    /// <summary>Tenon's name, or ONNX's where Tenon has none.</summary>
    internal static string Name(this OnnxElement element) => element.ToTenon()?.Name ?? (Enum.IsDefined(element) ? element.ToString().ToLowerInvariant() : $"element type {(int)element}");
}
