namespace Tenon.Onnx.Images;

/// <summary>The inverse cosine transform of 8×8 numbers in integers.</summary>
/// <remarks>Loeffler, Ligtenberg and Moschytz, Practical fast 1-D DCT algorithms with 11 multiplications, 1989; factors in units of 2⁻¹³.</remarks>
internal static class InverseCosine
{
    /// <summary>Transforms columns, then rows, in place.</summary>
    public static void Apply(Span<int> block)
    {
        for (var i = 0; i < 8; i++)
        {
            Line(block[i..], 8, 11);
        }

        for (var i = 0; i < 8; i++)
        {
            Line(block.Slice(8 * i, 8), 1, 18);
        }
    }

    private static void Line(Span<int> x, int step, int shift)
    {
        // Even frequencies.
        var turn = (x[2 * step] + x[6 * step]) * 4433;
        var (low, high) = (turn + x[2 * step] * 6270, turn - x[6 * step] * 15137);
        var (sum, difference) = (x[0] + x[4 * step] << 13, x[0] - x[4 * step] << 13);
        var (e0, e1, e2, e3) = (sum + low, difference + high, difference - high, sum - low);

        // Odd ones.
        var (a, b, c, d) = (x[7 * step], x[5 * step], x[3 * step], x[step]);
        var all = (a + c + b + d) * 9633;
        var (ad, bc, ac, bd) = ((a + d) * -7373, (b + c) * -20995, (a + c) * -16069 + all, (b + d) * -3196 + all);
        var (o3, o2, o1, o0) = (a * 2446 + ad + ac, b * 16819 + bc + bd, c * 25172 + bc + ac, d * 12299 + ad + bd);

        (x[0], x[7 * step]) = (Rounded(e0 + o0, shift), Rounded(e0 - o0, shift));
        (x[step], x[6 * step]) = (Rounded(e1 + o1, shift), Rounded(e1 - o1, shift));
        (x[2 * step], x[5 * step]) = (Rounded(e2 + o2, shift), Rounded(e2 - o2, shift));
        (x[3 * step], x[4 * step]) = (Rounded(e3 + o3, shift), Rounded(e3 - o3, shift));
    }

    private static int Rounded(int x, int shift) => x + (1 << (shift - 1)) >> shift;
}
