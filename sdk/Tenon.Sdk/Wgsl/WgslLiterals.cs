using System.Globalization;
using Tenon.Core;
using Tenon.Sdk.CStyle;

namespace Tenon.Sdk.Wgsl;

/// <summary>Numbers as WGSL reads them back exactly.</summary>
internal static class WgslLiterals
{
    /// <summary>A literal of a type.</summary>
    public static string Of(WgslKernel kernel, DType dtype, Scalar value) => dtype.IsVector ? WgslKernel.Call(kernel.TypeOf(dtype), Of(kernel, dtype.Scalar, value)) : dtype.Kind switch
    {
        DTypeKind.Bool => value.AsBool ? "true" : "false",
        DTypeKind.Float => Float(kernel, dtype, value.AsDouble),
        DTypeKind.UInt => $"{((ulong)value.RawBits).ToString(CultureInfo.InvariantCulture)}u",
        _ => value.AsLong switch
        {
            int.MinValue => "i32(-2147483648)",
            < 0 and var n => $"({n.ToString(CultureInfo.InvariantCulture)}i)",
            var n => $"{n.ToString(CultureInfo.InvariantCulture)}i",
        },
    };

    // Expressions of literals must be finite, so that what isn't comes from a function.
    private static string Float(WgslKernel kernel, DType dtype, double value)
    {
        if (dtype == DType.Float16)
        {
            var half = (double)(Half)value;
            return double.IsFinite(half) && !(half == 0 && double.IsNegative(half)) ? CStyleLiterals.Float(half, "h") : $"f16({Float(kernel, DType.Float32, value)})";
        }

        var single = (float)value;
        if (float.IsFinite(single) && !(single == 0 && float.IsNegative(single)))
        {
            return CStyleLiterals.Float(single, "f");
        }

        kernel.Define("float_of", """
            fn float_of(bits: u32) -> f32 {
                return bitcast<f32>(bits);
            }
            """);
        return $"float_of(0x{BitConverter.SingleToUInt32Bits(single):x8}u)";
    }
}
