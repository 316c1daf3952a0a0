namespace Tenon.Onnx;

/// <summary>ONNX's types of elements, by its numbers.</summary>
public enum OnnxElement
{
#pragma warning disable CS1591 // The names say it all.
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    Complex64 = 14,
    Complex128 = 15,
    BFloat16 = 16,
    Float8E4M3FN = 17,
    Float8E4M3FNUZ = 18,
    Float8E5M2 = 19,
    Float8E5M2FNUZ = 20,
    UInt4 = 21,
    Int4 = 22,
    Float4E2M1 = 23,
    Float8E8M0 = 24,
    UInt2 = 25,
    Int2 = 26,
#pragma warning restore CS1591
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
