namespace Tenon.Sdk.Conformance;

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
        0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1.4e-45, -1.4e-45, 5e-324, 1.1754943508222875e-38, 1.1754942106924411e-38, 3.4028234663852886e38,
        -3.4028234663852886e38, 0.5, -0.5, 0.1, 1.5, 2.5, -2.5, 3.7, -3.7, 127.5, 128, -129, 255.9, 256, 300, 32768, 65503.99, 65504, 65519, 65519.999, 65520, 70000, -70000,
        8388607.5, 8388609, 16777217, 2147483520, 2147483647, 2147483648, -2147483648, -2147483649, 4294967040, 4294967295, 4294967296,
        9.2233720368547748e18, 9.2233720368547758e18, -9.2233720368547758e18, 1.8446744073709550e19, 1.8446744073709552e19, 1e20, -1e20, 1e30, -1e30,
        1.00048828125, 1.0004883, 1.00146484375, 1.0039, 1.00390625, 1.01171875, 6.1e-5, 6.097555160522461e-5, 5.960464477539063e-8,
        2.9802322387695312e-8, 2.98023223876953163e-8, 8.9406967163085938e-8, 1e-30, 2.2250738585072014e-308, 1.7976931348623157e308,
    ];

    /// <summary>The values of a dtype, the worst first.</summary>
    public static Scalar[] Of(DType dtype) => dtype.Kind switch
    {
        DTypeKind.Bool => [false, true],
        DTypeKind.Float => [.. Fractions.Select(x => ((Scalar)x).To(dtype)).Distinct()],
        _ => [.. Integers.Select(x => ((Scalar)x).To(dtype)).Distinct()],
    };

    /// <summary>Pairs of values as two columns: all, or so many of all kinds; repeated from the start to a multiple.</summary>
    public static (Scalar[] X, Scalar[] Y) Pairs(DType dtype, int multiple, int most)
    {
        var values = Of(dtype);
        var all = values.Length * values.Length;
        var wanted = Math.Min(all, most);

        // A step without a common divisor with the number of pairs comes to each once.
        var step = 1;
        for (var next = all / wanted; wanted < all && Gcd(step = Math.Max(1, next), all) != 1; next++)
        {
        }

        var count = (wanted + multiple - 1) / multiple * multiple;
        var (x, y) = (new Scalar[count], new Scalar[count]);
        for (var i = 0; i < count; i++)
        {
            var pair = (int)((long)(i % wanted) * step % all);
            (x[i], y[i]) = (values[pair / values.Length], values[pair % values.Length]);
        }

        return (x, y);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
