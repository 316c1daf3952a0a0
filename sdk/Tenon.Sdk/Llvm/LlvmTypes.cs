using System.Globalization;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Llvm;

/// <summary>
/// How values look in LLVM's language. Truth values are <c>i1</c>, in memory <c>i8</c>. bfloat16 is only stored and converted, so
/// it is kept as its bits: the instructions of LLVM for it lose the subnormal numbers on x64.
/// </summary>
public static class LlvmTypes
{
    /// <summary>The type of a value.</summary>
    public static string Value(DType dtype) => Lanes(dtype, Scalar(dtype));

    /// <summary>The type of a value in memory.</summary>
    public static string Storage(DType dtype) => Lanes(dtype, dtype.IsBool ? "i8" : Scalar(dtype));

    /// <summary>The integer with the lanes and the bits of <paramref name="dtype"/>.</summary>
    public static string Bits(DType dtype) => Lanes(dtype, $"i{dtype.Bits}");

    /// <summary>The end of an intrinsic's name for values of a dtype: <c>v16f32</c>.</summary>
    public static string Suffix(DType dtype)
    {
        var scalar = Scalar(dtype) switch { "double" => "f64", "float" => "f32", "half" => "f16", var integer => integer };
        return dtype.IsVector ? $"v{dtype.Lanes}{scalar}" : scalar;
    }

    /// <summary>A literal, exact, once for each lane.</summary>
    public static string Literal(DType dtype, Scalar value) => Repeat(dtype, Scalar(dtype), ScalarLiteral(dtype.Scalar, value));

    /// <summary>A literal integer with the lanes and bits of <paramref name="dtype"/>.</summary>
    public static string BitsLiteral(DType dtype, long value) => Repeat(dtype, $"i{dtype.Bits}", value.ToString(CultureInfo.InvariantCulture));

    private static string Lanes(DType dtype, string scalar) => dtype.IsVector ? $"<{dtype.Lanes} x {scalar}>" : scalar;

    private static string Repeat(DType dtype, string type, string scalar) =>
        dtype.IsVector ? $"<{string.Join(", ", Enumerable.Repeat($"{type} {scalar}", dtype.Lanes))}>" : scalar;

    private static string Scalar(DType dtype) => (dtype.Kind, dtype.Bits) switch
    {
        (DTypeKind.Bool, _) => "i1",
        (DTypeKind.Float, 64) => "double",
        (DTypeKind.Float, 32) => "float",
        (DTypeKind.Float, _) => dtype.Scalar == DType.BFloat16 ? "i16" : "half",
        (DTypeKind.Int or DTypeKind.UInt or DTypeKind.Index, var bits) => $"i{bits}",
        _ => throw new BackendException("TEN4005", $"LLVM has no values of {dtype}."),
    };

    private static string ScalarLiteral(DType dtype, Scalar value) => dtype.Kind switch
    {
        DTypeKind.Bool => value.AsBool ? "true" : "false",
        DTypeKind.Float => dtype.Bits switch
        {
            64 => $"0x{BitConverter.DoubleToUInt64Bits(value.AsDouble):X16}",

            // LLVM writes a float as the double of the same value.
            32 => $"0x{BitConverter.DoubleToUInt64Bits((float)value.AsDouble):X16}",
            _ when dtype == DType.BFloat16 => value.ToBits(dtype).ToString(CultureInfo.InvariantCulture),
            _ => $"0xH{value.ToBits(dtype):X4}",
        },
        _ => value.To(dtype).RawBits.ToString(CultureInfo.InvariantCulture),
    };
}
