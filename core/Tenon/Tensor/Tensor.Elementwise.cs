using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Converts the elements: to nearest even between floats, towards zero to integers, wrapping between integers.</summary>
    /// <remarks>
    /// To floats of 8 and 4 bits elements are rounded by way of float32; what is too great becomes infinity, or NaN where there is
    /// none (the greatest number for float4e2m1), as PyTorch does it. See <see cref="Cast(DType, bool)"/> for the other way.
    /// </remarks>
    /// <exception cref="TenonException">Complex numbers to real ones, which would lose the imaginary part.</exception>
    public Tensor Cast(DType dtype) => !DType.IsComplex || dtype.IsComplex || dtype.IsBool
        ? With(TensorGraph.Cast(Node, dtype), nameof(Cast))
        : throw new TenonException("TEN3113", $"Cast: {DType} to {dtype} would lose the imaginary part. Use Real, Imag, Abs() or ViewAsReal().");

    /// <summary>As <see cref="Cast(DType)"/>; what is too great for a narrow float, infinities too, can become its greatest number (ONNX's <c>saturate</c>).</summary>
    /// <param name="dtype">The dtype.</param>
    /// <param name="saturate">Whether numbers beyond the range of a float of 8 or 4 bits become the nearest in range.</param>
    public Tensor Cast(DType dtype, bool saturate) => saturate && dtype is { Bits: < 16, Format: { } format }
        ? Cast(DType == DType.Float64 ? DType : DType.Float32).Clamp(format.HasSign ? -format.MaxValue : null, format.MaxValue).Cast(dtype)
        : Cast(dtype);

    /// <summary>The same bits as another dtype of the same width.</summary>
    /// <exception cref="TenonException">The widths differ, or one is bool.</exception>
    public Tensor Bitcast(DType dtype) =>
        dtype.Bits == DType.Bits && dtype.IsBool == DType.IsBool && !dtype.IsComplex && !DType.IsComplex
            ? With(Node.Bitcast(dtype), nameof(Bitcast))
            : throw new TenonException("TEN3033", $"Bitcast: {DType} ({DType.Bits} bits) to {dtype} ({dtype.Bits} bits). Expected a dtype of the same width, and not bool or complex (see ViewAsReal).");

    /// <summary>The magnitude; of complex numbers as float32.</summary>
    public Tensor Abs() => DType.IsComplex ? Magnitude() : DType.Kind is DTypeKind.Bool or DTypeKind.UInt ? this : Where(this > 0, this, Where(this < 0, -this, Detach().Square()));

    /// <summary>-1, 0 or 1; NaN for NaN.</summary>
    public Tensor Sign() => DType.IsBool ? this : Where(this > 0, 1, DType.IsSigned ? Where(this < 0, -1, Trunc()) : this);

    /// <summary>The square.</summary>
    public Tensor Square() => this * this;

    /// <summary>The square root; NaN below zero.</summary>
    public Tensor Sqrt() => DType.IsComplex ? ComplexSqrt() : ToFloat().Unary(Ops.Sqrt, nameof(Sqrt));

    /// <summary>1 / √x.</summary>
    public Tensor Rsqrt() => Sqrt().Reciprocal();

    /// <summary>2 to the power of x.</summary>
    public Tensor Exp2() => ToFloat().Unary(Ops.Exp2, nameof(Exp2));

    /// <summary>e to the power of x.</summary>
    public Tensor Exp() => DType.IsComplex ? ComplexExp() : Function(MathFunction.Exp);

    /// <summary>e to the power of x, minus 1, accurate near 0.</summary>
    public Tensor Expm1() => Function(MathFunction.Expm1);

    /// <summary>The logarithm to base 2; -∞ at 0, NaN below.</summary>
    public Tensor Log2() => ToFloat().Unary(Ops.Log2, nameof(Log2));

    /// <summary>The natural logarithm; -∞ at 0, NaN below.</summary>
    public Tensor Log() => DType.IsComplex ? ComplexLog() : Function(MathFunction.Log);

    /// <summary>The natural logarithm of 1 + x, accurate near 0.</summary>
    public Tensor Log1p() => Function(MathFunction.Log1p);

    /// <summary>The sine of radians.</summary>
    public Tensor Sin() => ToFloat().Unary(Ops.Sin, nameof(Sin));

    /// <summary>The cosine of radians.</summary>
    public Tensor Cos() => Function(MathFunction.Cos);

    /// <summary>The tangent of radians.</summary>
    public Tensor Tan() => Function(MathFunction.Tan);

    /// <summary>The number without its fraction, towards zero.</summary>
    public Tensor Trunc() => DType.IsFloat || DType.IsComplex ? Unary(Ops.Trunc, nameof(Trunc)) : this;

    /// <summary>The greatest whole number that is not above x.</summary>
    public Tensor Floor() => Trunc() is var t && DType.IsFloat ? Where(this < t, t - 1, t) : this;

    /// <summary>The least whole number that is not below x.</summary>
    public Tensor Ceil() => Trunc() is var t && DType.IsFloat ? Where(t < this, t + 1, t) : this;

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    public Tensor Round()
    {
        if (!DType.IsFloat && !DType.IsComplex)
        {
            return this;
        }

        var t = Trunc();
        var distance = (this - t).Abs();
        var isOdd = (t * 0.5).Ne((t * 0.5).Trunc());
        return Where((distance > 0.5) | (distance.Eq(0.5) & isOdd), t + Where(this < 0, -1, OnesLike()), t);
    }

    /// <summary>The nearest number with so many decimals; halves go to the even one. Negative counts round to tens, hundreds, ….</summary>
    public Tensor Round(int decimals)
    {
        var scale = Math.Pow(10, Math.Abs(decimals));
        return decimals >= 0 ? (this * scale).Round() / scale : (ToFloat() / scale).Round() * scale;
    }

    // Integers become float32.
    private Tensor ToFloat() => DType.IsFloat ? this : Cast(DType.Float32);

    // Formulas of several steps would lose too much in 16 bits: they are computed in float32 and rounded once.
    private Tensor InSingle(Func<Tensor, Tensor> formula)
    {
        var x = ToFloat();
        return x.DType.Bits < 32 ? formula(x.Cast(DType.Float32)).Cast(x.DType) : formula(x);
    }
}
