using System.Numerics;

namespace Tenon.Sdk.Interpreter;

internal readonly struct Add<T> : IBinary<T, T> where T : IAdditionOperators<T, T, T>
{
    public static T Apply(T x, T y) => x + y;
}

internal readonly struct Subtract<T> : IBinary<T, T> where T : ISubtractionOperators<T, T, T>
{
    public static T Apply(T x, T y) => x - y;
}

internal readonly struct Multiply<T> : IBinary<T, T> where T : IMultiplyOperators<T, T, T>
{
    public static T Apply(T x, T y) => x * y;
}

internal readonly struct Divide<T> : IBinary<T, T> where T : IDivisionOperators<T, T, T>
{
    public static T Apply(T x, T y) => x / y;
}

internal readonly struct Negate<T> : IUnary<T, T> where T : IUnaryNegationOperators<T, T>
{
    public static T Apply(T x) => -x;
}

internal readonly struct Greater<T> : IBinary<T, T> where T : IComparisonOperators<T, T, bool>
{
    public static T Apply(T x, T y)
    {
#pragma warning disable CS1718 // NaN differs from itself.
        return x != x || y < x ? x : y;
#pragma warning restore CS1718
    }
}

internal readonly struct IsLess<T> : IBinary<T, byte> where T : IComparisonOperators<T, T, bool>
{
    public static byte Apply(T x, T y) => x < y ? (byte)1 : (byte)0;
}

internal readonly struct IsEqual<T> : IBinary<T, byte> where T : IComparisonOperators<T, T, bool>
{
    public static byte Apply(T x, T y) => x == y ? (byte)1 : (byte)0;
}

internal readonly struct IsDifferent<T> : IBinary<T, byte> where T : IComparisonOperators<T, T, bool>
{
    public static byte Apply(T x, T y) => x != y ? (byte)1 : (byte)0;
}

internal readonly struct BitAnd<T> : IBinary<T, T> where T : IBitwiseOperators<T, T, T>
{
    public static T Apply(T x, T y) => x & y;
}

internal readonly struct BitOr<T> : IBinary<T, T> where T : IBitwiseOperators<T, T, T>
{
    public static T Apply(T x, T y) => x | y;
}

internal readonly struct BitXor<T> : IBinary<T, T> where T : IBitwiseOperators<T, T, T>
{
    public static T Apply(T x, T y) => x ^ y;
}

// What programs exclude must not throw in lanes that are off.
internal readonly struct Quotient<T> : IBinary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => T.IsZero(y) ? y : T.IsNegative(y) && y == -T.One ? -x : x / y;
}

internal readonly struct Remainder<T> : IBinary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => T.IsZero(y) || (T.IsNegative(y) && y == -T.One) ? T.Zero : x % y;
}

internal readonly struct ShiftLeft<T> : IBinary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x << int.CreateTruncating(y);
}

internal readonly struct ShiftRight<T> : IBinary<T, T> where T : IBinaryInteger<T>
{
    public static T Apply(T x, T y) => x >> int.CreateTruncating(y);
}

/// <summary>A function that is computed as float64 and rounded.</summary>
internal interface IFunction
{
    static abstract double Apply(double x);
}

internal readonly struct Function<T, TConversion, TFunction> : IUnary<T, T> where TConversion : struct, IFloatConversion<T> where TFunction : struct, IFunction
{
    public static T Apply(T x) => TConversion.FromDouble(TFunction.Apply(TConversion.ToDouble(x)));
}

internal readonly struct SquareRoot : IFunction
{
    public static double Apply(double x) => Math.Sqrt(x);
}

internal readonly struct Truncation : IFunction
{
    public static double Apply(double x) => Math.Truncate(x);
}

internal readonly struct PowerOfTwo : IFunction
{
    public static double Apply(double x) => Math.Pow(2, x);
}

internal readonly struct Logarithm : IFunction
{
    public static double Apply(double x) => Math.Log2(x);
}

internal readonly struct Sine : IFunction
{
    public static double Apply(double x) => Math.Sin(x);
}
