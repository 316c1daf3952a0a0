namespace Tenon.Tests.Shared;

/// <summary>The values of each dtype at which operations go wrong.</summary>
internal static class CornerValues
{
    private static readonly long[] Integers =
    [
        0, 1, -1, 2, -2, 3, 5, 7, -7, 10, 31, 63, 100, 127, -127, 128, -128, 200, 255, 256, 32767, -32768, 65535, 0x7fffffff, -0x80000000L,
        0xffffffffL, 0x12345678_9abcdef0, long.MaxValue, long.MinValue, long.MinValue + 1,
    ];

    private static readonly double[] Fractions =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 0.1, 1.5, 2.5, -2.5, 3.7, -3.7, 127.5, 128, -129, 255.9, 256, 300, 32768, 65503.99, 65504, 65519, 65519.999, 65520, 70000, -70000,
        8388607.5, 8388609, 16777217, 2147483520, 2147483647, 2147483648, -2147483648, -2147483649, 4294967040, 4294967295, 4294967296, 9.2233720368547748e18,
        9.2233720368547758e18, -9.2233720368547758e18, 1.8446744073709550e19, 1.8446744073709552e19, 1e20, -1e20, 1e30, -1e30,
        1.00048828125, 1.0004883, 1.00146484375, 1.0039, 1.00390625, 1.01171875, 6.1e-5, 6.097555160522461e-5, 5.960464477539063e-8, 2.9802322387695312e-8, 2.98023223876953163e-8,
        8.9406967163085938e-8, 1e-30, 1.4e-45, 5e-324, 3.4028234663852886e38, -3.4028234663852886e38, 1.7976931348623157e308, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    public static object[] Of(DType dtype) => dtype.Kind switch
    {
        DTypeKind.Bool => [false, true],
        DTypeKind.Float => Fractions.Select(x => Reference.Cast(x, dtype)).Distinct().ToArray(),
        _ => Integers.Select(x => Reference.Cast(x, dtype)).Distinct().ToArray(),
    };

    /// <summary>Every pair, as two columns, repeated from the start to a multiple of <paramref name="multiple"/>.</summary>
    public static (object[] X, object[] Y) Pairs(DType dtype, int multiple)
    {
        var values = Of(dtype);
        var count = (values.Length * values.Length + multiple - 1) / multiple * multiple;
        var (x, y) = (new object[count], new object[count]);
        for (var i = 0; i < count; i++)
        {
            x[i] = values[i / values.Length % values.Length];
            y[i] = values[i % values.Length];
        }

        return (x, y);
    }
}
