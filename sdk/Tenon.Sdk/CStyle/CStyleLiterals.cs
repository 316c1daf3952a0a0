using System.Globalization;

namespace Tenon.Sdk.CStyle;

/// <summary>Numbers as C reads them back exactly.</summary>
public static class CStyleLiterals
{
    /// <summary>An integer: of 32 bits or fewer without suffix, unsigned ones with <c>u</c>, of 64 bits with <paramref name="suffix"/>.</summary>
    public static string Integer(DType dtype, Scalar value, string suffix = "LL")
    {
        if (dtype.Kind == DTypeKind.UInt)
        {
            var number = ((ulong)value.RawBits).ToString(CultureInfo.InvariantCulture);
            return dtype.Bits switch { 64 => $"{number}U{suffix}", 32 => $"{number}u", _ => number };
        }

        return value.AsLong switch
        {
            // C has no negative literals: the least value is a literal that doesn't fit, negated.
            long.MinValue => $"(-9223372036854775807{suffix} - 1)",
            int.MinValue when dtype.Bits == 32 => "(-2147483647 - 1)",
            < 0 and var n => $"({n.ToString(CultureInfo.InvariantCulture)}{(dtype.Bits == 64 ? suffix : "")})",
            var n => $"{n.ToString(CultureInfo.InvariantCulture)}{(dtype.Bits == 64 ? suffix : "")}",
        };
    }

    /// <summary>A finite number, in decimal where that is short, else hexadecimal.</summary>
    public static string Float(double value, string suffix)
    {
        var number = Math.Abs(value);
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        if (text.Length > 7 || text.Contains('E', StringComparison.Ordinal))
        {
            text = Hexadecimal(number);
        }
        else if (!text.Contains('.', StringComparison.Ordinal))
        {
            text += ".0";
        }

        return double.IsNegative(value) ? $"(-{text}{suffix})" : text + suffix;
    }

    // Mantissa and exponent as C99 writes them: 0x1.8p+1 is 3.
    private static string Hexadecimal(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var (exponent, fraction) = ((int)(bits >> 52), bits & 0xfffffffffffff);
        var digits = fraction.ToString("x13", CultureInfo.InvariantCulture).TrimEnd('0');
        var power = exponent == 0 ? -1022 : exponent - 1023;
        return $"0x{(exponent == 0 ? 0 : 1)}{(digits.Length > 0 ? "." : "")}{digits}p{(power < 0 ? "" : "+")}{power.ToString(CultureInfo.InvariantCulture)}";
    }
}
