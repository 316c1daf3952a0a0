using Tenon.Core;

namespace Tenon;

/// <content>Running reductions.</content>
public sealed partial class Tensor
{
    // The work for an element: what it costs must stay below what reading it does.
    private const int ScanBlock = 16;

    // So short an axis costs less than kernels more.
    private const int ScanAtOnce = 256;

    /// <summary>The running sum along an axis.</summary>
    public Tensor CumSum(int axis = 0) => Scan(Ops.Add, axis, 0, nameof(CumSum));

    /// <summary>The running product along an axis; dtypes as of <see cref="Sum(int[], bool, DType)"/>.</summary>
    public Tensor CumProd(int axis = 0) => Scan(Ops.Mul, axis, 1, nameof(CumProd));

    /// <summary>The greatest element so far along an axis, and the index of the last of them; NaN once there is one.</summary>
    public (Tensor Values, Tensor Indices) CumMax(int axis = 0)
    {
        var at = Shapes.Axis(axis, Rank, nameof(CumMax));
        if (DType.IsBool)
        {
            var (values, indices) = Cast(DType.Int32).CumMax(at);
            return (values.Cast(DType.Bool), indices);
        }

        var x = Detach();
        var greatest = x.Scan(Ops.Max, at, DType.IsFloat ? double.NegativeInfinity : AccumulationDType(DType).MinInteger, nameof(CumMax)).Cast(DType);
        var isOne = DType.IsFloat ? x.Eq(greatest) | x.IsNaN() : x.Eq(greatest);
        var n = Shape.Size(at);
        var places = Where(isOne, Arange(n).Reshape(Shapes.Along(Rank, at, n)), 0).Scan(Ops.Max, at, 0, nameof(CumMax));
        return (Gather(at, places), places);
    }

    /// <summary>The least element so far along an axis, and the index of the last of them; NaN once there is one.</summary>
    public (Tensor Values, Tensor Indices) CumMin(int axis = 0)
    {
        var indices = (DType.IsBool ? ~this : Reversed(this)).CumMax(axis).Indices;
        return (Gather(axis, indices), indices);
    }

    /// <summary>The logarithm of the running sum of e^x along an axis, without overflow.</summary>
    public Tensor LogCumSumExp(int axis = 0) => InSingle(x =>
    {
        var at = Shapes.Axis(axis, Rank, nameof(LogCumSumExp));
        var last = x.Transpose(at, -1).AsValue();
        for (long distance = 1; distance < Shape.Size(at).Max; distance *= 2)
        {
            last = last.LogAddExp(Later(last, -1, distance, double.NegativeInfinity)).Contiguous();
        }

        return last.Transpose(at, -1).AsValue();
    });

    /// <summary>The differences between neighbours along an axis, <paramref name="order"/> times.</summary>
    /// <param name="order">How often.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="prepend">What is put before the axis first, or null.</param>
    /// <param name="append">What is put behind the axis first, or null.</param>
    public Tensor Diff(int order = 1, int axis = -1, Tensor? prepend = null, Tensor? append = null)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Diff));
        var x = prepend is null && append is null ? this : Cat([.. new[] { prepend, this, append }.OfType<Tensor>()], at);
        for (; order > 0 && x.Shape.Size(at) != 0; order--)
        {
            var (later, earlier) = (Shapes.Bounds(x.Shape), Shapes.Bounds(x.Shape));
            later[at] = (1, x.Shape.Size(at));
            earlier[at] = (0, x.Shape.Size(at) - 1);
            x = x.DType.IsBool ? x.Shrink(later) ^ x.Shrink(earlier) : x.Shrink(later) - x.Shrink(earlier);
        }

        return x;
    }

    /// <summary>The integral along an axis by the trapezoidal rule.</summary>
    /// <param name="x">Where the elements are: of their shape, or <c>[N]</c>; null for equal distances.</param>
    /// <param name="distance">The distance, if they are equal.</param>
    /// <param name="axis">The axis.</param>
    public Tensor Trapezoid(Tensor? x = null, double distance = 1, int axis = -1) => Trapezoids(x, distance, axis).Sum(axis);

    /// <summary>The running integral along an axis by the trapezoidal rule; see <see cref="Trapezoid"/>.</summary>
    public Tensor CumulativeTrapezoid(Tensor? x = null, double distance = 1, int axis = -1) => Trapezoids(x, distance, axis).CumSum(axis);

    private Tensor Trapezoids(Tensor? x, double distance, int axis)
    {
        var at = Shapes.Axis(axis, Rank, nameof(Trapezoid));
        var last = ToFloat().Transpose(at, -1);
        var widths = x is null ? distance : x.Rank == 1 ? x.Diff() : x.Transpose(at, -1).Diff();
        return ((last[Ellipsis, 1..] + last[Ellipsis, ..^1]) * 0.5 * widths).Transpose(at, -1).AsValue();
    }

    // In the dtype of a reduction.
    private Tensor Scan(Ops op, int axis, Scalar neutral, string operation)
    {
        var at = Shapes.Axis(axis, Rank, operation);
        var total = AccumulationDType(DType, narrow: true);
        return Cast(AccumulationDType(total)).Transpose(at, -1).ScanLast(op, neutral).Transpose(at, -1).Cast(total).AsValue();
    }

    // Long axes are cut into blocks: what is before each, and to that what is within. Elements are read twice and written once.
    private Tensor ScanLast(Ops op, Scalar neutral)
    {
        var n = Shape.Size(Rank - 1);
        if (n == 0)
        {
            return this;
        }

        if (n.Max <= ScanAtOnce)
        {
            return Within(op, n, neutral);
        }

        // A symbolic axis is padded to its greatest size.
        var blocks = (n.Max + ScanBlock - 1) / ScanBlock;
        var outer = Shape.ToSizes()[..^1];
        var x = PadLast(0, blocks * ScanBlock - n, neutral).Reshape([.. outer, blocks, ScanBlock]);
        var ends = x.Reduce(op, [-1], keepDim: false, "scan").Contiguous().ScanLast(op, neutral);
        var before = ends.Contiguous().PadLast(1, -1, neutral).Unsqueeze(-1);
        return Alu(op, before, x.Within(op, ScanBlock, neutral)).Reshape([.. outer, blocks * ScanBlock]).PadLast(0, n - blocks * ScanBlock);
    }

    private Tensor Within(Ops op, SymInt n, Scalar neutral)
    {
        var isBefore = Arange(n) <= Arange(n).Unsqueeze(1);
        return Where(isBefore, Unsqueeze(-2), neutral).Reduce(op, [-1], keepDim: false, "scan");
    }

    private Tensor PadLast(SymInt before, SymInt after, Scalar value = default)
    {
        var padding = new (SymInt, SymInt)[Rank];
        padding[^1] = (before, after);
        return Pad(padding, value);
    }
}
