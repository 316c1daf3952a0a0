namespace Tenon.Core;

/// <summary>Arithmetic of intervals of 64-bit integers, in which what reaches the bounds of 64 bits stands for anything beyond.</summary>
internal static class WideMath
{
    /// <summary>What is in both.</summary>
    public static (Int128 Min, Int128 Max) Intersect((Int128 Min, Int128 Max) a, (Int128 Min, Int128 Max) b) => (Int128.Max(a.Min, b.Min), Int128.Min(a.Max, b.Max));

    /// <summary>An interval times a factor.</summary>
    public static (Int128 Min, Int128 Max) Times((Int128 Min, Int128 Max) x, long factor) =>
        factor >= 0 ? (Product(x.Min, factor), Product(x.Max, factor)) : (Product(x.Max, factor), Product(x.Min, factor));

    /// <summary>The x for which min ≤ factor·x ≤ max.</summary>
    public static (Int128 Min, Int128 Max) Divided(Int128 min, Int128 max, long factor) => factor > 0
        ? (min <= long.MinValue ? long.MinValue : -FloorDiv(-min, factor), max >= long.MaxValue ? long.MaxValue : FloorDiv(max, factor))
        : Divided(max >= long.MaxValue ? long.MinValue : -max, min <= long.MinValue ? long.MaxValue : -min, -factor);

    /// <summary>The sum of two bounds.</summary>
    public static Int128 Sum(Int128 x, Int128 y) =>
        x <= long.MinValue || y <= long.MinValue ? long.MinValue : x >= long.MaxValue || y >= long.MaxValue ? long.MaxValue : Clamp(x + y);

    /// <summary>A bound by a positive divisor, rounded down.</summary>
    public static Int128 FloorDiv(Int128 x, long d) =>
        x <= long.MinValue || x >= long.MaxValue ? x : x >= 0 ? x / d : -((-x + d - 1) / d);

    private static Int128 Product(Int128 x, long factor) =>
        factor == 0 ? 0 : x <= long.MinValue || x >= long.MaxValue ? ((x < 0) == (factor < 0) ? long.MaxValue : long.MinValue) : Clamp(x * factor);

    private static Int128 Clamp(Int128 x) => Int128.Clamp(x, long.MinValue, long.MaxValue);
}
