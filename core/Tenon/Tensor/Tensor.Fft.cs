using Tenon.Core;

namespace Tenon;

/// <content>Fourier transforms in float32: of complex64 or real numbers to complex64. They are differentiable.</content>
public sealed partial class Tensor
{
    /// <summary>The Fourier transform along an axis: Σ x[j]·e^(-2πi·j·k/n), complex64.</summary>
    /// <param name="n">The length: the axis is cut, or filled up with zeros; its own by default.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="norm">What the result is divided by.</param>
    /// <exception cref="TenonException">No elements, a symbolic size, or float64 (see <see cref="Dft"/>).</exception>
    public Tensor Fft(long? n = null, int axis = -1, FftNorm norm = FftNorm.Backward) => Transformed(n, axis, norm, false, nameof(Fft)).ViewAsComplex();

    /// <summary>The inverse of <see cref="Fft"/>: Σ x[k]·e^(2πi·j·k/n) / n.</summary>
    /// <inheritdoc cref="Fft"/>
    public Tensor Ifft(long? n = null, int axis = -1, FftNorm norm = FftNorm.Backward) => Transformed(n, axis, norm, true, nameof(Ifft)).ViewAsComplex();

    /// <summary>The first n/2 + 1 elements of <see cref="Fft"/> of real numbers; the others are their conjugates.</summary>
    /// <inheritdoc cref="Fft"/>
    public Tensor Rfft(long? n = null, int axis = -1, FftNorm norm = FftNorm.Backward)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Rfft));
        var all = DType.IsComplex ? throw Undefined(nameof(Rfft)) : Transformed(n, at, norm, false, nameof(Rfft));
        return all.Shrink(Shapes.Bounds(Shapes.With(all.Shape, at, all.Size(at) / 2 + 1))).ViewAsComplex();
    }

    /// <summary>The inverse of <see cref="Rfft"/>: real numbers of float32.</summary>
    /// <param name="n">The length of the result; 2·(m - 1) by default, for an axis of m.</param>
    /// <param name="axis">The axis, which holds the first half of a transform.</param>
    /// <param name="norm">What the result is divided by.</param>
    /// <exception cref="TenonException">No elements, or a symbolic size.</exception>
    public Tensor Irfft(long? n = null, int axis = -1, FftNorm norm = FftNorm.Backward)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Irfft));
        var length = n ?? 2 * (Shapes.Known(Shape, at, nameof(Irfft)) - 1);
        var half = OfLength(Cast(DType.Complex64), at, RequireLength(length, nameof(Irfft)) / 2 + 1);
        var bounds = Shapes.Bounds(half.Shape);
        bounds[at] = (1, 1 + length - (length / 2 + 1));
        var whole = Cat([half, half.Shrink(bounds).Flip(at).Conj()], at);
        return whole.Ifft(null, at, norm).Real;
    }

    /// <summary><see cref="Fft"/> along several axes, all by default.</summary>
    /// <param name="sizes">The length of each axis; their own by default.</param>
    /// <param name="axes">The axes; the last, if only sizes are given.</param>
    /// <param name="norm">What the result is divided by.</param>
    /// <exception cref="TenonException">No elements, a symbolic size, or another number of sizes than axes.</exception>
    public Tensor FftN(long[]? sizes = null, int[]? axes = null, FftNorm norm = FftNorm.Backward) =>
        OverAxes(sizes, axes, nameof(FftN)).Aggregate(this, (x, a) => x.Fft(a.Size, a.Axis, norm));

    /// <summary><see cref="Ifft"/> along several axes, all by default.</summary>
    /// <inheritdoc cref="FftN"/>
    public Tensor IfftN(long[]? sizes = null, int[]? axes = null, FftNorm norm = FftNorm.Backward) =>
        OverAxes(sizes, axes, nameof(IfftN)).Aggregate(this, (x, a) => x.Ifft(a.Size, a.Axis, norm));

    /// <summary><see cref="Rfft"/> along the last of several axes, and <see cref="Fft"/> along the others.</summary>
    /// <inheritdoc cref="FftN"/>
    public Tensor RfftN(long[]? sizes = null, int[]? axes = null, FftNorm norm = FftNorm.Backward) => OverAxes(sizes, axes, nameof(RfftN)) is [.. var others, var last]
        ? others.Aggregate(Rfft(last.Size, last.Axis, norm), (x, a) => x.Fft(a.Size, a.Axis, norm))
        : throw new TenonException("TEN3116", "RfftN: no axes. Expected one at least.");

    /// <summary>The inverse of <see cref="RfftN"/>: real numbers.</summary>
    /// <inheritdoc cref="FftN"/>
    public Tensor IrfftN(long[]? sizes = null, int[]? axes = null, FftNorm norm = FftNorm.Backward) => OverAxes(sizes, axes, nameof(IrfftN)) is [.. var others, var last]
        ? others.Aggregate(this, (x, a) => x.Ifft(a.Size, a.Axis, norm)).Irfft(sizes is null ? null : last.Size, last.Axis, norm)
        : throw new TenonException("TEN3116", "IrfftN: no axes. Expected one at least.");

    /// <summary><see cref="FftN"/> along the last two axes.</summary>
    public Tensor Fft2(long[]? sizes = null, FftNorm norm = FftNorm.Backward) => FftN(sizes, [-2, -1], norm);

    /// <summary><see cref="IfftN"/> along the last two axes.</summary>
    public Tensor Ifft2(long[]? sizes = null, FftNorm norm = FftNorm.Backward) => IfftN(sizes, [-2, -1], norm);

    /// <summary><see cref="RfftN"/> along the last two axes.</summary>
    public Tensor Rfft2(long[]? sizes = null, FftNorm norm = FftNorm.Backward) => RfftN(sizes, [-2, -1], norm);

    /// <summary><see cref="IrfftN"/> along the last two axes.</summary>
    public Tensor Irfft2(long[]? sizes = null, FftNorm norm = FftNorm.Backward) => IrfftN(sizes, [-2, -1], norm);

    /// <summary>
    /// The Fourier transform of real numbers <c>[…, 1]</c> or pairs <c>[…, 2]</c> of real and imaginary part, as pairs <c>[…, 2]</c>, in
    /// float32 or, of float64, in float64.
    /// </summary>
    /// <param name="axis">An axis before the last.</param>
    /// <param name="n">The length: the axis is cut, or filled up with zeros; its own by default.</param>
    /// <param name="inverse">Whether this is the inverse.</param>
    /// <param name="norm">What the result is divided by.</param>
    /// <exception cref="TenonException">Complex numbers, another last axis, no elements, or a symbolic size.</exception>
    public Tensor Dft(int axis = -2, long? n = null, bool inverse = false, FftNorm norm = FftNorm.Backward)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Dft));
        var isPair = !DType.IsComplex && at != Rank - 1 && Shape.Dims[^1] is { Op: Ops.Const, Max: 1 or 2 };
        return isPair
            ? TransformedPairs(InSingleAtLeast(), n, at, norm, inverse, nameof(Dft)).Cast(DType.IsFloat ? DType : DType.Float32)
            : throw new TenonException("TEN3116", $"Dft: {DType} {Shape} along axis {axis}. Expected real numbers […, 1] or pairs […, 2], and an axis before the last.");
    }

    private Tensor InSingleAtLeast() => DType == DType.Float64 ? this : Cast(DType.Float32);

    // Pairs […, 2].
    private Tensor Transformed(long? n, int axis, FftNorm norm, bool isInverse, string operation)
    {
        var at = Shapes.Axis(axis, Rank, operation);
        return DType == DType.Float64
            ? throw new TenonException("TEN3117", $"{operation}: float64, of which there are no complex numbers. Cast to float32, or use Dft on pairs.")
            : TransformedPairs(DType.IsComplex ? ViewAsReal() : Cast(DType.Float32).Unsqueeze(-1), n, at, norm, isInverse, operation);
    }

    private static Tensor TransformedPairs(Tensor x, long? n, int at, FftNorm norm, bool isInverse, string operation)
    {
        var length = RequireLength(n ?? Shapes.Known(x.Shape, at, operation), operation);
        x = OfLength(x, at, length);
        int[] order = [.. Enumerable.Range(0, x.Rank - 1).Where(i => i != at), at, x.Rank - 1];
        var moved = x.Permute(order);
        var result = FourierTransform.Apply(moved.Reshape([Shapes.Product(moved.Shape.ToSizes().AsSpan()[..^2]), .. moved.Shape.ToSizes()[^2..]]), isInverse);
        var scale = (norm, isInverse) switch
        {
            (FftNorm.Ortho, _) => 1 / Math.Sqrt(length),
            (FftNorm.Backward, true) or (FftNorm.Forward, false) => 1.0 / length,
            _ => 1,
        };
        result = scale == 1 ? result : result * scale;
        return result.Reshape([.. moved.Shape.ToSizes()[..^1], 2]).Permute(Moves.Inverse(order)).AsValue();
    }

    private static long RequireLength(long length, string operation) =>
        length > 0 ? length : throw new TenonException("TEN3116", $"{operation}: a transform of {length} elements. Expected 1 at least.");

    // The axis cut, or filled up with zeros.
    private static Tensor OfLength(Tensor x, int at, long length)
    {
        var size = Shapes.Known(x.Shape, at, nameof(Fft));
        var padding = new (SymInt, SymInt)[x.Rank];
        padding[at] = (0, length - size);
        return size == length ? x : x.Pad(padding);
    }

    private (long? Size, int Axis)[] OverAxes(long[]? sizes, int[]? axes, string operation)
    {
        var over = axes ?? [.. Enumerable.Range(Rank - (sizes?.Length ?? Rank), sizes?.Length ?? Rank)];
        return sizes is null || sizes.Length == over.Length
            ? [.. over.Select((a, i) => (sizes?[i], Shapes.Axis(a, Rank, operation)))]
            : throw new TenonException("TEN3116", $"{operation}: {sizes.Length} sizes for {over.Length} axes. Expected a size for each.");
    }
}
