namespace Tenon.Tests.Shared;

/// <summary>Floats of 4 and 8 bits by their tables of values: decoded by looking up, encoded by looking for the nearest.</summary>
internal static class NarrowFloats
{
    private static readonly Dictionary<string, float[]> Tables = new()
    {
        ["float8e4m3fn"] = Table(8, 3, 7, c => (c & 0x7f) == 0x7f),
        ["float8e5m2"] = Table(8, 2, 15, c => (c & 0x7f) > 0x7c, c => (c & 0x7f) == 0x7c),
        ["float8e4m3fnuz"] = Table(8, 3, 8, c => c == 0x80),
        ["float8e5m2fnuz"] = Table(8, 2, 16, c => c == 0x80),
        ["float4e2m1"] = Table(4, 1, 1, _ => false),
        ["float8e8m0"] = [.. Enumerable.Range(0, 256).Select(c => c == 255 ? float.NaN : (float)Math.Pow(2, c - 127))],
    };

    /// <summary>The value of each code.</summary>
    public static float[] Values(DType dtype) => Tables[dtype.Name];

    /// <summary>The value of a code.</summary>
    public static float Decode(DType dtype, uint code) => Values(dtype)[code];

    /// <summary>The code of the nearest value, of two the even code. Beyond the greatest: infinity, or NaN, or the greatest itself.</summary>
    public static uint Encode(DType dtype, float x)
    {
        var values = Values(dtype);
        if (dtype == DType.Float8E8M0)
        {
            return Power(x);
        }

        var nan = dtype.Name switch { "float8e4m3fn" => 0x7fu, "float8e5m2" => 0x7eu, "float4e2m1" => 8u, _ => 0x80u };
        if (float.IsNaN(x))
        {
            return nan;
        }

        var half = (uint)values.Length / 2;
        var greatest = Enumerable.Range(0, (int)half).Where(c => float.IsFinite(values[c])).Max();

        // What would come after the greatest has the code after it.
        var next = (double)values[greatest] + (values[greatest] - values[greatest - 1]);
        uint best = 0;
        for (uint c = 1; c <= greatest + 1; c++)
        {
            var (distance, least) = (Math.Abs(Value(c) - Math.Abs((double)x)), Math.Abs(Value(best) - Math.Abs((double)x)));
            best = distance < least || (distance == least && c % 2 == 0) ? c : best;
        }

        best = MathF.Abs(x) > next ? (uint)greatest + 1 : best;
        var isNegative = float.IsNegative(x);
        return (dtype.Name, best > greatest) switch
        {
            ("float8e4m3fn", true) => isNegative ? 0xffu : 0x7f,
            ("float8e5m2", true) => isNegative ? 0xfcu : 0x7c,
            ("float4e2m1", true) => isNegative ? 15u : 7,
            (_, true) => nan,
            ("float8e4m3fnuz" or "float8e5m2fnuz", _) when best == 0 => 0,
            _ => best + (isNegative ? half : 0),
        };

        double Value(uint c) => c > greatest ? next : values[c];
    }

    // As PyTorch: ties go up, and so does what is above the least power but below the next.
    private static uint Power(float x)
    {
        if (float.IsNaN(x) || x < 0)
        {
            return 255;
        }

        var values = Tables["float8e8m0"];
        if (x <= values[0])
        {
            return 0;
        }

        for (uint c = 0; c < 254; c++)
        {
            var middle = c == 0 ? values[0] : 1.5 * values[c];
            if (x < middle || (c == 0 && x <= middle))
            {
                return c;
            }
        }

        return x < 1.5 * values[254] ? 254u : 255;
    }

    private static float[] Table(int bits, int fractionBits, int bias, Func<int, bool> isNaN, Func<int, bool>? isInfinite = null)
    {
        var values = new float[1 << bits];
        for (var code = 0; code < values.Length; code++)
        {
            var magnitude = code % (values.Length / 2);
            var (exponent, fraction) = (magnitude >> fractionBits, magnitude % (1 << fractionBits) / (double)(1 << fractionBits));
            var value = exponent == 0 ? fraction * Math.Pow(2, 1 - bias) : (1 + fraction) * Math.Pow(2, exponent - bias);
            value = isNaN(code) ? double.NaN : isInfinite?.Invoke(code) == true ? double.PositiveInfinity : value;
            values[code] = (float)(code < values.Length / 2 ? value : -value);
        }

        return values;
    }
}
