namespace Tenon.Core;

/// <summary>Integer arithmetic as the ops define it, where C# has another rule.</summary>
internal static class IntegerMath
{
    /// <summary>Towards minus infinity; 0 for a zero divisor; wraps for the least value over -1.</summary>
    public static long FloorDiv(long a, long b)
    {
        var q = IntDiv(a, b);
        return b != 0 && (a < 0) != (b < 0) && unchecked(q * b) != a ? q - 1 : q;
    }

    /// <summary>Takes the sign of the divisor; the dividend for a zero divisor.</summary>
    public static long FloorMod(long a, long b) => unchecked(a - b * FloorDiv(a, b));

    /// <summary>Towards zero; 0 for a zero divisor; wraps for the least value over -1.</summary>
    public static long IntDiv(long a, long b) => b switch { 0 => 0, -1 => unchecked(-a), _ => a / b };

    /// <summary>Takes the sign of the dividend; the dividend for a zero divisor.</summary>
    public static long IntMod(long a, long b) => b switch { 0 => a, -1 => 0, _ => a % b };

    /// <summary>The greatest common divisor of magnitudes; 0 is the neutral element.</summary>
    public static long Gcd(long a, long b)
    {
        (a, b) = (Math.Abs(a), Math.Abs(b));
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
