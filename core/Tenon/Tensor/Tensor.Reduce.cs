using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>The sum over axes (all by default).</summary>
    /// <param name="axes">The axes; null for all.</param>
    /// <param name="keepDim">Whether reduced axes stay with size 1.</param>
    /// <param name="dtype">
    /// The dtype of the sum. By default that of the elements, but bool and integers below 32 bits give int32 (unsigned: uint32).
    /// Sums of float16 and bfloat16 are kept in float32 and rounded once.
    /// </param>
    public Tensor Sum(int[]? axes = null, bool keepDim = false, DType? dtype = null)
    {
        var total = dtype ?? AccumulationDType(DType, narrow: true);
        return Cast(AccumulationDType(total)).Reduce(Ops.Add, axes, keepDim, nameof(Sum)).Cast(total);
    }

    /// <summary>The sum over one axis.</summary>
    public Tensor Sum(int axis, bool keepDim = false) => Sum([axis], keepDim);

    /// <summary>The product over axes (all by default); dtypes as of <see cref="Sum(int[], bool, DType)"/>.</summary>
    public Tensor Prod(int[]? axes = null, bool keepDim = false)
    {
        var total = AccumulationDType(DType, narrow: true);
        return Cast(AccumulationDType(total)).Reduce(Ops.Mul, axes, keepDim, nameof(Prod)).Cast(total);
    }

    /// <summary>The product over one axis.</summary>
    public Tensor Prod(int axis, bool keepDim = false) => Prod([axis], keepDim);

    /// <summary>The greatest element over axes (all by default); NaN if one is NaN.</summary>
    /// <exception cref="TenonException">There are no elements.</exception>
    public Tensor Max(int[]? axes = null, bool keepDim = false)
    {
        RequireElements(axes, nameof(Max));
        return DType.IsBool
            ? Cast(DType.Int32).Reduce(Ops.Max, axes, keepDim, nameof(Max)).Cast(DType.Bool)
            : Reduce(Ops.Max, axes, keepDim, nameof(Max));
    }

    /// <summary>The greatest element over one axis.</summary>
    public Tensor Max(int axis, bool keepDim = false) => Max([axis], keepDim);

    /// <summary>The least element over axes (all by default); NaN if one is NaN.</summary>
    /// <exception cref="TenonException">There are no elements.</exception>
    public Tensor Min(int[]? axes = null, bool keepDim = false) => Reversed(Reversed(this).Max(axes, keepDim));

    /// <summary>The least element over one axis.</summary>
    public Tensor Min(int axis, bool keepDim = false) => Min([axis], keepDim);

    /// <summary>The mean over axes (all by default); of integers as float32.</summary>
    public Tensor Mean(int[]? axes = null, bool keepDim = false)
    {
        var x = DType.IsComplex ? this : ToFloat();
        var sum = x.Cast(AccumulationDType(x.DType)).Sum(axes, keepDim);
        return sum.Over(CountOver(axes, nameof(Mean))).Cast(x.DType);
    }

    /// <summary>The mean over one axis.</summary>
    public Tensor Mean(int axis, bool keepDim = false) => Mean([axis], keepDim);

    /// <summary>The variance over axes (all by default).</summary>
    /// <param name="axes">The axes; null for all.</param>
    /// <param name="keepDim">Whether reduced axes stay with size 1.</param>
    /// <param name="correction">Subtracted from the count: 1 for the variance of a sample, 0 for that of a population.</param>
    public Tensor Var(int[]? axes = null, bool keepDim = false, int correction = 1)
    {
        var x = ToFloat();
        var wide = x.Cast(AccumulationDType(x.DType));
        var squares = (wide - wide.Mean(axes, keepDim: true)).Square().Sum(axes, keepDim);
        return squares.Over(new SymInt(IndexMath.Max((CountOver(axes, nameof(Var)) - correction).Node, UOp.Index(0)))).Cast(x.DType);
    }

    /// <summary>The variance over one axis.</summary>
    public Tensor Var(int axis, bool keepDim = false, int correction = 1) => Var([axis], keepDim, correction);

    /// <summary>The standard deviation over axes (all by default).</summary>
    public Tensor Std(int[]? axes = null, bool keepDim = false, int correction = 1) => Var(axes, keepDim, correction).Sqrt();

    /// <summary>The standard deviation over one axis.</summary>
    public Tensor Std(int axis, bool keepDim = false, int correction = 1) => Std([axis], keepDim, correction);

    /// <summary>Whether any element is not zero; false if there are none.</summary>
    public Tensor Any(int[]? axes = null, bool keepDim = false) => Cast(DType.Bool).Sum(axes, keepDim).Ne(0);

    /// <summary>Whether any element along an axis is not zero.</summary>
    public Tensor Any(int axis, bool keepDim = false) => Any([axis], keepDim);

    /// <summary>Whether all elements are not zero; true if there are none.</summary>
    public Tensor All(int[]? axes = null, bool keepDim = false) => ~LogicalNot().Any(axes, keepDim);

    /// <summary>Whether all elements along an axis are not zero.</summary>
    public Tensor All(int axis, bool keepDim = false) => All([axis], keepDim);

    /// <summary>How many elements are not zero, as int32.</summary>
    public Tensor CountNonZero(int[]? axes = null, bool keepDim = false) => Cast(DType.Bool).Sum(axes, keepDim);

    /// <summary>The sum of the elements that are not NaN.</summary>
    public Tensor NanSum(int[]? axes = null, bool keepDim = false) => Where(IsNaN(), 0, this).Sum(axes, keepDim);

    /// <summary>The mean of the elements that are not NaN; NaN if there are none.</summary>
    public Tensor NanMean(int[]? axes = null, bool keepDim = false) => NanSum(axes, keepDim) / (~IsNaN()).Sum(axes, keepDim);

    /// <summary>The least and the greatest element over axes.</summary>
    public (Tensor Min, Tensor Max) MinMax(int[]? axes = null, bool keepDim = false) => (Min(axes, keepDim), Max(axes, keepDim));

    /// <summary>The variance and the mean over axes; see <see cref="Var(int[], bool, int)"/>.</summary>
    public (Tensor Var, Tensor Mean) VarMean(int[]? axes = null, bool keepDim = false, int correction = 1) => (Var(axes, keepDim, correction), Mean(axes, keepDim));

    /// <summary>The standard deviation and the mean over axes.</summary>
    public (Tensor Std, Tensor Mean) StdMean(int[]? axes = null, bool keepDim = false, int correction = 1) => (Std(axes, keepDim, correction), Mean(axes, keepDim));

    // What sums of a dtype are kept in; narrow types of floats are what the result is rounded to.
    private static DType AccumulationDType(DType dtype, bool narrow = false) => dtype.Kind switch
    {
        DTypeKind.Bool => DType.Int32,
        DTypeKind.Int when dtype.Bits < 32 => DType.Int32,
        DTypeKind.UInt when dtype.Bits < 32 => DType.UInt32,
        DTypeKind.Float when dtype.Bits < 32 && !narrow => DType.Float32,
        _ => dtype,
    };

    private Tensor Reduce(Ops op, int[]? axes, bool keepDim, string operation)
    {
        if (DType.IsComplex && op != Ops.Add)
        {
            throw Undefined(operation);
        }

        var over = ReducedAxes(axes, operation);
        var reduced = With(TensorGraph.Reduce(op, Node, over), operation);
        return keepDim ? reduced : reduced.Reshape(Shapes.Without(Shape, over));
    }

    private int[] ReducedAxes(int[]? axes, string operation) =>
        axes is null ? Enumerable.Range(0, Rank).ToArray() : Shapes.AxisSet(axes, Rank, operation);

    private SymInt CountOver(int[]? axes, string operation)
    {
        SymInt n = 1;
        foreach (var axis in ReducedAxes(axes, operation))
        {
            n *= Shape.Size(axis);
        }

        return n;
    }

    private Tensor Over(SymInt count) => count.IsKnown ? this / (Scalar)count.Min : this / (Tensor)count;

    private void RequireElements(int[]? axes, string operation)
    {
        if (CountOver(axes, operation).Min < 1)
        {
            throw new TenonException(
                "TEN3034",
                $"{operation}: shape {Shape} has, or may have, no elements over axes [{string.Join(", ", ReducedAxes(axes, operation))}]. Expected at least one; a variable's least value may be 1.");
        }
    }
}
