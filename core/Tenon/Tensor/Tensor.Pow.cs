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
        if (x.DType != DType.Float64)
        {
            var shape = Shapes.Broadcast(x.Shape, y.Shape, nameof(Pow));
            return Result(UOp.Function(MathFunction.Pow, TensorGraph.BroadcastTo(x.Node, shape), TensorGraph.BroadcastTo(y.Node, shape)), nameof(Pow), x, y);
        }

        // |x|^y = 2^(y log2 |x|), where the logarithm never sees 0, 1 or infinities of which the product would be NaN.
        var isZero = x.Eq(0);
        var size = x.Abs();
        var isTrivial = (size.Eq(1) & ~((x < 0) & y.IsNaN())) | y.Eq(0);
        var power = (y * Where(isTrivial | isZero, 2, size).Log2()).Exp2();
        var atZero = Where(y < 0, double.PositiveInfinity, x.ZerosLike());
        power = Where(isTrivial, 1, Where(isZero, Where(y.IsNaN(), y, atZero), power));

        var isWhole = y.Trunc().Eq(y);
        var isOdd = isWhole & (y * 0.5).Trunc().Ne(y * 0.5);
        var isNegative = (x < 0) | (isZero & (Where(isZero, x, 1).Reciprocal() < 0));
        var signed = Where(isNegative & isOdd, -power, power);
        return Where((x < 0) & x.IsFinite() & ~isWhole & ~y.IsNaN(), double.NaN, signed);
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
