using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>x &lt; y; false for NaN.</summary>
    public static Tensor operator <(Tensor x, Tensor y) => Promotion.Join(x.DType, y.DType).IsBool ? ~x & y : Binary(Ops.CmpLt, x, y, "<");

    /// <summary>x &lt; y; false for NaN.</summary>
    public static Tensor operator <(Tensor x, Scalar y) => x < x.Weak(y);

    /// <summary>x &gt; y; false for NaN.</summary>
    public static Tensor operator >(Tensor x, Tensor y) => y < x;

    /// <summary>x &gt; y; false for NaN.</summary>
    public static Tensor operator >(Tensor x, Scalar y) => x.Weak(y) < x;

    /// <summary>x ≤ y; false for NaN.</summary>
    public static Tensor operator <=(Tensor x, Tensor y) => Promotion.Join(x.DType, y.DType).IsFloat ? (x < y) | x.Eq(y) : ~(y < x);

    /// <summary>x ≤ y; false for NaN.</summary>
    public static Tensor operator <=(Tensor x, Scalar y) => x <= x.Weak(y);

    /// <summary>x ≥ y; false for NaN.</summary>
    public static Tensor operator >=(Tensor x, Tensor y) => y <= x;

    /// <summary>x ≥ y; false for NaN.</summary>
    public static Tensor operator >=(Tensor x, Scalar y) => x.Weak(y) <= x;

    /// <summary>Bitwise and; of truth values, both.</summary>
    public static Tensor operator &(Tensor x, Tensor y) => Bitwise(Ops.And, x, y, "&");

    /// <summary>Bitwise and.</summary>
    public static Tensor operator &(Tensor x, Scalar y) => x & x.Weak(y);

    /// <summary>Bitwise or; of truth values, either.</summary>
    public static Tensor operator |(Tensor x, Tensor y) => Bitwise(Ops.Or, x, y, "|");

    /// <summary>Bitwise or.</summary>
    public static Tensor operator |(Tensor x, Scalar y) => x | x.Weak(y);

    /// <summary>Bitwise exclusive or.</summary>
    public static Tensor operator ^(Tensor x, Tensor y) => Bitwise(Ops.Xor, x, y, "^");

    /// <summary>Bitwise exclusive or.</summary>
    public static Tensor operator ^(Tensor x, Scalar y) => x ^ x.Weak(y);

    /// <summary>Every bit turned; of truth values, not x.</summary>
    public static Tensor operator ~(Tensor x) => x.DType.IsBool ? x ^ true : x ^ -1;

    /// <summary>Shifts integers left; bits that leave are lost.</summary>
    public static Tensor operator <<(Tensor x, int count) => Shift(Ops.Shl, x, count, "<<");

    /// <summary>Shifts integers right: signed ones keep their sign.</summary>
    public static Tensor operator >>(Tensor x, int count) => Shift(Ops.Shr, x, count, ">>");

    /// <summary>x == y; false for NaN.</summary>
    public Tensor Eq(Tensor y) => Binary(Ops.CmpEq, this, y, nameof(Eq));

    /// <summary>x == y; false for NaN.</summary>
    public Tensor Eq(Scalar y) => Eq(Weak(y));

    /// <summary>x != y; true for NaN.</summary>
    public Tensor Ne(Tensor y) => Binary(Ops.CmpNe, this, y, nameof(Ne));

    /// <summary>x != y; true for NaN.</summary>
    public Tensor Ne(Scalar y) => Ne(Weak(y));

    /// <summary>Whether elements are zero (truth values: false).</summary>
    public Tensor LogicalNot() => ~Cast(DType.Bool);

    /// <summary>Whether elements are NaN.</summary>
    public Tensor IsNaN() => DType.IsFloat || DType.IsComplex ? Ne(this) : FalseLike();

    /// <summary>Whether elements are plus or minus infinity.</summary>
    public Tensor IsInf() => DType.IsComplex ? Real.IsInf() | Imag.IsInf() : DType.IsFloat ? Eq(double.PositiveInfinity) | Eq(double.NegativeInfinity) : FalseLike();

    /// <summary>Whether elements are neither NaN nor infinite.</summary>
    public Tensor IsFinite() => ~(IsNaN() | IsInf());

    /// <summary>Elements of <paramref name="ifTrue"/> where the condition holds, else of <paramref name="ifFalse"/>. All three broadcast.</summary>
    /// <param name="condition">Truth values; of numbers, whether they differ from 0.</param>
    /// <param name="ifTrue">Values where the condition holds.</param>
    /// <param name="ifFalse">Values elsewhere.</param>
    public static Tensor Where(Tensor condition, Tensor ifTrue, Tensor ifFalse)
    {
        var dtype = Promotion.Join(ifTrue.DType, ifFalse.DType);
        var shape = Shapes.Broadcast(ifTrue.Shape, ifFalse.Shape, nameof(Where));
        shape = Shapes.Broadcast(condition.Shape, shape, nameof(Where));
        var node = UOp.Where(
            TensorGraph.BroadcastTo(condition.Cast(DType.Bool).Node, shape),
            TensorGraph.BroadcastTo(ifTrue.Cast(dtype).Node, shape),
            TensorGraph.BroadcastTo(ifFalse.Cast(dtype).Node, shape));
        return Result(node, nameof(Where), condition, ifTrue, ifFalse);
    }

    /// <summary>Elements of <paramref name="ifTrue"/> where the condition holds, else a number.</summary>
    public static Tensor Where(Tensor condition, Tensor ifTrue, Scalar ifFalse) => Where(condition, ifTrue, ifTrue.Weak(ifFalse));

    /// <summary>A number where the condition holds, else elements of <paramref name="ifFalse"/>.</summary>
    public static Tensor Where(Tensor condition, Scalar ifTrue, Tensor ifFalse) => Where(condition, ifFalse.Weak(ifTrue), ifFalse);

    /// <summary>One number where the condition holds, else another.</summary>
    public static Tensor Where(Tensor condition, Scalar ifTrue, Scalar ifFalse) => Where(condition, Full([], ifTrue), Full([], ifFalse));

    private static Tensor Bitwise(Ops op, Tensor x, Tensor y, string operation) =>
        x.DType.IsFloat || y.DType.IsFloat
            ? throw new TenonException("TEN3031", $"'{operation}' is not defined for {x.DType} and {y.DType}. Expected integers or bool.")
            : Binary(op, x, y, operation);

    /// <summary>Each integer shifted to the right by its own count, of 0 to the dtype's bits, exclusive.</summary>
    internal Tensor ShiftedRight(Tensor counts) => Binary(Ops.Shr, this, counts.Cast(DType), ">>");

    private static Tensor Shift(Ops op, Tensor x, int count, string operation)
    {
        if (!x.DType.IsInteger || count < 0 || count >= x.DType.Bits)
        {
            throw new TenonException("TEN3032", $"'{operation}': {x.DType} by {count}. Expected an integer tensor and a count of 0 to the dtype's bits, exclusive.");
        }

        return Binary(op, x, x.Weak(count), operation);
    }

    private Tensor FalseLike() => With(TensorGraph.Full(DType.Bool, false, Shape), nameof(FalseLike));
}
