using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>A tensor of rank 0: int32 (int64 if it does not fit), float32 or bool.</summary>
    public static implicit operator Tensor(Scalar value) => new(UOp.Const(DefaultDType(value), value), null);

    /// <summary>A tensor of rank 0 and int32 (int64 if it may not fit): a size or position as data.</summary>
    public static implicit operator Tensor(SymInt value) => value.IsKnown
        ? (Tensor)value.Min
        : new Tensor(value.Node.Cast(Promotion.Join(DefaultDType(value.Min), DefaultDType(value.Max))), null);

    /// <summary>A tensor of rank 0 and float32.</summary>
    public static implicit operator Tensor(float value) => (Scalar)value;

    /// <summary>A tensor of rank 0 and float32.</summary>
    public static implicit operator Tensor(double value) => (Scalar)value;

    /// <summary>A tensor of rank 0 and int32.</summary>
    public static implicit operator Tensor(int value) => (Scalar)value;

    /// <summary>
    /// A tensor of rank 0 and int32, or int64 if it does not fit: the number counts, not its C# type. So is <c>known ? 1L : t</c> where it is the
    /// number; <c>t.FullLike(1)</c> has the dtype of <c>t</c>.
    /// </summary>
    public static implicit operator Tensor(long value) => (Scalar)value;

    /// <summary>A tensor of rank 0 and bool.</summary>
    public static implicit operator Tensor(bool value) => (Scalar)value;

    /// <summary>A number repeated over a shape.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">The number.</param>
    /// <param name="dtype">By default int32 (int64 if it does not fit), float32 or bool, after the number.</param>
    /// <param name="device">By default none: it joins the device of the tensors that it meets.</param>
    public static Tensor Full(Shape shape, Scalar value, DType? dtype = null, string? device = null) =>
        new(TensorGraph.Full(dtype ?? DefaultDType(value), value, Shapes.Checked(shape, nameof(Full))), Canonical(device));

    /// <summary>Zeros of float32.</summary>
    public static Tensor Zeros(params Shape shape) => Full(shape, 0.0);

    /// <summary>Zeros.</summary>
    public static Tensor Zeros(Shape shape, DType? dtype, string? device = null) => Full(shape, 0.0, dtype, device);

    /// <summary>Ones of float32.</summary>
    public static Tensor Ones(params Shape shape) => Full(shape, 1.0);

    /// <summary>Ones.</summary>
    public static Tensor Ones(Shape shape, DType? dtype, string? device = null) => Full(shape, 1.0, dtype, device);

    /// <summary>Storage of undefined content; of symbolic sizes, with room for the greatest.</summary>
    public static Tensor Empty(Shape shape, DType? dtype = null, string? device = null)
    {
        var at = Canonical(device) ?? TensorExecutor.Current.DefaultDevice;
        var sizes = Shapes.Checked(shape, nameof(Empty));
        var buffer = TensorExecutor.Current.CreateBuffer(dtype ?? DType.Float32, sizes.MaxElements, at);
        var tensor = new Tensor(TensorGraph.Reshape(buffer, sizes), at);
        StorageOwners.Claim(buffer, tensor);
        return tensor;
    }

    /// <summary>The whole numbers 0, 1, … below <paramref name="end"/> as int32 (int64 if they do not fit).</summary>
    public static Tensor Arange(SymInt end) => end.IsKnown ? Arange(0, (Scalar)end.Min) : Iota(Shapes.Checked([end], nameof(Arange)).Size(0), DefaultDType(end.Max), null);

    /// <summary>The numbers <paramref name="start"/>, start + step, … before <paramref name="end"/>.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="end">The bound, exclusive.</param>
    /// <param name="step">The distance; not 0.</param>
    /// <param name="dtype">By default float32 if one of the numbers is a fraction, else int32 or int64.</param>
    /// <param name="device">By default none.</param>
    public static Tensor Arange(Scalar start, Scalar end, Scalar? step = null, DType? dtype = null, string? device = null)
    {
        var by = step ?? 1;
        if (by.AsDouble == 0)
        {
            throw new TenonException("TEN3038", $"Arange: a step of 0 from {start} to {end}. Expected a step that is not 0.");
        }

        var isFraction = new[] { start, end, by }.Any(s => s.Kind == DTypeKind.Float);
        var type = dtype ?? (isFraction ? DType.Float32 : Promotion.Join(DefaultDType(start), DefaultDType(end)));
        var count = isFraction
            ? (long)Math.Ceiling((end.AsDouble - start.AsDouble) / by.AsDouble)
            : (end.AsLong - start.AsLong + by.AsLong - Math.Sign(by.AsLong)) / by.AsLong;
        var iota = Iota(Math.Max(0, count), type, Canonical(device));
        var scaled = by.AsDouble == 1 ? iota : iota * by;
        return start.AsDouble == 0 ? scaled : scaled + start;
    }

    /// <summary><paramref name="count"/> numbers at equal distances from <paramref name="start"/> to <paramref name="end"/>, both inclusive.</summary>
    public static Tensor Linspace(double start, double end, long count, DType? dtype = null, string? device = null)
    {
        var type = dtype ?? DType.Float32;
        var step = count > 1 ? (end - start) / (count - 1) : 0;
        return (Iota(Shapes.Checked([count], nameof(Linspace)).Size(0), DType.Float64, Canonical(device)) * step + start).Cast(type);
    }

    /// <summary><paramref name="count"/> powers of a base, whose exponents lie at equal distances from <paramref name="start"/> to <paramref name="end"/>, both inclusive.</summary>
    public static Tensor Logspace(double start, double end, long count, double baseNumber = 10, DType? dtype = null, string? device = null) =>
        Pow(baseNumber, Linspace(start, end, count, DType.Float64, device)).Cast(dtype ?? DType.Float32);

    /// <summary>Powers of the elements of one axis: <c>[M]</c> → <c>[M, N]</c>.</summary>
    /// <param name="columns">How many powers; as many as elements by default.</param>
    /// <param name="increasing">Whether they begin with 0; otherwise they end with it.</param>
    public Tensor Vander(long? columns = null, bool increasing = false)
    {
        RequireOneAxis(this, nameof(Vander));
        var powers = Arange(columns ?? Shapes.Known(Shape, 0, nameof(Vander)));
        return Unsqueeze(1).Pow((increasing ? powers : powers.Flip(0)).Cast(DType));
    }

    /// <summary>Ones on the diagonal of a matrix of zeros.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns; as many as rows by default.</param>
    /// <param name="dtype">float32 by default.</param>
    /// <param name="device">By default none.</param>
    public static Tensor Eye(SymInt rows, SymInt? columns = null, DType? dtype = null, string? device = null)
    {
        var at = Canonical(device);
        return Iota(rows, DType.Int32, at).Unsqueeze(1).Eq(Iota(columns ?? rows, DType.Int32, at)).Cast(dtype ?? DType.Float32);
    }

    /// <summary>Zeros of this tensor's shape, dtype and device.</summary>
    public Tensor ZerosLike() => FullLike(0);

    /// <summary>Ones of this tensor's shape, dtype and device.</summary>
    public Tensor OnesLike() => FullLike(1);

    /// <summary>Storage of this tensor's shape, dtype and device, of undefined content.</summary>
    public Tensor EmptyLike() => Empty(Shape, DType, _device);

    /// <summary>A number over this tensor's shape, in its dtype and on its device.</summary>
    public Tensor FullLike(Scalar value) => new(TensorGraph.FullLike(Node, value), _device);

    /// <summary>
    /// For class indices <c>[…]</c>, <c>[…, classes]</c> with 1 at each index and 0 elsewhere; indices outside give zeros only.
    /// </summary>
    public Tensor OneHot(SymInt classes, DType? dtype = null) =>
        DType.IsInteger
            ? Unsqueeze(-1).Eq(Arange(classes)).Cast(dtype ?? DType.Float32)
            : throw new TenonException("TEN3039", $"OneHot: indices of {DType}. Expected integers.");

    private static Tensor Iota(SymInt count, DType dtype, string? device) =>
        new(TensorGraph.Cast(UOp.New(Ops.Iota, dtype.IsInteger ? dtype : DType.Int32, [count.Node]), dtype), device);

    private static DType DefaultDType(Scalar value) => value.Kind switch
    {
        DTypeKind.Float => DType.Float32,
        DTypeKind.Complex => DType.Complex64,
        DTypeKind.Bool => DType.Bool,
        DTypeKind.UInt when value.AsLong < 0 => DType.UInt64,
        _ => value.AsLong is >= int.MinValue and <= int.MaxValue ? DType.Int32 : DType.Int64,
    };

    private static string? Canonical(string? device) => device is null ? null : TensorExecutor.Current.Canonicalize(device);
}
