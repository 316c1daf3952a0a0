namespace Tenon;

/// <content>What looks at the parts of floating-point numbers.</content>
public sealed partial class Tensor
{
    /// <summary>Whether the sign is set: below 0, -0, or a NaN with a sign.</summary>
    public Tensor SignBit() => DType switch
    {
        { IsFloat: true, Bits: 64 } => Bitcast(DType.Int64) < 0,
        { IsFloat: true } => Cast(DType.Float32).Bitcast(DType.Int32) < 0,
        { IsSigned: true } => this < 0,
        _ => FalseLike(),
    };

    /// <summary>The magnitude of this with the sign of <paramref name="sign"/>, of which zeros have one too.</summary>
    public Tensor CopySign(Tensor sign)
    {
        var x = ToFloat();
        return Where(x.SignBit() ^ sign.SignBit(), -x, x);
    }

    /// <summary>The magnitude of this with the sign of a number.</summary>
    public Tensor CopySign(Scalar sign) => CopySign(ToFloat().Weak(sign));

    /// <summary>The next number of the dtype towards another.</summary>
    public Tensor NextAfter(Tensor towards)
    {
        var dtype = Promotion.Join(ToFloat().DType, towards.DType);
        var bits = dtype.Bits == 64 ? DType.Int64 : dtype.Bits == 32 ? DType.Int32 : DType.Int16;

        // Stored, so that the bits are those of the number as it is rounded.
        var (x, y) = (Cast(dtype).Detach().Contiguous(), towards.Cast(dtype).Detach());
        var pattern = x.Bitcast(bits);
        var isUp = (x < y).Eq(x > 0);
        var least = x.OnesLike().Cast(bits).Bitcast(dtype).CopySign(y);
        var next = Where(isUp, pattern + 1, pattern - 1).Bitcast(dtype);
        return Where(x.IsNaN() | y.IsNaN(), double.NaN, Where(x.Eq(y), y, Where(x.Eq(0), least, next)));
    }

    /// <summary>x · 2ⁿ for whole numbers n.</summary>
    public Tensor Ldexp(Tensor exponent)
    {
        // In three steps, so that each power of two is a number of its own.
        var x = ToFloat();
        var wide = x.DType.Bits < 32 ? x.Cast(DType.Float32) : x;
        var (least, greatest) = x.DType.Bits == 64 ? (-1022, 1023) : (-126, 127);
        var rest = exponent.Cast(DType.Int32);
        for (var i = 0; i < 3; i++)
        {
            var part = rest.Clamp(least, greatest);
            wide *= PowerOfTwo(part, wide.DType);
            rest -= part;
        }

        return wide.Cast(x.DType);
    }

    /// <summary>The number as m · 2ⁿ with 0.5 ≤ |m| &lt; 1, and n as int32. 0, infinities and NaN are their own m, with n = 0.</summary>
    public (Tensor Mantissa, Tensor Exponent) Frexp()
    {
        var x = ToFloat();
        var wide = x.DType.Bits < 32 ? x.Cast(DType.Float32) : x;
        var isDouble = wide.DType.Bits == 64;
        var (fraction, bias) = isDouble ? (52, 1022) : (23, 126);

        // Subnormal numbers are first scaled to normal ones.
        var isTiny = wide.Detach().Abs() < Math.ScaleB(1, -bias);
        var scaled = Where(isTiny, wide * Math.ScaleB(1, 64), wide).Detach();
        var pattern = isDouble ? (scaled.Bitcast(DType.Int64) >> fraction).Cast(DType.Int32) & 0x7ff : (scaled.Bitcast(DType.Int32) >> fraction) & 0xff;
        var isPlain = wide.IsFinite() & wide.Ne(0);
        var exponent = Where(isPlain, pattern - bias - Where(isTiny, 64, pattern.ZerosLike()), 0);
        return (Where(isPlain, wide.Ldexp(-exponent), wide).Cast(x.DType), exponent);
    }

    /// <summary>The part behind the point, with the sign of x.</summary>
    public Tensor Frac() => this - Trunc();

    /// <summary>NaN replaced by a number, infinities by the greatest and least finite numbers or by others.</summary>
    public Tensor NanToNum(double nan = 0, double? positiveInfinity = null, double? negativeInfinity = null)
    {
        if (!DType.IsFloat)
        {
            return this;
        }

        var finite = Where(IsNaN(), nan, Where(Eq(double.PositiveInfinity), positiveInfinity ?? Largest(DType), this));
        return Where(Eq(double.NegativeInfinity), negativeInfinity ?? -Largest(DType), finite);
    }

    // The greatest finite number.
    private static double Largest(DType dtype) => dtype switch
    {
        _ when dtype == DType.Float16 => (double)Half.MaxValue,
        _ when dtype == DType.BFloat16 => Math.ScaleB(255, 120),
        _ when dtype == DType.Float64 => double.MaxValue,
        _ => float.MaxValue,
    };

    private static Tensor PowerOfTwo(Tensor exponent, DType dtype) => dtype.Bits == 64
        ? ((exponent.Cast(DType.Int64) + 1023) << 52).Bitcast(dtype)
        : ((exponent + 127) << 23).Bitcast(dtype);
}
