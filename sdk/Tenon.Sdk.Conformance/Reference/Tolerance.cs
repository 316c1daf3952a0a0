using Tenon.Core;

namespace Tenon.Sdk.Conformance;

/// <summary>In what a result may differ from the exact one, besides in which NaN it is.</summary>
/// <param name="AnyZero">0 and -0 are alike.</param>
/// <param name="Ulps">By how many places of the dtype; 0 for none.</param>
internal sealed record Tolerance(bool AnyZero = false, double Ulps = 0)
{
    public static Tolerance Exact { get; } = new();

    /// <summary>Whether the bytes of an element will do.</summary>
    public bool Accepts(DType dtype, ReadOnlySpan<byte> got, ReadOnlySpan<byte> expected)
    {
        if (got.SequenceEqual(expected))
        {
            return true;
        }

        if (!dtype.IsFloat)
        {
            return false;
        }

        var (x, y) = (Scalar.Element(dtype, got, 0).AsDouble, Scalar.Element(dtype, expected, 0).AsDouble);
        return double.IsNaN(x) || double.IsNaN(y) ? double.IsNaN(x) && double.IsNaN(y)
            : x == 0 && y == 0 ? AnyZero || Ulps > 0
            : Ulps > 0 && double.IsFinite(y) && Math.Abs(x - y) <= Ulps * Ulp(dtype, y);
    }

    private static double Ulp(DType dtype, double x) => dtype.Name switch
    {
        "float64" => Math.BitIncrement(Math.Abs(x)) - Math.Abs(x),
        "float16" => Math.Max(Math.ScaleB(1, Math.ILogB(x) - 10), 5.9604644775390625e-08),
        "bfloat16" => Math.ScaleB(1, Math.ILogB(x) - 7),
        _ => (double)MathF.BitIncrement(MathF.Abs((float)x)) - Math.Abs((float)x),
    };
}
