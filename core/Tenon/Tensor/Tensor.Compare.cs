namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>Whether |x - y| ≤ absolute + relative · |y|; equal infinities are close.</summary>
    /// <param name="other">y.</param>
    /// <param name="relative">The relative tolerance.</param>
    /// <param name="absolute">The absolute tolerance.</param>
    /// <param name="equalNaN">Whether NaN is close to NaN.</param>
    public Tensor IsClose(Tensor other, double relative = 1e-5, double absolute = 1e-8, bool equalNaN = false)
    {
        var isFinite = IsFinite() & other.IsFinite();
        var (x, y) = (Where(isFinite, this, 0), Where(isFinite, other, 0));
        var isNear = isFinite & ((x.Maximum(y) - x.Minimum(y)).ToFloat() <= y.Abs().ToFloat() * relative + absolute);
        var isClose = Eq(other) | isNear;
        return equalNaN ? isClose | (IsNaN() & other.IsNaN()) : isClose;
    }

    /// <summary>Whether all elements are close: <see cref="IsClose"/>. Realises the answer.</summary>
    public bool AllClose(Tensor other, double relative = 1e-5, double absolute = 1e-8, bool equalNaN = false) =>
        IsClose(other, relative, absolute, equalNaN).All().Item<bool>();

    /// <summary>Whether shapes and all elements are equal. Realises the answer.</summary>
    public bool ArrayEqual(Tensor other) => Shape.Equals(other.Shape) && Eq(other).All().Item<bool>();

    /// <summary>Whether both are not zero.</summary>
    public Tensor LogicalAnd(Tensor other) => Cast(DType.Bool) & other.Cast(DType.Bool);

    /// <summary>Whether either is not zero.</summary>
    public Tensor LogicalOr(Tensor other) => Cast(DType.Bool) | other.Cast(DType.Bool);

    /// <summary>Whether exactly one is not zero.</summary>
    public Tensor LogicalXor(Tensor other) => Cast(DType.Bool) ^ other.Cast(DType.Bool);

    /// <summary>Whether elements are +∞.</summary>
    public Tensor IsPositiveInfinity() => DType.IsFloat ? Eq(double.PositiveInfinity) : FalseLike();

    /// <summary>Whether elements are -∞.</summary>
    public Tensor IsNegativeInfinity() => DType.IsFloat ? Eq(double.NegativeInfinity) : FalseLike();

    /// <summary>Whether elements occur in <paramref name="elements"/>.</summary>
    public Tensor IsIn(Tensor elements) => Unsqueeze(-1).Eq(elements.Flatten()).Any(-1);

    /// <summary>0 below 0 and for NaN, 1 above 0, and <paramref name="atZero"/> at 0.</summary>
    public Tensor Heaviside(Tensor atZero)
    {
        var dtype = Promotion.Join(DType, atZero.DType);
        var x = Cast(dtype);
        return Where(x.Eq(0), atZero.Cast(dtype), (x > 0).Cast(dtype));
    }

    /// <summary>Holds the elements between bounds that broadcast, both optional; where they cross, the upper one holds.</summary>
    public Tensor Clip(Tensor? min, Tensor? max)
    {
        var low = min is null ? this : Maximum(min);
        return max is null ? low : low.Minimum(max);
    }

    /// <summary>x + weight · (end - x), exact at both ends.</summary>
    public Tensor Lerp(Tensor end, Tensor weight) => Where(weight.Abs() < 0.5, this + weight * (end - this), end - (end - this) * (1.0 - weight));

    /// <summary>x + weight · (end - x), exact at both ends.</summary>
    public Tensor Lerp(Tensor end, double weight) => Math.Abs(weight) < 0.5 ? this + (end - this) * weight : end - (end - this) * (1 - weight);

    /// <summary>x + value · a · b.</summary>
    public Tensor AddCMul(Tensor a, Tensor b, double value = 1) => this + (value == 1 ? a * b : a * b * value);

    /// <summary>x + value · a / b.</summary>
    public Tensor AddCDiv(Tensor a, Tensor b, double value = 1) => this + (value == 1 ? a / b : a / b * value);

    /// <summary>The sum of several tensors, which broadcast.</summary>
    public static Tensor SumOf(params ReadOnlySpan<Tensor> tensors) => Fold(tensors, static (x, y) => x + y, nameof(SumOf));

    /// <summary>The product of several tensors, which broadcast.</summary>
    public static Tensor ProductOf(params ReadOnlySpan<Tensor> tensors) => Fold(tensors, static (x, y) => x * y, nameof(ProductOf));

    // In pairs, so that rounding errors grow with the logarithm.
    private static Tensor Fold(ReadOnlySpan<Tensor> tensors, Func<Tensor, Tensor, Tensor> combine, string operation) => tensors.Length switch
    {
        0 => throw new TenonException("TEN3027", $"{operation}: no tensors were given. Expected at least one."),
        1 => tensors[0],
        var n => combine(Fold(tensors[..(n / 2)], combine, operation), Fold(tensors[(n / 2)..], combine, operation)),
    };
}
