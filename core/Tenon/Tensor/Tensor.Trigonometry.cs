namespace Tenon;

public sealed partial class Tensor
{
    // atan(x) / x in powers of x² for |x| ≤ tan(π/8), by Chebyshev interpolation; the errors are 7e-10 and 5e-20.
    private static readonly double[] AtanSingle = [0.9999999994, -0.3333330677, 0.1999817647, -0.1423941086, 0.1056892078, -0.06023963178];

    private static readonly double[] AtanDouble =
    [
        1.0, -0.333333333333333241, 0.199999999999969837, -0.14285714285326201, 0.111111110851127506, -0.0909090805168360596,
        0.0769228093698426159, -0.066662028877461991, 0.0587681102612102178, -0.0521716589959529962, 0.044989082467814506,
        -0.0333741022428996171, 0.015099884864821964,
    ];

    /// <summary>The angle in radians, from -π/2 to π/2, whose tangent is x.</summary>
    public Tensor Atan() => InSingle(static x =>
    {
        // atan a = π/2 - atan 1/a = π/4 + atan (a - 1)/(a + 1): what is left is at most tan π/8.
        var a = x.Abs();
        var isLarge = a > Math.Tan(3 * Math.PI / 8);
        var isMiddle = (a > Math.Tan(Math.PI / 8)) & ~isLarge;
        var numerator = Where(isLarge, -1, Where(isMiddle, a - 1.0, a));
        var rest = numerator / Where(isLarge, a, Where(isMiddle, a + 1.0, a.OnesLike()));
        var angle = rest * Polynomial(rest.Square(), x.DType == DType.Float64 ? AtanDouble : AtanSingle);
        angle = Where(isLarge, angle + Math.PI / 2, Where(isMiddle, angle + Math.PI / 4, angle));
        return angle.CopySign(x).WithGradient([x], static (g, _, x) => [g / (1.0 + x[0].Square())]);
    });

    /// <summary>The angle in radians, from -π/2 to π/2, whose sine is x; NaN outside -1 to 1.</summary>
    public Tensor Asin() => InSingle(static x =>
        (2.0 * (x / (1.0 + ((1.0 - x) * (1.0 + x)).Sqrt())).Atan()).WithGradient([x], static (g, _, x) => [g * ((1.0 - x[0]) * (1.0 + x[0])).Rsqrt()]));

    /// <summary>The angle in radians, from 0 to π, whose cosine is x; NaN outside -1 to 1.</summary>
    public Tensor Acos() => InSingle(static x =>
        (2.0 * ((1.0 - x) / (1.0 + x)).Sqrt().Atan()).WithGradient([x], static (g, _, x) => [-(g * ((1.0 - x[0]) * (1.0 + x[0])).Rsqrt())]));

    /// <summary>The angle in radians, from -π to π, between the positive x axis and the point (x, y), of which this is y.</summary>
    /// <remarks>Zeros and infinities as IEEE 754's atan2: the signs of zeros count.</remarks>
    public Tensor Atan2(Tensor x)
    {
        var dtype = Promotion.Join(ToFloat().DType, x.DType);
        var y = Cast(dtype);
        x = x.Cast(dtype);
        var (high, wide) = (y.Abs(), x.Abs());
        var isSteep = high > wide;
        var (less, greater) = (Where(isSteep, wide, high), Where(isSteep, high, wide));
        var isTrivial = greater.Eq(0) | less.Eq(double.PositiveInfinity);
        var angle = (Where(isTrivial, Where(greater.Eq(0), 0, less.OnesLike()), less) / Where(isTrivial, 1, greater)).Atan();
        angle = Where(isSteep, Math.PI / 2 - angle, angle);
        angle = Where(x.SignBit(), Math.PI - angle, angle).CopySign(y);
        return Where(x.IsNaN() | y.IsNaN(), double.NaN, angle);
    }

    /// <summary>The hyperbolic sine.</summary>
    public Tensor Sinh() => InSingle(static x =>
    {
        var a = x.Abs();
        var isLarge = a > 20;
        var e = Where(isLarge, 0, a).Expm1();
        var half = (Where(isLarge, a, 0) * 0.5).Exp();
        return Where(isLarge, half * 0.5 * half, (e + e / (e + 1.0)) * 0.5).CopySign(x)
            .WithGradient([x], static (g, _, x) => [g * x[0].Cosh()]);
    });

    /// <summary>The hyperbolic cosine.</summary>
    public Tensor Cosh() => InSingle(static x =>
    {
        var half = (x.Abs() * 0.5).Exp();
        return (half * 0.5 * half + (-x.Abs()).Exp() * 0.5).WithGradient([x], static (g, _, x) => [g * x[0].Sinh()]);
    });

    /// <summary>The number whose hyperbolic sine is x.</summary>
    public Tensor Asinh() => InSingle(static x =>
    {
        var a = x.Abs();
        var isLarge = a > 1e8;
        var s = Where(isLarge, 0, a);
        var moderate = (s + s.Square() / (1.0 + (s.Square() + 1.0).Sqrt())).Log1p();
        return Where(isLarge, Where(isLarge, a, 1).Log() + Math.Log(2), moderate).CopySign(x)
            .WithGradient([x], static (g, _, x) => [g / x[0].Hypot(x[0].OnesLike())]);
    });

    /// <summary>The number, at least 0, whose hyperbolic cosine is x; NaN below 1.</summary>
    public Tensor Acosh() => InSingle(static x =>
    {
        var isLarge = x > 1e8;
        var t = Where(isLarge, 1, Where(x < 1, double.NaN, x)) - 1.0;
        return Where(isLarge, Where(isLarge, x, 1).Log() + Math.Log(2), (t + (t * (t + 2.0)).Sqrt()).Log1p())
            .WithGradient([x], static (g, _, x) => [g / (x[0] - 1.0).Sqrt() / (x[0] + 1.0).Sqrt()]);
    });

    /// <summary>The number whose hyperbolic tangent is x; ±∞ at ±1, NaN beyond.</summary>
    public Tensor Atanh() => InSingle(static x =>
        (0.5 * (2.0 * x.Abs() / (1.0 - x.Abs())).Log1p()).CopySign(x).WithGradient([x], static (g, _, x) => [g / ((1.0 - x[0]) * (1.0 + x[0]))]));

    /// <summary>sin(πx) / (πx), and 1 at 0.</summary>
    public Tensor Sinc() => InSingle(static x =>
    {
        var isZero = x.Eq(0);
        return Where(isZero, 1, SinPi(x) / (Where(isZero, 1, x) * Math.PI));
    });

    /// <summary>√(x² + y²) without overflow.</summary>
    public Tensor Hypot(Tensor y)
    {
        var dtype = Promotion.Join(ToFloat().DType, y.DType);
        var (a, b) = (Cast(dtype).Abs(), y.Cast(dtype).Abs());
        var isLess = a < b;
        var (less, greater) = (Where(isLess, a, b), Where(isLess, b, a));
        var isPlain = (greater > 0) & greater.IsFinite();
        var ratio = Where(isPlain, less, 0) / Where(isPlain, greater, 1);
        var length = Where(isPlain, greater * (1.0 + ratio.Square()).Sqrt(), less + greater);
        return Where(a.IsInf() | b.IsInf(), double.PositiveInfinity, length);
    }

    /// <summary>x · π / 180.</summary>
    public Tensor DegreesToRadians() => ToFloat() * (Math.PI / 180);

    /// <summary>x · 180 / π.</summary>
    public Tensor RadiansToDegrees() => ToFloat() * (180 / Math.PI);
}
