using System.Numerics;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

/// <content>Complex numbers, computed by their parts; gradients are those of the parts, as PyTorch's.</content>
public sealed partial class Tensor
{
    /// <summary>A tensor of rank 0 and complex64.</summary>
    public static implicit operator Tensor(Complex value) => (Scalar)value;

    /// <summary>The complex numbers of two parts, which broadcast: complex64.</summary>
    /// <param name="real">Real parts.</param>
    /// <param name="imaginary">Imaginary parts.</param>
    public static Tensor Complex(Tensor real, Tensor imaginary)
    {
        var isReal = Arange(2).Eq(0);
        return Where(isReal, real.Cast(DType.Float32).Unsqueeze(-1), imaginary.Cast(DType.Float32).Unsqueeze(-1)).ViewAsComplex();
    }

    /// <summary>The complex numbers of magnitudes and angles in radians.</summary>
    public static Tensor Polar(Tensor magnitude, Tensor angle) => Complex(magnitude * angle.Cos(), magnitude * angle.Sin());

    /// <summary>The real parts as float32; of real numbers themselves.</summary>
    public Tensor Real => DType.IsComplex ? Part(0) : this;

    /// <summary>The imaginary parts as float32; of real numbers zeros.</summary>
    public Tensor Imag => DType.IsComplex ? Part(1) : ZerosLike();

    /// <summary>Complex numbers <c>[…]</c> as float32 <c>[…, 2]</c> of real and imaginary parts: the same bytes, but a value of its own.</summary>
    /// <exception cref="TenonException">The elements are not complex.</exception>
    public Tensor ViewAsReal() => DType.IsComplex
        ? With(UOp.New(Ops.Bitcast, DType.Float32, [Node]), nameof(ViewAsReal))
        : throw new TenonException("TEN3114", $"ViewAsReal: {DType} {Shape}. Expected {DType.Complex64}.");

    /// <summary>Pairs of float32 <c>[…, 2]</c> as complex numbers <c>[…]</c>: the same bytes, but a value of its own.</summary>
    /// <exception cref="TenonException">The elements are not float32, or the last axis has another size.</exception>
    public Tensor ViewAsComplex() => DType == DType.Float32 && Rank > 0 && Shape.Size(Rank - 1) == 2
        ? With(UOp.New(Ops.Bitcast, DType.Complex64, [Node]), nameof(ViewAsComplex))
        : throw new TenonException("TEN3114", $"ViewAsComplex: {DType} {Shape}. Expected {DType.Float32} with a last axis of 2: real and imaginary part.");

    /// <summary>The conjugate: imaginary parts change their sign.</summary>
    public Tensor Conj() => DType.IsComplex ? Complex(Real, -Imag) : this;

    /// <summary>The angle in radians, from -π to π; of real numbers 0 or π, NaN for NaN.</summary>
    public Tensor Angle()
    {
        if (!DType.IsComplex)
        {
            var x = ToFloat();
            return Where(x.IsNaN(), x, Where(x < 0, x.FullLike(Math.PI), x.ZerosLike()));
        }

        // The arc tangent of the lesser part over the greater, turned to its octant.
        var (re, im) = (Real, Imag);
        var (across, up) = (re.Abs(), im.Abs());
        var isSteep = across < up;
        var (less, greater) = (Where(isSteep, across, up), Where(isSteep, up, across));
        var isZero = greater.Eq(0);
        var ratio = Where(less.Eq(double.PositiveInfinity), 1, less / Where(isZero, 1, greater));
        var angle = ArcTangent(ratio);
        angle = Where(isSteep, Math.PI / 2 - angle, angle);
        var isLeft = (re < 0) | (re.Eq(0) & (1.0 / re < 0));
        angle = Where(isLeft, Math.PI - angle, angle);
        var isBelow = (im < 0) | (im.Eq(0) & (1.0 / im < 0));
        return Where(isBelow, -angle, angle);
    }

    private Tensor Part(int place) => ViewAsReal()[Ellipsis, place].AsValue();

    // e^(a + bi) and its inverse; the square root as half of an angle.
    private Tensor ComplexExp() => Polar(Real.Exp(), Imag);

    private Tensor ComplexLog() => Complex(Abs().Log(), Angle());

    private Tensor ComplexSqrt() => Polar(Abs().Sqrt(), Angle() * 0.5);

    // Scaled by the greater part, so that squares neither overflow nor vanish; the gradient at 0 is 0.
    private Tensor Magnitude()
    {
        var (re, im) = (Real, Imag);
        var scale = re.Abs().Maximum(im.Abs()).Detach();
        var isInfinite = re.IsInf() | im.IsInf();
        var isZero = scale.Eq(0);
        var safe = Where(isZero | isInfinite, 1, scale);
        var squares = (re / safe).Square() + (im / safe).Square();
        return Where(isInfinite, double.PositiveInfinity, Where(isZero, 0, safe * Where(isZero, 1, squares).Sqrt()));
    }

    // x·y where one is complex or both are; a real factor scales both parts.
    private static Tensor ComplexProduct(Tensor x, Tensor y)
    {
        if (!x.DType.IsComplex)
        {
            (x, y) = (y, x);
        }

        if (!y.DType.IsComplex)
        {
            return (x.ViewAsReal() * y.Cast(DType.Float32).Unsqueeze(-1)).ViewAsComplex();
        }

        var (a, b, c, d) = (x.Real, x.Imag, y.Real, y.Imag);
        return Complex(a * c - b * d, a * d + b * c);
    }

    // R. L. Smith, "Algorithm 116: Complex division", doi.org/10.1145/368637.368661: by the greater part of the divisor.
    private static Tensor ComplexQuotient(Tensor x, Tensor y)
    {
        if (!y.DType.IsComplex)
        {
            return (x.ViewAsReal() / y.Cast(DType.Float32).Unsqueeze(-1)).ViewAsComplex();
        }

        x = x.Cast(DType.Complex64);
        var (a, b, c, d) = (x.Real, x.Imag, y.Real, y.Imag);
        var isReal = d.Abs() <= c.Abs();
        var (great, less) = (Where(isReal, c, d), Where(isReal, d, c));
        var ratio = Where(less.Eq(0), 0, less / Where(great.Eq(0), 1, great));
        var divisor = great + less * ratio;
        return Complex(
            Where(isReal, a + b * ratio, a * ratio + b) / divisor,
            Where(isReal, b - a * ratio, b * ratio - a) / divisor);
    }

    private static Tensor ComplexMatMul(Tensor x, Tensor y)
    {
        var (a, b, c, d) = (x.Real, x.Imag, y.Real, y.Imag);
        return (x.DType.IsComplex, y.DType.IsComplex) switch
        {
            (true, true) => Complex(a.MatMul(c) - b.MatMul(d), a.MatMul(d) + b.MatMul(c)),
            (true, false) => Complex(a.MatMul(c), b.MatMul(c)),
            _ => Complex(a.MatMul(c), a.MatMul(d)),
        };
    }

    // For 0 ≤ x ≤ 1: half the argument by tan(a) = 2 tan(a/2) / (1 - tan²(a/2)) twice, then the series to x¹¹.
    private static Tensor ArcTangent(Tensor x)
    {
        for (var i = 0; i < 2; i++)
        {
            x /= 1.0 + (1.0 + x.Square()).Sqrt();
        }

        var square = x.Square();
        var sum = square * (-1.0 / 11) + 1.0 / 9;
        foreach (var term in (double[])[-1.0 / 7, 1.0 / 5, -1.0 / 3, 1])
        {
            sum = sum * square + term;
        }

        return 4.0 * x * sum;
    }

    private static Tensor FromComplex(ReadOnlySpan<Complex> values, Shape shape, string? device)
    {
        var parts = new float[2 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            (parts[2 * i], parts[2 * i + 1]) = ((float)values[i].Real, (float)values[i].Imaginary);
        }

        return FromBytes(MemoryMarshal.AsBytes(parts.AsSpan()), DType.Complex64, shape, device);
    }

    private void CopyTo(Span<Complex> destination)
    {
        var parts = MemoryMarshal.Cast<byte, float>(ToBytes());
        for (var i = 0; i < parts.Length / 2; i++)
        {
            destination[i] = new Complex(parts[2 * i], parts[2 * i + 1]);
        }
    }
}
