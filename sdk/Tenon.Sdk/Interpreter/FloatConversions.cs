namespace Tenon.Sdk.Interpreter;

/// <summary>What generic arithmetic lacks of a floating-point type: conversions that round once, and x · y + z.</summary>
internal interface IFloatConversion<T>
{
    static abstract double ToDouble(T x);

    static abstract T FromDouble(double x);

    static abstract T FromLong(long x);

    static abstract T FromULong(ulong x);

    static abstract T MulAcc(T x, T y, T z);
}

internal readonly struct DoubleConversion : IFloatConversion<double>
{
    public static double ToDouble(double x) => x;

    public static double FromDouble(double x) => x;

    public static double FromLong(long x) => x;

    // The half with the last bit kept is rounded as the whole is.
    public static double FromULong(ulong x) => (long)x >= 0 ? (long)x : (double)(long)((x >> 1) | (x & 1)) * 2;

    public static double MulAcc(double x, double y, double z) => Math.FusedMultiplyAdd(x, y, z);
}

internal readonly struct SingleConversion : IFloatConversion<float>
{
    public static double ToDouble(float x) => x;

    public static float FromDouble(double x) => (float)x;

    public static float FromLong(long x) => x;

    public static float FromULong(ulong x) => (long)x >= 0 ? (long)x : (float)(long)((x >> 1) | (x & 1)) * 2;

    public static float MulAcc(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);
}

internal readonly struct HalfConversion : IFloatConversion<Half>
{
    public static double ToDouble(Half x) => (double)x;

    public static Half FromDouble(double x) => (Half)x;

    // What a double doesn't hold exactly is beyond the greatest number.
    public static Half FromLong(long x) => (Half)(double)x;

    public static Half FromULong(ulong x) => (Half)DoubleConversion.FromULong(x);

    public static Half MulAcc(Half x, Half y, Half z) => (Half)RoundToOdd.Sum((double)x * (double)y, (double)z);
}

internal readonly struct BFloat16Conversion : IFloatConversion<BFloat16>
{
    public static double ToDouble(BFloat16 x) => (float)x;

    public static BFloat16 FromDouble(double x) => (BFloat16)(float)x;

    public static BFloat16 FromLong(long x) => (BFloat16)(float)x;

    public static BFloat16 FromULong(ulong x) => (BFloat16)SingleConversion.FromULong(x);

    public static BFloat16 MulAcc(BFloat16 x, BFloat16 y, BFloat16 z) => (BFloat16)RoundToOdd.ToSingle(RoundToOdd.Sum((double)(float)x * y, (float)z));
}

/// <summary>Roundings whose last bit says whether they are exact, so that a second rounding to fewer bits is as if it were the only one.</summary>
internal static class RoundToOdd
{
    public static double Sum(double x, double y)
    {
        var sum = x + y;
        if (!double.IsFinite(sum) || sum == 0)
        {
            return sum;
        }

        // D. Knuth: what the sum has lost.
        var part = sum - x;
        var error = (x - (sum - part)) + (y - part);
        var bits = BitConverter.DoubleToInt64Bits(sum);
        return error == 0 || (bits & 1) != 0 ? sum : BitConverter.Int64BitsToDouble(error > 0 == sum > 0 ? bits + 1 : bits - 1);
    }

    public static float ToSingle(double x)
    {
        var nearest = (float)x;
        var bits = BitConverter.SingleToInt32Bits(nearest);
        return nearest == x || !float.IsFinite(nearest) || (bits & 1) != 0 ? nearest : BitConverter.Int32BitsToSingle(Math.Abs(x) > Math.Abs((double)nearest) ? bits + 1 : bits - 1);
    }
}
