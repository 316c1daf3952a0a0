using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    private const int LargestUnrolledExponent = 64;

    /// <summary>x to the power of y, as IEEE 754's pow. Integers to negative powers are 0, but for 1 and -1.</summary>
    public Tensor Pow(Tensor exponent)
    {
        var dtype = Promotion.Join(DType, exponent.DType);
        return dtype.IsFloat
            ? FloatPow(Cast(dtype), exponent.Cast(dtype))
            : dtype.IsBool ? Cast(DType.Int32).Pow(exponent) : IntegerPow(Cast(dtype), exponent.Cast(dtype));
    }

    /// <summary>x to the power of a number. Small whole powers are products.</summary>
    public Tensor Pow(Scalar exponent)
    {
        var p = exponent.AsDouble;
        var x = Cast(Promotion.JoinWeak(DType, exponent));
        if (p == 0.5)
        {
            return x.Sqrt();
        }

        if (!double.IsInteger(p) || Math.Abs(p) > LargestUnrolledExponent || (p < 0 && !x.DType.IsFloat))
        {
            return x.Pow(x.Weak(exponent));
        }

        var power = x.DType.IsFloat ? x.InSingle(y => WholePower(y, (int)Math.Abs(p))) : WholePower(x, (int)p);
        return p < 0 ? power.Reciprocal() : power;
    }

    /// <summary>A number to the power of x.</summary>
    public static Tensor Pow(Scalar number, Tensor exponent) => exponent.Weak(number).Pow(exponent);

    /// <summary>x to the power of y, in float64.</summary>
    public Tensor FloatPower(Tensor exponent) => Cast(DType.Float64).Pow(exponent.Cast(DType.Float64));

    // By repeated squaring.
    private static Tensor WholePower(Tensor x, int exponent)
    {
        Tensor? result = null;
        for (var square = x; exponent > 0; exponent >>= 1)
        {
            result = (exponent & 1) == 0 ? result : result is null ? square : result * square;
            square = exponent > 1 ? square * square : square;
        }

        return result ?? x.OnesLike();
    }

    private static Tensor FloatPow(Tensor x, Tensor y)
    {
        var shape = Shapes.Broadcast(x.Shape, y.Shape, nameof(Pow));
        return Result(UOp.Function(MathFunction.Pow, TensorGraph.BroadcastTo(x.Node, shape), TensorGraph.BroadcastTo(y.Node, shape)), nameof(Pow), x, y);
    }

    private static Tensor IntegerPow(Tensor x, Tensor y)
    {
        var result = x.OnesLike();
        var square = x;
        var bits = y.DType.Bits - (y.DType.IsSigned ? 1 : 0);
        for (var i = 0; i < bits; i++)
        {
            result = Where((y & (1L << i)).Ne(0), result * square, result);
            square *= square;
        }

        if (!y.DType.IsSigned)
        {
            return result;
        }

        var ofNegative = Where(x.Eq(1), 1, Where(x.Eq(-1), 1 - 2 * (y & 1), x.ZerosLike()));
        return Where(y < 0, ofNegative, result);
    }
}
