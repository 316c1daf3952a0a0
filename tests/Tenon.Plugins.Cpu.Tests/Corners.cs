using System.Numerics;

namespace Tenon.Plugins.Cpu.Tests;

/// <summary>The values at which arithmetic goes wrong.</summary>
internal static class Corners
{
    public static T[] Of<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            double[] values =
            [
                0, -0.0, 1, -1, 0.5, -1.5, 2.5, 3, 7.75, -7.75, 255.9, 1e-40, -1e-40, 3e9, -3e9, 4294967295, 9.3e18, -9.3e18, 1.9e19, 1e30, -1e30,
                2147483647, -2147483648, 16777217, 0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-300, 123456.789, -98765.4321, 65504,
            ];
            return [.. values.Select(T.CreateTruncating)];
        }

        T[] integers =
        [
            T.MinValue, T.MaxValue, T.Zero, T.One, T.CreateTruncating(-1), T.CreateTruncating(2), T.CreateTruncating(-2), T.CreateTruncating(3), T.CreateTruncating(7), T.CreateTruncating(-7), T.CreateTruncating(100),
            T.CreateTruncating(-100), T.MaxValue - T.One, T.MinValue + T.One, T.CreateTruncating(0x8000008000000001), T.CreateTruncating(0x1000001), T.CreateTruncating(0x7fffffbfffffffff), T.CreateTruncating(0x20000000000001),
            T.CreateTruncating(0x55aa55aa55aa55aa), T.CreateTruncating(0xffffffff80000000), T.CreateTruncating(0x80000000), T.CreateTruncating(0xfffffffff), T.CreateTruncating(12345), T.CreateTruncating(-54321),
        ];
        return [.. integers, .. integers.Take(8)];
    }

    /// <summary>Every pair of corners, as two arrays of a length that vectors divide.</summary>
    public static (T[] X, T[] Y) Pairs<T>(Func<T, T, bool> legal) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var all = Of<T>();
        var pairs = (from x in all from y in all where legal(x, y) select (x, y)).ToList();
        while (pairs.Count % 16 != 0)
        {
            pairs.Add(pairs[pairs.Count / 2]);
        }

        return ([.. pairs.Select(p => p.x)], [.. pairs.Select(p => p.y)]);
    }
}
