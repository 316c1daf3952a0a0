using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The greatest common divisor of integers, at least 0.</summary>
    public Tensor Gcd(Tensor y)
    {
        var (a, b) = (Integers(y, nameof(Gcd)).Abs(), y.Integers(this, nameof(Gcd)).Abs());

        // Euclid's algorithm takes most steps for neighbours of Fibonacci's sequence: 1.45 for a bit.
        for (var i = 0; i <= a.DType.Bits * 3 / 2; i++)
        {
            var isDone = b.Eq(0);
            (a, b) = (Where(isDone, a, b), Where(isDone, 0, a % Where(isDone, 1, b)));
        }

        return a;
    }

    /// <summary>The least common multiple of integers, at least 0; 0 if one of them is.</summary>
    public Tensor Lcm(Tensor y)
    {
        var divisor = Gcd(y);
        return (Integers(y, nameof(Lcm)).IntDiv(Where(divisor.Eq(0), 1, divisor)) * y).Abs();
    }

    /// <summary>Shifts integers left by other integers; 0 where that is by all bits or more, or by less than none.</summary>
    public Tensor ShiftLeft(Tensor count)
    {
        var x = Integers(count, nameof(ShiftLeft));
        var (by, isInside) = ShiftCount(x, count);
        return Where(isInside, Binary(Ops.Shl, x, by, nameof(ShiftLeft)), 0);
    }

    /// <summary>Shifts integers right by other integers, keeping the sign; what is shifted by all bits or more is 0 or -1.</summary>
    public Tensor ShiftRight(Tensor count)
    {
        var x = Integers(count, nameof(ShiftRight));
        var (by, isInside) = ShiftCount(x, count);
        var shifted = Binary(Ops.Shr, x, by, nameof(ShiftRight));
        return Where(isInside, shifted, x.DType.IsSigned ? Where(x < 0, -1, x.ZerosLike()) : x.ZerosLike());
    }

    /// <summary>How many bits of an integer are set.</summary>
    public Tensor PopCount()
    {
        var x = Integers(this, nameof(PopCount));
        var count = x.ZerosLike();
        for (var i = 0; i < x.DType.Bits; i++)
        {
            count += (x >> i) & 1;
        }

        return count;
    }

    private static (Tensor By, Tensor IsInside) ShiftCount(Tensor x, Tensor count)
    {
        var by = count.Cast(x.DType);
        var isInside = x.DType.IsSigned ? (by >= 0) & (by < x.DType.Bits) : by < x.DType.Bits;
        return (Where(isInside, by, 0), isInside);
    }

    private Tensor Integers(Tensor other, string operation) => DType.IsInteger && other.DType.IsInteger
        ? Cast(Promotion.Join(DType, other.DType))
        : throw new TenonException("TEN3031", $"'{operation}' is not defined for {DType} and {other.DType}. Expected integers.");
}
